"""Files that nobody but their owner may read, each there whole or as it was before."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, content: bytes | str) -> None:
    """Put a file there in one step and see it onto the disk; a text in UTF-8, its line ends as they are.

    A reader sees the old file or the new one. The new one is its owner's alone, whatever the old one's permissions were.
    """
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)  # one that a killed command left would keep the permissions it has
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
