"""The ledger, the key, the decisions -> one small file beside the configuration, from which each of them can be restored.

It is written anew after every run that was published, in one step; by the next command that writes, where that run was killed
before it could. It is read only where something is lost: extracts can give back neither ids nor arms, nor what people decided,
nor who is forgotten.
"""

from __future__ import annotations

from pathlib import Path

from cxunify import private
from cxunify.config import Config
from cxunify.warehouse import copies

KEPT = "kept_files"
"""The table of the files that are kept in it: name and content."""


def path_of(config: Config) -> Path:
    """Where the memory of a project lies."""
    return config.root / f"{config.warehouse_path.stem}.memory"


def files(config: Config) -> dict[str, Path]:
    """The files that are kept in it whole, by the name that they have there."""
    return {"key": config.key_path, "decisions": config.root / config.identity.decisions}


def keep(config: Config) -> None:
    """Write the memory anew from what there is. Nobody may have the ledger open. Raises StorageError."""
    if config.ledger_path.exists():
        whole = {name: path.read_bytes() for name, path in files(config).items() if path.exists()}
        copies.copy(config.ledger_path, path_of(config), {KEPT: whole}, memory=config.limits.memory)


def last_run(config: Config) -> str:
    """The last run that it knows of; empty where it knows none, or cannot be read."""
    return copies.greatest(path_of(config), "runs", "run_id") if path_of(config).exists() else ""


def held(config: Config) -> dict[str, bytes]:
    """The files that are kept whole in the memory, by their names there."""
    return copies.held(path_of(config), KEPT) if path_of(config).exists() else {}


def restore(config: Config) -> tuple[str, ...]:
    """Put back the ledger and the key where they are missing; returns what was, by its name. Raises StorageError.

    Not the decisions: whoever has removed them may have meant it.
    """
    path, found = path_of(config), []
    if path.exists() and not config.ledger_path.exists():
        copies.copy(path, config.ledger_path, without=KEPT, memory=config.limits.memory)
        found.append("ledger")
    if path.exists() and not config.key_path.exists() and (key := held(config).get("key")):
        private.write(config.key_path, key)
        found.append("key")
    return tuple(found)
