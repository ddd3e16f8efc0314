"""A snapshot whose records all have other ids would give every customer another one: nothing is published until it is said."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from tests.cli.project import Project

SETTINGS = {
    "version": 1, "region": "US", "currency": "USD", "timezone": "UTC",
    "sources": {"crm": {"channel": "crm", "files": "crm.csv", "person": {
        "id": "id", "given_name": "first", "family_name": "last", "email": "mail",
    }}, "shop": {"channel": "web", "files": "shop.csv", "person": {
        "id": "id", "given_name": "first", "family_name": "last", "email": "mail",
    }}},
}  # fmt: skip


def _people(path: Path, ids: list[str], numbers: range) -> None:
    rows = [f"{one},Ann{n},Quimby{n},ann{n}@q.example" for one, n in zip(ids, numbers, strict=True)]
    path.write_text("\n".join(["id,first,last,mail", *rows]) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("ids", "numbers", "shop", "code"),
    [
        ([f"N{n}" for n in range(40)], range(40), 0, 3),  # a new system numbers everybody anew
        ([f"N{n}" for n in range(40)], range(40), 40, 0),  # the shop knows them under the ids that it had
        ([f"C{n}" for n in range(40, 80)], range(40, 80), 0, 3),  # the export is of other people
        ([f"C{n}" for n in range(15, 55)], range(15, 55), 0, 0),  # some come, some go
        ([f"C{n}" for n in range(400)], range(400), 0, 0),  # many come
    ],
)
def test_customers_do_not_change_their_ids_in_silence(
    tmp_path: Path, ids: list[str], numbers: range, shop: int, code: int
) -> None:
    (tmp_path / "cxunify.yaml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    _people(tmp_path / "crm.csv", [f"C{n}" for n in range(40)], range(40))
    _people(tmp_path / "shop.csv", [f"S{n}" for n in range(shop)] or ["S900"], range(shop) if shop else range(900, 901))
    project = Project(tmp_path)
    project.run("run")
    before = _ids(tmp_path)
    _people(tmp_path / "crm.csv", ids, numbers)
    told = project.run("check", expect=code).stderr
    assert ("never had" in told) == (code == 3)
    ran = project.run("run", expect=code)
    assert ("never had" in ran.stderr) == (code == 3)
    if code:
        assert _ids(tmp_path) == before
        (tmp_path / "cxunify.yaml").write_text(
            yaml.safe_dump({**SETTINGS, "quality": {"max_shrink_share": 1}}), encoding="utf-8"
        )
        project.run("run")
        assert not before & _ids(tmp_path) - _shop(tmp_path)


def _ids(folder: Path) -> set[str]:
    return set(pl.read_parquet(folder / "out" / "current" / "customers.parquet")["customer_id"])


def _shop(folder: Path) -> set[str]:
    records = pl.read_parquet(folder / "out" / "current" / "identity_map.parquet")
    return set(records.filter(pl.col("source") == "shop")["customer_id"])
