"""Values -> 32 hexadecimal digits that stand for them, and for the engines that compute with them."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import Any

ENGINES = tuple(
    f"{name} {version(name)}"
    for name in ("anyascii", "duckdb", "numpy", "phonenumbers", "polars", "recordlinkage", "scipy")
)
"""What tables are computed by: another version of one may hash or round otherwise, and everything is built again."""
UNKNOWN = ""
"""The content of a table that nobody has noted: what reads it is never up to date."""


def fingerprint(*parts: Any) -> str:
    """32 hexadecimal digits that stand for these values, and for the engines that compute with them."""
    return hashlib.sha256(json.dumps((ENGINES, *parts), sort_keys=True, default=str).encode()).hexdigest()[:32]
