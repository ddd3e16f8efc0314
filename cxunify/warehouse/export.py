"""A query whose rows become a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Export:
    """A Parquet file to be written: its bytes follow from the rows of its SELECT and their order, whoever writes it."""

    select: str
    path: Path
    options: Sequence[str] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
