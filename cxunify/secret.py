"""The key beside the warehouse -> keyed hashes of values, in SQL and in Python.

A plain or salted hash of a mailbox is undone by hashing every mailbox there is, so the hash is keyed: HMAC-SHA-256 (RFC 2104) with
a key of 256 bits that lies beside the warehouse and never in the output (EDPB Guidelines 01/2025 on pseudonymisation). Equal values
stay equal, across columns and runs: joins and counts still work.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cxunify.errors import StorageError

_BLOCK = 64
"""Bytes of a block of SHA-256, to which HMAC pads its key."""


@dataclass(frozen=True)
class Secret:
    """A key, padded as HMAC wants it: what the SQL binds."""

    inner: bytes
    outer: bytes

    @classmethod
    def of(cls, path: Path) -> Self:
        """The key in a file; made (0600) where there is none. Raises StorageError."""
        key = _key(path).ljust(_BLOCK, b"\0")
        return cls(bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key))

    @classmethod
    def that_hashed(cls, path: Path, marks: Collection[str]) -> Self:
        """The key in a file, by which people are known again who were forgotten with keys of these marks.

        Raises StorageError where it is not there, or is another one.
        """
        if not path.exists() or set(marks) != {cls.of(path).mark}:
            raise StorageError(
                f"people were forgotten, and the key that they would be known again by is not in {path.name}",
                f"Restore {path} from a copy: without it they would come back with the next extract.",
            )
        return cls.of(path)

    @property
    def mark(self) -> str:
        """What tells one key from another without telling it."""
        return hashlib.sha256(b"mark" + self.inner).hexdigest()[:16]

    @property
    def params(self) -> dict[str, Any]:
        """What the SQL binds."""
        return {"inner": self.inner, "outer": self.outer}

    def digest(self, value: str) -> str:
        """The keyed hash of a text, 64 hexadecimal digits."""
        return hashlib.sha256(self.outer + hashlib.sha256(self.inner + value.encode()).digest()).hexdigest()


def digest(value: str) -> str:
    """SQL for the keyed hash of the text `value`; it binds `Secret.params`."""
    return f"sha256($outer || unhex(sha256($inner || encode({value}))))"


def _key(path: Path) -> bytes:
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_hex(32).encode("ascii"))
                os.fsync(file.fileno())
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise StorageError(
            f"cannot use the key of keyed hashes, {path}: {type(error).__name__}",
            "It must hold 64 hexadecimal digits: `cxunify doctor` restores it where the memory beside the configuration has it.",
        ) from error
    if len(key) != 32:
        raise StorageError(
            f"the key {path} is not 256 bits long",
            "`cxunify doctor` restores it where the memory beside the configuration has it.",
        )
    return key
