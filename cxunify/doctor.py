"""A project on disk -> what is the matter with each of its files, and each mended: restored, made anew, or moved aside.

No database, log or decision that is damaged is ever removed: it is moved aside under a name of its own, and the next run makes
anew what can be made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxunify import ledger, memory, private
from cxunify.config import Config
from cxunify.errors import InputError, StorageError
from cxunify.identity.match import decide, learn
from cxunify.publish import manifest, versions
from cxunify.secret import Secret
from cxunify.subject import erase, published
from cxunify.warehouse import Warehouse
from cxunify.warehouse.sound import why_unsound

FINE, MENDED, OPEN = "fine", "mended", "open"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: str
    """fine; mended: by doctor; open: somebody has to see to it."""
    told: str = ""
    """What was found, what was done, what is lost."""


def doctor(config: Config, begin: Callable[[str], None] = lambda _: None) -> tuple[Finding, ...]:
    """Look at everything and mend it; whoever calls holds the lock of the warehouse."""
    found: list[Finding] = []
    for name, look in (
        ("ledger", _ledger), ("published runs", _runs), ("current", _current), ("key", _key), ("decisions", _decisions),
        ("memory", _memory), ("erasure", _erasure), ("warehouse", _warehouse), ("model", _model), ("leftovers", _leftovers),
    ):  # fmt: skip
        begin(name)
        found += look(config)
    return tuple(found)


def _ledger(config: Config) -> Iterator[Finding]:
    """What cannot be built again: looked at first, since all else goes by it."""
    path = config.ledger_path
    aside = ""
    if path.exists() and (why := why_unsound(path)):
        aside = _aside(path)
        yield Finding("ledger", MENDED, f"it is damaged ({why}), and was moved to {aside}")
    if path.exists():
        yield Finding("ledger", FINE)
        return
    there = memory.path_of(config)
    if there.exists() and not why_unsound(there):
        restored = memory.restore(config)
        yield Finding(
            "ledger", MENDED, f"restored from {there.name} ({', '.join(restored)}): no id, arm or tombstone is lost"
        )
    elif config.warehouse_path.exists() or aside or (config.output_path / versions.CURRENT).exists():
        yield Finding(
            "ledger", OPEN,
            "there is none, and no memory of it: the next run begins with the ids, arms and changes that are published; tombstones,"
            " the history of gaps and tracks are lost",
        )  # fmt: skip


def _memory(config: Config) -> Iterator[Finding]:
    """The small file that the ledger is restored from."""
    path = memory.path_of(config)
    if path.exists() and (why := why_unsound(path)):
        yield Finding("memory", MENDED, f"it is damaged ({why}), and was moved to {_aside(path)}")
    if config.ledger_path.exists():
        behind = not path.exists()
        memory.keep(config)
        yield Finding("memory", MENDED if behind else FINE, f"{path.name} is written anew" if behind else "")


def _key(config: Config) -> Iterator[Finding]:
    """The key of keyed hashes, where anything was hashed with one."""
    marks = set()
    if config.ledger_path.exists():
        with Warehouse.open(ledger=config.ledger_path) as reader:
            ledger.prepare(reader)
            marks = ledger.key_marks(reader)
    mine = versions.own(config)
    marks |= {mine[1]["key_mark"]} if mine and mine[1].get("key_mark") else set()
    path = config.key_path
    if path.exists() and _mark(path) is None:
        kept, aside = memory.held(config).get("key"), _aside(path)
        if kept:
            private.write(path, kept)
        told = f"it was damaged, and moved to {aside}; {'it is restored' if kept else 'restore it from a copy'}"
        yield Finding("key", MENDED if kept else OPEN, told)
    elif path.exists() and _mark(path) in marks:
        yield Finding("key", FINE)
    elif marks:
        yield Finding("key", OPEN, f"{path.name} is not the one that values were hashed with: restore it from a copy")


def _mark(path: Path) -> str | None:
    """What tells the key in a file from another one; None where it is none."""
    try:
        return Secret.of(path).mark
    except StorageError:
        return None


def _decisions(config: Config) -> Iterator[Finding]:
    """What people decided."""
    path = config.root / config.identity.decisions
    try:
        decide.decisions(config)
    except InputError as error:
        told = "; ".join(problem.what for problem in error.problems)
        kept = memory.held(config).get("decisions")
        if kept and not _can_be_read(config):
            aside = _aside(path)
            private.write(path, kept)
            yield Finding(
                "decisions", MENDED, f"{told}: moved to {aside}, and restored as they were in the last published run"
            )
        else:
            yield Finding("decisions", OPEN, told)
        return
    if path.exists():
        yield Finding("decisions", FINE)


def _can_be_read(config: Config) -> bool:
    """Whether the file of decisions is whole, whatever it says."""
    try:
        decide.read(config)
    except InputError:
        return False
    return True


def _erasure(config: Config) -> Iterator[Finding]:
    """Somebody who was being forgotten when the machine stopped."""
    if erase.journal(config).exists() and not _is_damaged(config):
        erase.resume(config)
        yield Finding("erasure", MENDED, "a person was being forgotten when the machine stopped: that is done now")


def _is_damaged(config: Config) -> bool:
    return config.warehouse_path.exists() and bool(why_unsound(config.warehouse_path))


def _warehouse(config: Config) -> Iterator[Finding]:
    """What can be built again."""
    path = config.warehouse_path
    if not path.exists():
        return
    log = path.with_name(f"{path.name}.wal")
    why = why_unsound(path)
    if why and log.exists():
        told = (
            f"its log is damaged ({why}), and was moved to {_aside(log)}: what it alone held, the next run makes anew"
        )
        if why := why_unsound(path):
            yield Finding("log of the warehouse", MENDED, told)
        else:
            yield Finding("warehouse", MENDED, told)
            return
    if why:
        lost = _lost(config)
        aside = _aside(path)
        told = f"it is damaged ({why}), and was moved to {aside}: the next run builds it anew from the extracts"
        if lost:
            told += f"; lost are the rows of extracts that are no longer there: {', '.join(lost)}"
        yield Finding("warehouse", OPEN if lost else MENDED, told)
        yield from _erasure(config)
    else:
        yield Finding("warehouse", FINE)


def _lost(config: Config) -> list[str]:
    """Extracts that were loaded and are no longer where they were, by the manifest of the last run."""
    mine = versions.own(config)
    loaded = [entry["path"] for entry in (mine[1].get("inputs", ()) if mine else ()) if entry.get("status") == "loaded"]
    return sorted({path for path in loaded if not (config.root / path).exists()})


def _runs(config: Config) -> Iterator[Finding]:
    """Each kept run, file by file, against its manifest."""
    out = config.output_path / versions.RUNS
    for folder in sorted(out.iterdir()) if out.is_dir() else ():
        try:
            found = versions.read(folder)
        except Exception:  # noqa: BLE001 - whatever stands there is no manifest
            yield Finding(
                f"run {folder.name}", MENDED, f"its manifest is damaged: moved to {_aside(folder / versions.MANIFEST)}"
            )
            continue
        if found is None:
            continue
        described, bad = found[1], []
        for table in described["tables"]:
            entries = [*table["files"], *([table["csv"]] if table.get("csv") else [])]
            if odd := [entry["path"] for entry in entries if not _is_as_said(folder, entry)]:
                table["made_from"] = ""  # the next run makes it anew
                bad += odd
        odd = [entry["path"] for entry in described.get("documents", ()) if not _is_as_said(folder, entry)]
        bad += odd
        # A page and its JSON are published together, where they are not there already.
        together = {Path(path).stem for path in odd}
        gone = [entry for entry in described.get("documents", ()) if Path(entry["path"]).stem in together]
        described["documents"] = [entry for entry in described.get("documents", ()) if entry not in gone]
        for entry in gone:
            (folder / entry["path"]).unlink(missing_ok=True)
        if bad:
            manifest.put(folder, described)
            yield Finding(
                f"run {folder.name}",
                OPEN,
                f"not as they were published: {', '.join(bad)}; `cxunify run` publishes anew",
            )
        else:
            yield Finding(f"run {folder.name}", FINE)


def _is_as_said(folder: Path, entry: dict[str, Any]) -> bool:
    path = folder / entry["path"]
    if not path.is_file() or path.stat().st_size != entry["bytes"]:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == str(entry["sha256"])


def _current(config: Config) -> Iterator[Finding]:
    """What readers follow."""
    link = config.output_path / versions.CURRENT
    if link.is_dir() and not link.is_symlink():
        yield Finding(
            "current", MENDED, f"it was a folder of its own, which is no way to a run: moved to {_aside(link)}"
        )
    runs = published.runs(config)
    if not runs:
        return
    try:
        leads = versions.read(link) is not None
    except Exception:  # noqa: BLE001 - it leads nowhere that can be read
        leads = False
    if leads:
        yield Finding("current", FINE)
        return
    link.unlink(missing_ok=True)
    versions.swap(config.output_path, runs[-1])
    yield Finding("current", MENDED, f"it led nowhere, and leads to {runs[-1].name}, the last whole run, now")


def _model(config: Config) -> Iterator[Finding]:
    """The copy of the model that people read."""
    if not config.ledger_path.exists():
        return
    with Warehouse.open(ledger=config.ledger_path) as reader:
        ledger.prepare(reader)
        text = ledger.model(reader)
    path = learn.copy_path(config)
    if text is None or config.identity.model:
        return
    if path.exists() and learn.reads_as(path.read_text(encoding="utf-8", errors="replace"), config) is not None:
        yield Finding("model", FINE)
        return
    if path.exists():
        _aside(path)
    private.write(path, text)
    yield Finding("model", MENDED, f"{path.name} is written anew from the ledger")


def _leftovers(config: Config) -> Iterator[Finding]:
    """Rows that were spilled, and runs that died."""
    shown = (config.output_path / versions.CURRENT).resolve()
    paths = [path for path in erase.leftovers(config) if path.resolve() != shown]
    for path in paths:
        published.remove(path)
    if paths:
        yield Finding("leftovers", MENDED, f"{len(paths)} removed: rows that were spilled, drafts, runs that died")


def _aside(path: Path) -> str:
    """Move a file, and its log, aside; returns its name there."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}{erase.ASIDE}{stamp}")
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        log.rename(aside.with_name(f"{aside.name}.wal"))
    path.rename(aside)
    return aside.name
