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
    """What to connect with: half of the machine's memory and all its threads, unless said otherwise; `spill` is a folder."""
    half = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 2 // 2**20}MiB"
    return {
        "memory_limit": memory or half,
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
