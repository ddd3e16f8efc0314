"""out/runs/<run id>/, out/current and out/current.json: versions that appear whole or not at all.

A run writes into a folder of its own. Once everything in it is on disk, the manifest last, `current` is swapped to it by one
rename: a reader that follows `current` sees the old run or the new one, whenever the power fails. `current.json` says the same as a
file, for what knows no links. A folder without a manifest is the remains of a run that died, and the next run removes it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cxunify import __version__, private
from cxunify.config import Config
from cxunify.errors import DamageError, StorageError
from cxunify.trouble import DAMAGED_FIX

RUNS = "runs"
CURRENT = "current"
POINTER = "current.json"
MANIFEST = "manifest.json"


@contextmanager
def trouble(folder: Path, stands: str = "what was published before stands.") -> Iterator[None]:
    """Turn the system's complaints about disk and permissions into ours. `stands`: what is left when there are any."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"cannot write into {folder}: {error.strerror or type(error).__name__}",
            f"Check permissions and free space; {stands}",
        ) from error


def begin(out: Path, run_id: str) -> Path:
    """Clear the remains of runs that died and make the folder of a new one, readable by its owner only."""
    runs = out / RUNS
    runs.mkdir(parents=True, exist_ok=True)
    runs.chmod(0o700)
    # What readers read stands until there is something in its place, whatever it lacks.
    shown = (out / CURRENT).resolve()
    for folder in runs.iterdir():
        if not (folder / MANIFEST).is_file() and folder.resolve() != shown:
            shutil.rmtree(folder) if folder.is_dir() and not folder.is_symlink() else folder.unlink()
    for link in out.glob(f".{CURRENT}.*"):
        link.unlink()
    folder = runs / run_id
    folder.mkdir(mode=0o700)
    return folder


def current(out: Path) -> tuple[Path, dict[str, Any]] | None:
    """The folder and the manifest of the published run, or None when nothing was published yet."""
    return read(out / CURRENT)


def own(config: Config) -> tuple[Path, dict[str, Any]] | None:
    """The folder and the manifest of the published run, or None where another warehouse has published it."""
    found = current(config.output_path)
    name = config.warehouse_path.name
    return found if found and found[1].get("warehouse", name) == name else None


def kept(config: Config) -> list[tuple[Path, dict[str, Any]]]:
    """The folders and manifests of the runs of this project that are there, the oldest first."""
    out, name = config.output_path / RUNS, config.warehouse_path.name
    found = [read(folder) for folder in sorted(out.iterdir())] if out.is_dir() else []
    return [one for one in filter(None, found) if one[1].get("warehouse", name) == name]


def has(config: Config, name: str, document: str) -> bool:
    """Whether this version has published the same JSON `document` as the file `name` already, however it is laid out."""
    last = own(config)
    if last is None or last[1]["versions"]["cxunify"] != __version__ or not (last[0] / name).exists():
        return False
    try:
        written = json.loads((last[0] / name).read_text(encoding="utf-8"))
    except ValueError:
        return False
    return bool(written == json.loads(document))


def read(path: Path) -> tuple[Path, dict[str, Any]] | None:
    """The folder that `path` leads to now, and its manifest; None when there is none."""
    manifest: Any = None
    try:
        folder = path.resolve(strict=True)
        text = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StorageError(
            f"cannot read what was published in {path}: {type(error).__name__}",
            "Check permissions, or point `current` to another folder of runs/.",
        ) from error
    with suppress(ValueError):
        manifest = json.loads(text)
    if not isinstance(manifest, dict) or not manifest.get("run_id"):
        raise DamageError(f"{MANIFEST}, which says what was published in {path}, is damaged", DAMAGED_FIX)
    return folder, manifest


def carry(old: Path, new: Path) -> None:
    """Take a file over from an older run: by a hard link, since no published file is ever changed, else by a copy."""
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        new.hardlink_to(old)
    except OSError:  # the file system knows no hard links, or allows no more
        shutil.copyfile(old, new)


def settle(folder: Path) -> None:
    """Give everything below `folder` to its owner alone and see it onto the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o700 if path.is_dir() else 0o600)
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def swap(out: Path, folder: Path) -> None:
    """Make `current` point to a run: one rename, which readers cannot see half of."""
    link = out / f".{CURRENT}.{folder.name}"
    link.symlink_to(Path(RUNS) / folder.name)
    link.replace(out / CURRENT)
    sync(out)
    point(out)


def point(out: Path) -> None:
    """See to it that `current.json` says where `current` leads: a copy of all this, in an object store, has files and no links."""
    name = (out / CURRENT).resolve().name
    said = json.dumps({"run_id": name, "manifest": f"{RUNS}/{name}/{MANIFEST}"}) + "\n"
    path = out / POINTER
    if not path.is_file() or path.read_text(encoding="utf-8") != said:
        private.write(path, said)


def prune(out: Path, keep: int) -> None:
    """Remove all but the `keep` newest runs; never the published one."""
    published = (out / CURRENT).resolve()
    for folder in sorted((out / RUNS).iterdir(), reverse=True)[keep:]:
        if folder != published and folder.resolve() != published:
            # Without its manifest a folder half removed is known for what it is.
            (folder / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(folder)
