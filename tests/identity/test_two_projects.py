"""What one project has learned, decided and remembered is not another's, though both lie in one folder."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify import ledger, pipeline
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load
from cxunify.errors import InputError, StorageError
from cxunify.identity.ask.decisions import pair_of, save
from cxunify.identity.ask.explain import explain
from cxunify.standing import standing

NAMES = ("Ada Brown", "Ben Clark", "Cleo Diaz", "Dan Evans", "Eva Frost", "Finn Gray", "Gina Hall", "Hugo Ives")


def _project(folder: Path, name: str, *, source: str = "crm", copies: int = 1, **settings: Any) -> Config:
    """A project with people of its own, in a folder that it may share."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "first", "last", "mail", "city"])
        for number, person in enumerate(NAMES * copies):
            first, last = person.split()
            at = number if copies == 1 else number % len(NAMES)
            writer.writerow([number + 1, first, last, f"{first}.{last}{at}@{name}.example".lower(), f"City {at}"])
    person = {"id": "id", "given_name": "first", "family_name": "last", "email": "mail", "city": "city"}
    document = {
        "version": 1, "region": "US", "currency": "USD", "warehouse": f"{name}.duckdb",
        "sources": {source: {"channel": "crm", "files": path.name, "person": person}}, **settings,
    }  # fmt: skip
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return load(folder / f"{name}.yaml")


def _run(config: Config) -> str:
    with open_warehouse(config) as warehouse:
        run_id = new_run_id(ledger.last_run(warehouse))
        pipeline.run(warehouse, config, pipeline.Request(run_id, until="profile"), lambda _: None)
    return run_id


def test_a_model_is_its_warehouses_own(tmp_path: Path) -> None:
    _run(_project(tmp_path, "first", copies=3, output="first"))
    second = _project(tmp_path, "second", output="second")
    _run(second)
    models = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.model.json")}
    assert models.keys() == {"first.model.json", "second.model.json"}
    assert models["first.model.json"]["trained_on_pairs"] > models["second.model.json"]["trained_on_pairs"]
    with open_warehouse(second) as warehouse:
        assert warehouse.scalar("select count(distinct customer_id) from identity.assignments") == len(NAMES)


def test_a_copy_of_a_model_that_was_trained_on_other_sources_is_not_gone_by(tmp_path: Path) -> None:
    _run(_project(tmp_path, "warehouse", source="shop", copies=3))
    kept = json.loads((tmp_path / "identity_model.json").read_text(encoding="utf-8"))
    assert kept["trained_on"] == {"shop": ["city", "email", "family_name", "given_name", "id"]}
    for name in ("warehouse.duckdb", "warehouse.ledger"):
        (tmp_path / name).unlink()
    _run(_project(tmp_path, "warehouse", output="other"))
    learned = json.loads((tmp_path / "identity_model.json").read_text(encoding="utf-8"))
    assert list(learned["trained_on"]) == ["crm"]
    assert learned["trained_on_pairs"] < kept["trained_on_pairs"]


def test_a_model_of_other_data_that_the_configuration_names_says_so(tmp_path: Path) -> None:
    _run(_project(tmp_path, "first", source="shop", copies=3, output="first"))
    second = _project(tmp_path, "second", output="second", identity={"model": "first.model.json"})
    _run(second)
    caution = standing(second).caution
    assert "learned from other data, which are not the sources that are mapped now (shop)" in caution
    with open_warehouse(second) as warehouse:
        assert explain(warehouse, second, "crm:1", "crm:2").caution == caution
    own = _project(tmp_path, "third", output="third")
    _run(own)
    assert standing(own).caution == ""


def test_decisions_on_the_records_of_another_warehouse_are_refused(tmp_path: Path) -> None:
    first, second = _project(tmp_path, "first", output="first"), _project(tmp_path, "second", output="second")
    save(first, {pair_of("crm:1", "crm:2"): "same"}, date(2026, 1, 2))
    with pytest.raises(InputError, match=r"another warehouse, first\.duckdb"):
        _run(second)
    _run(first)


def test_decisions_that_name_no_warehouse_count_as_they_did(tmp_path: Path) -> None:
    text = "source_a,record_id_a,source_b,record_id_b,decision\ncrm,1,crm,2,same\n"
    (tmp_path / "decisions.csv").write_text(text, encoding="utf-8")
    config = _project(tmp_path, "first")
    _run(config)
    with open_warehouse(config) as warehouse:
        assert warehouse.scalar("select count(distinct customer_id) from identity.assignments") == len(NAMES) - 1


def test_a_ledger_of_other_sources_is_refused(tmp_path: Path) -> None:
    _run(_project(tmp_path, "first"))
    (tmp_path / "first.duckdb").unlink()
    with pytest.raises(StorageError, match="remembers the customers of other sources: crm"):
        _run(_project(tmp_path, "first", source="shop"))


def test_nothing_is_taken_over_from_what_another_warehouse_published(tmp_path: Path) -> None:
    theirs = _run(_project(tmp_path, "first", copies=2))
    second = _project(tmp_path, "second")
    with open_warehouse(second) as warehouse:
        assert ledger.last_run(warehouse) == ""
        said = ledger.recover(warehouse, second.output_path / "current", second.warehouse_path.name)
    assert "another warehouse, first.duckdb" in said
    assert _run(second) > theirs
    manifest = json.loads((second.output_path / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["warehouse"] == "second.duckdb"
    # the one that lost its ledger finds its customers where it published them itself
    (tmp_path / "second.ledger").unlink()
    with open_warehouse(second) as warehouse:
        assert ledger.last_run(warehouse) == manifest["run_id"]
