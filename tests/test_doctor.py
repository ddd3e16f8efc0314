"""What is damaged is told, moved aside, and restored or made anew; no id, decision, arm or tombstone is lost by it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from cxunify import ledger, memory, pipeline, trouble
from cxunify.cli.options import LogFormat, Options
from cxunify.cli.session import new_run_id, open_warehouse, session
from cxunify.config import Config
from cxunify.doctor import FINE, MENDED, OPEN, doctor
from cxunify.errors import DamageError, StorageError
from tests import world


def run(config: Config) -> pipeline.Outcome:
    """What the command of cron does."""
    options = Options(config.root / "cxunify.yaml", False, False, False, LogFormat.TEXT, True)
    with session(options, "run") as opened:
        request = pipeline.Request(opened.run_id, gated=True)
        return pipeline.run(opened.warehouse, opened.config, request, lambda _: None)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A small world, published once."""
    config = world.small(tmp_path_factory.mktemp("world"))
    run(config)
    return config


@pytest.fixture
def project(done: Config, tmp_path: Path) -> Config:
    """A copy of it, to harm."""
    return world.copied(done, tmp_path / "project")


def states(config: Config) -> dict[str, str]:
    """What doctor says of each thing, the worst of several."""
    found: dict[str, str] = {}
    order = (FINE, MENDED, OPEN)
    for finding in doctor(config):
        found[finding.what] = max(found.get(finding.what, FINE), finding.state, key=order.index)
    return found


def remembered(config: Config) -> dict[str, list[tuple[object, ...]]]:
    with open_warehouse(config) as warehouse:
        names = ("runs", "owners", "changes", "models", "assignments", "tracks", "gaps")
        return {name: warehouse.rows(f"from ledger.{name} order by all") for name in names}


def test_a_sound_project_is_fine_and_nothing_is_touched(project: Config) -> None:
    before = {path: path.read_bytes() for path in project.output_path.rglob("*") if path.is_file()}
    assert set(states(project).values()) == {FINE}
    assert {path: path.read_bytes() for path in project.output_path.rglob("*") if path.is_file()} == before


