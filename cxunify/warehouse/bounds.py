"""limits of the configuration, or of the machine -> how DuckDB is bounded: memory, threads, and where and how far it spills."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cxunify.warehouse.stage import literal

_FREE = 0.75
"""Of the free disk, what may be spilled: results need the rest."""
Settings = dict[str, str | bool | int | float | list[str]]


def bounds(spill: Path, memory: str | None = None, threads: int | None = None) -> Settings:
    """What to connect with: `most` memory and all threads of the machine, unless said otherwise; `spill` is a folder."""
    return {
        "memory_limit": memory or said(most()),
        "temp_directory": str(spill),
        **({"threads": threads} if threads else {}),
    }


def spilling(spill: Path, disk: str | None = None) -> str:
    """What to say once connected: how much may be spilled there, by default three quarters of what is free.

    As a setting to connect with it would be shown, and not kept to.
    """
    there = next(folder for folder in (spill, *spill.absolute().parents) if folder.is_dir())
    most = disk or f"{max(1, int(shutil.disk_usage(there).free * _FREE) // 2**20)}MiB"
    return f"set max_temp_directory_size = {literal(most)}"


def modest() -> int:
    """Bytes: a tenth of the machine's memory, but two gigabytes at least, where these are no more than `most`.

    More saves nothing: of a million records and four million interactions the whole run takes the same CPU seconds within 2 GB,
    spilling, as within 12, and leaves the machine to others. What cannot spill may ask for more (`frugal`).
    """
    return min(max(_machine() // 10, 2 * 2**30), most())


def most() -> int:
    """Bytes: half of the machine's memory, beyond which nothing grows by itself."""
    return _machine() // 2


def said(memory: int) -> str:
    """Bytes, as the engine is told of them."""
    return f"{memory // 2**20}MiB"


def _machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
