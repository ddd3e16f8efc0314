"""What is remembered: written with the swap of `current`, completed or undone after a kill, begun anew from what is published."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cxunify import ledger, pipeline
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load
from cxunify.errors import GateError, StorageError
from cxunify.publish import versions
from cxunify.warehouse import Warehouse
from tests import world


def run(config: Config, *, gated: bool = True, until: str = "act") -> pipeline.Outcome:
    """What the command of cron does."""
    with open_warehouse(config) as warehouse:
        request = pipeline.Request(new_run_id(), until=until, gated=gated)
        return pipeline.run(warehouse, config, request, lambda _: None)


def remembered(config: Config) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the ledger, by table."""
    with open_warehouse(config) as warehouse:
        return {
            name: warehouse.rows(f"from ledger.{name} order by all")
            for name in ("runs", "owners", "changes", "gaps", "models", "loads")
        }


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A small world, published once; who changes it takes a copy."""
    config = world.small(tmp_path_factory.mktemp("world"))
    run(config)
    return config


@pytest.fixture
def project(done: Config, tmp_path: Path) -> Config:
    """A copy of it."""
    return world.copied(done, tmp_path / "project")


def test_a_published_run_is_remembered(done: Config) -> None:
    kept = remembered(done)
    (run_id, state), *others = kept["runs"]
    assert (state, others) == ("published", [])
    assert run_id == json.loads((done.output_path / "current" / "manifest.json").read_text())["run_id"]
    assert len(kept["owners"]) == len(world.published(done)["identity_map"])
    assert {kind for _, kind, *_ in kept["changes"]} == {"new"}
    assert [model for _, model in kept["models"]] == [(done.root / "identity_model.json").read_text()]
    assert {source for _, source, *_ in kept["loads"]} == set(done.sources)
    assert len(kept["gaps"]) == len(world.published(done)["gaps"]) + 2


def test_nothing_new_is_nothing_to_remember(project: Config) -> None:
    before = remembered(project)
    run(project)
    assert remembered(project) == before


def test_a_refused_run_leaves_it_as_it_was(project: Config) -> None:
    before = remembered(project)
    world.cut(project, "crm_contacts.csv", 5)
    with pytest.raises(GateError):
        run(load_with(project, "quality: {min_identified_revenue: 0.999}"))
    assert remembered(project) == before


MOMENTS = ("propose", "swap", "confirm")


@pytest.fixture(scope="module")
def anew(done: Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, world.Rows]:
    """What a run from nothing publishes of the same world with somebody new in it."""
    folder = tmp_path_factory.mktemp("anew") / "project"
    shutil.copytree(done.root, folder, symlinks=True)
    project = load(folder / "cxunify.yaml")
    world.add_person(project)
    return world.from_nothing(project)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_swap_it_is_completed_or_undone(
    project: Config, anew: dict[str, world.Rows], moment: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = remembered(project)
    world.add_person(project)
    where = versions if moment == "swap" else ledger
    with monkeypatch.context() as patch:
        patch.setattr(where, moment, _dying(getattr(where, moment), when))
        with pytest.raises(_Killed):
            run(project)
    shown = json.loads((project.output_path / "current" / "manifest.json").read_text())["run_id"]
    after = remembered(project)
    is_swapped = (moment, when) in {("swap", "after"), ("confirm", "before"), ("confirm", "after")}
    assert [state for _, state in after["runs"]] == ["published"] * (2 if is_swapped else 1)
    assert max(after["runs"])[0] == shown
    assert after == before if not is_swapped else len(after["owners"]) == len(before["owners"]) + 1
    run(project)
    assert len(remembered(project)["owners"]) == len(before["owners"]) + 1
    assert world.published(project) == anew


class _Killed(BaseException):
    """What no handler of the product catches."""


def _dying(function: Callable[..., object], when: str) -> Callable[..., None]:
    def instead(*arguments: object, **named: object) -> None:
        if when == "after":
            function(*arguments, **named)
        raise _Killed

    return instead


def test_the_warehouse_can_be_deleted(project: Config) -> None:
    before, ids = remembered(project), world.owners(project)
    project.warehouse_path.unlink()
    run(project)
    assert world.owners(project) == ids
    after = remembered(project)
    assert {name: after[name] for name in ("owners", "changes", "models")} == {
        name: before[name] for name in ("owners", "changes", "models")
    }


def test_a_lost_ledger_begins_with_what_is_published(project: Config) -> None:
    ids = world.owners(project)
    # A customer whose id is no longer the one that its records would make anew.
    decisions = project.root / "decisions.csv"
    # Of one record each: what contradicts the one stays away from the other while they are held to be one.
    sizes = Counter(ids.values())
    first, second = sorted(record for record, customer in ids.items() if sizes[customer] == 1)[:2]
    decisions.write_text(
        "source_a,record_id_a,source_b,record_id_b,decision\n" + ",".join((*first, *second, "same")) + "\n"
    )
    run(project)
    merged = world.owners(project)
    assert merged[first] == merged[second]
    project.warehouse_path.unlink()
    project.ledger_path.unlink()
    decisions.unlink()
    run(project)
    again = world.owners(project)
    assert again[first] != again[second]
    assert merged[first] in {again[first], again[second]}
    with open_warehouse(project) as warehouse:
        kinds = warehouse.rows(
            "select distinct kind from ledger.changes where run_id = (select max(run_id) from ledger.runs)"
        )
    assert kinds == [("split",)]


def test_a_ledger_of_a_later_version_is_refused(project: Config) -> None:
    with open_warehouse(project) as warehouse:
        warehouse.execute("update ledger.version set version = 99")
    with pytest.raises(StorageError, match="of version 99"):
        run(project)


def test_a_ledger_of_an_earlier_version_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    with Warehouse.open() as warehouse:
        ledger.prepare(warehouse)
        warehouse.execute("update ledger.version set version = 3")
        monkeypatch.setattr(ledger, "VERSION", 5)
        steps = {3: ("alter table ledger.loads add column more varchar",), 4: ("update ledger.loads set more = 'x'",)}
        monkeypatch.setattr(ledger, "MIGRATIONS", steps)
        ledger.prepare(warehouse)
        assert warehouse.scalar("select version from ledger.version") == 5
        assert "more" in warehouse.columns("ledger.loads")
        ledger.prepare(warehouse)
        assert warehouse.scalar("select version from ledger.version") == 5


def test_a_ledger_from_before_there_were_arms_and_tracks_learns_of_them(project: Config) -> None:
    with open_warehouse(project) as warehouse:
        warehouse.execute("drop table ledger.alarms")
        warehouse.execute("drop view ledger.walks")
        warehouse.execute("drop table ledger.tracks")
        warehouse.execute("drop view ledger.arms")
        warehouse.execute("drop table ledger.assignments")
        warehouse.execute("update ledger.version set version = 1")
    run(project)
    with open_warehouse(project) as warehouse:
        known = warehouse.scalar("select count(*) from ledger.arms")
        assert known == warehouse.scalar("select count(*) from profile.numbers") > 0
        walked = warehouse.scalar("select count(*) from ledger.walks")
        assert walked == warehouse.scalar("select count(*) from actions.walks")


def test_a_clock_that_is_set_back_makes_no_later_word_an_earlier_one(
    project: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = max(remembered(project)["runs"])[0]
    assert new_run_id(str(last)) > str(last)
    ahead = "20991231T235959999999Z"
    assert new_run_id(ahead) == "21000101T000000000000Z"
    with open_warehouse(project) as warehouse:
        assert ledger.last_run(warehouse) == last


def test_what_was_asked_to_be_learned_has_been_once_it_is_published(project: Config) -> None:
    with open_warehouse(project) as warehouse:
        pipeline.run(warehouse, project, pipeline.Request(new_run_id(), retrain=True), lambda _: None)
        assert warehouse.noted("identity.retrain") == ("", ""), "also where nothing else is learned than was known"
    kept = remembered(project)["models"]
    world.add_person(project)
    run(project)
    assert remembered(project)["models"] == kept


def test_what_a_refused_run_found_is_in_no_table_that_is_published_later(project: Config) -> None:
    """`profile --force` publishes what the warehouse has: the customers of now, and the gap report that was published."""
    current = project.output_path / "current"
    before = (current / "gaps.parquet").read_bytes(), (current / "report.json").read_bytes()
    world.cut(project, "crm_contacts.csv", 20)
    with pytest.raises(GateError):
        run(load_with(project, "quality: {min_identified_revenue: 0.999}"))
    with open_warehouse(project) as warehouse:
        request = pipeline.Request(new_run_id(), until="profile", force=True)
        pipeline.run(warehouse, project, request, lambda _: None)
    assert ((current / "gaps.parquet").read_bytes(), (current / "report.json").read_bytes()) == before


def test_a_file_that_is_read_otherwise_is_another_file(project: Config) -> None:
    """The same bytes, with another encoding: every layer above must follow, though no file has changed."""
    path = project.root / "extracts" / "crm_contacts.csv"
    header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_bytes((header + "".join(lines).replace("a", "ë", 40)).encode("latin-1", errors="replace"))
    text = (project.root / "cxunify.yaml").read_text(encoding="utf-8")
    for encoding in ("latin-1", "cp1253"):
        (project.root / "cxunify.yaml").write_text(
            text.replace("  contacts:\n", f"  contacts:\n    csv: {{encoding: {encoding}}}\n"), encoding="utf-8"
        )
        other = load(project.root / "cxunify.yaml")
        run(other, gated=False)
        assert world.published(other) == world.from_nothing(other)


def test_older_runs_that_stay_are_no_reason_to_say_that_nothing_was_published(
    project: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(versions, "prune", stuck)
    world.add_person(project)
    with pytest.raises(StorageError) as trouble:
        run(project)
    assert "the run is published" in str(trouble.value.problems[0].fix)
    assert len(remembered(project)["runs"]) == 2


def load_with(project: Config, setting: str) -> Config:
    """The project with another section in its configuration."""
    path = project.root / "cxunify.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"\n{setting}\n", encoding="utf-8")
    return load(path)


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    yield
    assert not list(Path.cwd().glob("*.ledger"))