def cut(path: Path) -> None:
    """The file was half copied."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def flip(path: Path) -> None:
    """Some bytes of every block are others."""
    content = bytearray(path.read_bytes())
    for place in range(5000, len(content), 40_000):
        content[place] ^= 0xFF
    path.write_bytes(content)


def head(path: Path) -> None:
    """It does not begin as it should."""
    path.write_bytes(b"\xff" * 4096 + path.read_bytes()[4096:])


def empty(path: Path) -> None:
    """There is text in its place."""
    path.write_bytes(b"no database at all\n" * 300)


HARMS = (cut, flip, head, empty)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_damaged_warehouse_is_told_and_the_next_run_builds_it_anew(
    project: Config, harm: Callable[[Path], None]
) -> None:
    ids, before = world.owners(project), remembered(project)
    harm(project.warehouse_path)
    with pytest.raises(DamageError, match="damaged"):
        run(project)
        world.add_person(project)  # whose run must read what is damaged, where opening it did not
        run(project)
    assert states(project)["warehouse"] == MENDED
    assert len(list(project.root.glob("warehouse.duckdb.damaged-*"))) == 1
    run(project)
    after = world.owners(project)
    assert {key: after[key] for key in ids} == ids
    assert remembered(project)["owners"][: len(before["owners"])] == before["owners"]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_damaged_ledger_is_restored_from_the_memory(project: Config, harm: Callable[[Path], None]) -> None:
    before = remembered(project)
    harm(project.ledger_path)
    assert states(project)["ledger"] == MENDED
    assert remembered(project) == before


@pytest.mark.parametrize("lost", ["warehouse", "ledger", "both", "memory", "ledger and memory"])
def test_whatever_is_deleted_no_id_is_lost_and_nobody_is_asked(project: Config, lost: str) -> None:
    ids, before = world.owners(project), remembered(project)
    gone = {
        "warehouse": [project.warehouse_path],
        "ledger": [project.ledger_path],
        "both": [project.warehouse_path, project.ledger_path],
        "memory": [memory.path_of(project)],
        "ledger and memory": [project.ledger_path, memory.path_of(project)],
    }[lost]
    for path in gone:
        path.unlink()
    run(project)
    assert world.owners(project) == ids
    after = remembered(project)
    for name in (
        "owners",
        "changes",
        "assignments",
        *(() if lost == "ledger and memory" else ("models", "tracks", "gaps")),
    ):
        assert after[name] == before[name], name
    assert memory.path_of(project).exists()


def test_a_memory_that_a_killed_run_did_not_write_is_written_by_the_next_one(
    project: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Config) -> None:
        raise KeyboardInterrupt

    world.add_person(project)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(memory, "keep", killed)
        run(project)
    behind = memory.last_run(project)
    run(project)  # which has nothing new to remember
    assert memory.last_run(project) > behind


def test_a_memory_that_is_older_than_the_ledger_was_learns_the_rest_from_what_is_published(project: Config) -> None:
    old = memory.path_of(project).read_bytes()
    world.add_person(project)
    run(project)
    ids, before = world.owners(project), remembered(project)
    memory.path_of(project).write_bytes(old)
    project.ledger_path.unlink()
    run(project)
    assert world.owners(project) == ids
    after = remembered(project)
    assert [row[1:] for row in after["owners"]] == [row[1:] for row in before["owners"]]
    assert after["changes"] == before["changes"]


def test_a_damaged_log_is_moved_aside_and_the_rest_stands(project: Config) -> None:
    path, log = project.warehouse_path, project.warehouse_path.with_name("warehouse.duckdb.wal")
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table meta.more as select i from range(5000) as t (i)")
        for file in (path, log):  # as they lie there when the machine stops
            shutil.copy(file, file.with_name(f"{file.name}.left"))
    for file in (path, log):
        file.with_name(f"{file.name}.left").replace(file)
    content = bytearray(log.read_bytes())
    content[len(content) // 2] ^= 0xFF
    log.write_bytes(content)
    with pytest.raises(DamageError):
        run(project)
    assert states(project)["warehouse"] == MENDED
    assert not log.exists() and list(project.root.glob("*.wal.damaged-*"))
    run(project)


def test_rows_that_only_the_warehouse_had_are_told_to_be_lost(project: Config) -> None:
    (project.root / "extracts" / "web_events.ndjson").unlink()
    cut(project.warehouse_path)
    found = {finding.what: finding for finding in doctor(project)}
    assert found["warehouse"].state == OPEN and "extracts/web_events.ndjson" in found["warehouse"].told


def test_published_files_that_are_not_as_they_were_are_named_and_published_anew(project: Config) -> None:
    current = project.output_path / "current"
    for name in ("customers.parquet", "report.html"):
        (current / name).write_bytes(b"x")
    told = {finding.what: finding for finding in doctor(project)}[f"run {current.resolve().name}"]
    assert told.state == OPEN and "customers.parquet, report.html" in told.told
    run(project)
    assert set(states(project).values()) <= {FINE} | {OPEN}
    assert states(project)[f"run {current.resolve().name}"] == FINE
    assert (current / "report.html").stat().st_size > 1000


def test_current_that_leads_nowhere_leads_to_the_last_whole_run(project: Config) -> None:
    link = project.output_path / "current"
    was = link.resolve()
    link.unlink()
    link.symlink_to("runs/nowhere")
    assert states(project)["current"] == MENDED
    assert link.resolve() == was


def test_damaged_decisions_and_a_damaged_model_are_restored(project: Config) -> None:
    key, other = sorted(world.owners(project))[:2]
    text = "source_a,record_id_a,source_b,record_id_b,decision\n" + ",".join((*key, *other, "different")) + "\n"
    (project.root / "decisions.csv").write_text(text)
    world.add_person(project)
    run(project)
    (project.root / "decisions.csv").write_bytes(b"\0" * 50)
    (project.root / "identity_model.json").write_text("{")
    found = states(project)
    assert (found["decisions"], found["model"]) == (MENDED, MENDED)
    assert (project.root / "decisions.csv").read_text() == text
    run(project)


def test_a_full_disk_is_told_from_damage_and_from_what_is_neither() -> None:
    full = OSError(28, "No space left on device")
    wrapped = RuntimeError("polars says no")
    wrapped.__cause__ = full
    assert isinstance(trouble.of(full), StorageError) and "full" in str(trouble.of(wrapped))
    assert isinstance(trouble.of(OSError(5, "Input/output error")), StorageError)
    assert isinstance(trouble.of(Exception("IO Error: Corrupt database file: computed checksum 1")), DamageError)
    assert trouble.of(ValueError("12 is no colour")) is None


def test_the_last_run_of_a_restored_ledger_is_known(project: Config) -> None:
    project.ledger_path.unlink()
    with open_warehouse(project) as warehouse:
        assert ledger.last_run(warehouse) == (project.output_path / "current").resolve().name
    assert new_run_id() > (project.output_path / "current").resolve().name


NO_MANIFEST = {
    "empty": b"",
    "cut": b'{"run_id": "2',
    "zeros": bytes(300),
    "no text": b"\xff",
    "a list": b"[]",
    "nothing in it": b"{}",
}


@pytest.mark.parametrize("content", NO_MANIFEST.values(), ids=NO_MANIFEST)
@pytest.mark.parametrize("runs", [1, 2])
def test_a_damaged_manifest_is_told_moved_aside_and_published_anew(project: Config, content: bytes, runs: int) -> None:
    ids = world.owners(project)
    if runs == 2:
        world.add_person(project)
        run(project)
    damaged = (project.output_path / "current").resolve()
    (damaged / "manifest.json").write_bytes(content)
    with pytest.raises(DamageError, match="manifest"):
        run(project)
    found = states(project)
    assert found[f"run {damaged.name}"] == MENDED
    assert found.get("current") == (MENDED if runs == 2 else None)
    assert bool(list(damaged.glob("manifest.json.damaged-*"))) == (runs == 1), "what readers read stands"
    run(project)
    after = world.owners(project)
    assert {key: after[key] for key in ids} == ids
    last = states(project)
    assert (last.pop("leftovers", MENDED), set(last.values())) == (MENDED, {FINE})
    assert set(states(project).values()) == {FINE}


def test_a_folder_in_the_place_of_current_is_moved_aside(project: Config) -> None:
    link = project.output_path / "current"
    whole = link.resolve()
    link.unlink()
    shutil.copytree(whole, link)
    assert states(project)["current"] == MENDED
    assert link.is_symlink() and link.resolve() == whole
    run(project)


@pytest.mark.parametrize("harm", [cut, head], ids=lambda harm: harm.__name__)
def test_a_damaged_key_is_restored_from_the_memory(project: Config, harm: Callable[[Path], None]) -> None:
    hashed = project.model_copy(update={"publish": project.publish.model_copy(update={"personal_data": "hashed"})})
    with open_warehouse(hashed) as warehouse:
        pipeline.run(warehouse, hashed, pipeline.Request(new_run_id()), lambda _: None)
    memory.keep(project)
    key = project.key_path.read_bytes()
    harm(project.key_path)
    assert states(project)["key"] == MENDED
    assert project.key_path.read_bytes() == key
    harm(project.key_path)
    memory.path_of(project).unlink()
    assert states(project)["key"] == OPEN


def test_a_lost_key_is_told_before_every_hash_is_another(project: Config) -> None:
    hashed = project.model_copy(update={"publish": project.publish.model_copy(update={"personal_data": "hashed"})})

    def publish(*, force: bool = False) -> None:
        with open_warehouse(hashed) as warehouse:
            pipeline.run(warehouse, hashed, pipeline.Request(new_run_id(), force=force), lambda _: None)

    publish()
    project.key_path.unlink()
    memory.path_of(project).unlink(missing_ok=True)
    world.add_person(project)
    with pytest.raises(StorageError, match="another key"):
        publish()
    publish(force=True)
    publish()
