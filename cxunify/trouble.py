"""What the engine or the system complains of -> whether the disk is full or fails, or a file is damaged, in our words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from cxunify.errors import CxunifyError, DamageError, InputError, MemoryShort, StorageError

_FULL = ("no space left", "disk quota", "file too large", "disk full")
_SPILT = ("failed to offload", "max_temp_directory_size")
_SHORT = "out of memory error"
_FAILING = (
    "could not write", "could not fsync", "could not truncate", "could not create", "could not read", "input/output error",
    "cannot allocate", "has been invalidated", "failed to commit", "failed to create checkpoint",
)  # fmt: skip
_DAMAGED = (
    "checksum", "corrupt", "deserializ", "serialization error", "not a valid duckdb", "wal file", "replay", "truncated",
    "magic bytes", "enough bytes", "unexpected end", "failed to load",
)  # fmt: skip
_FULL_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DAMAGED_FIX = "`cxunify doctor` moves it aside and restores what can be; what is published stands."


def of(error: BaseException) -> CxunifyError | None:
    """The trouble with the disk, or with a file of ours, that an exception or what led to it tells of; None: it tells of none."""
    chain = list(_chain(error))
    words = " ".join(str(one).split("\n", 1)[0].lower() for one in chain)
    codes = {one.errno for one in chain if isinstance(one, OSError)}
    if any(word in words for word in _SPILT):
        return StorageError(
            "what does not fit into memory needs more disk than it may have",
            "Raise `limits.disk` (default: three quarters of what is free there) or `limits.memory` in the configuration, or free"
            " some space, and run the command again; nothing was published, and what was published before stands.",
        )
    if codes & set(_FULL_CODES) or any(word in words for word in _FULL):
        return StorageError(
            "the disk is full",
            "Free some space and run the command again: nothing was published, and what was published before stands.",
        )
    if _SHORT in words:
        return MemoryShort(
            "the database has too little memory: what a step needs at once does not fit",
            "Raise `limits.memory` in the configuration, or run it where there is more; what was published before stands.",
        )
    if any(word in words for word in _DAMAGED):
        return DamageError("a file is damaged: the warehouse, the ledger, or one that was published", DAMAGED_FIX)
    if errno.EIO in codes or any(word in words for word in _FAILING):
        return StorageError(
            "the disk cannot be written to or read from",
            "Look at its health and free space, and run the command again; what was published before stands.",
        )
    return None


def too_large() -> InputError:
    """Of a number that no column holds; whoever found it would quote it."""
    return InputError(
        "a number in the extracts, or a sum of them, is too large for its column",
        "Amounts hold 16 digits before the point: look for one that is no amount. Nothing was published.",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    here: BaseException | None = error
    while here is not None and id(here) not in seen:
        seen.add(id(here))
        yield here
        here = here.__cause__ or here.__context__


def is_in_the_way(path: Path, error: BaseException) -> bool:
    """Whether a file that cannot be opened may be whole: who may read it, who holds it, where it lies is the matter."""
    words = str(error).lower()
    known = (
        "permission denied",
        "lock on file",
        "no such file",
        "is a directory",
        "read-only",
        "newer version",
        "version number",
    )
    return (
        any(word in words for word in known)
        or isinstance(of(error), StorageError)
        or not path.exists()
        or not os.access(path, os.R_OK)
    )
