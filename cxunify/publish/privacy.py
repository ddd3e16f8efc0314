"""publish.personal_data -> the SQL that lets personal columns through, hashes them, or empties them.

A plain or salted hash of a mailbox is undone by hashing every mailbox there is, so the hash is keyed: HMAC-SHA-256 (RFC 2104) with
a key of 256 bits that lies beside the warehouse and never in the output (EDPB Guidelines 01/2025 on pseudonymisation). Equal values
stay equal, across columns and runs: joins and counts still work.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxunify.config import Config
from cxunify.errors import StorageError
from cxunify.publish.outputs import Output
from cxunify.schema.table import Column

_BLOCK = 64
"""Bytes of a block of SHA-256, to which HMAC pads its key."""


@dataclass(frozen=True)
class Privacy:
    """What becomes of personal data, with the padded keys that its SQL binds."""

    mode: str
    inner: bytes = b""
    outer: bytes = b""

    @classmethod
    def of(cls, config: Config) -> Privacy:
        """The configured privacy; makes the key file (0600) where hashing needs one and there is none. Raises StorageError."""
        if config.publish.personal_data != "hashed":
            return cls(config.publish.personal_data)
        key = _key(config.warehouse_path.with_suffix(".key")).ljust(_BLOCK, b"\0")
        return cls("hashed", bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key))

    @property
    def mark(self) -> str:
        """What tells one key from another without telling it; empty where nothing is hashed."""
        return hashlib.sha256(b"mark" + self.inner).hexdigest()[:16] if self.inner else ""

    @property
    def params(self) -> dict[str, Any]:
        """What the SQL binds."""
        return {"inner": self.inner, "outer": self.outer} if self.mode == "hashed" else {}

    def digest(self, value: str) -> str:
        """A value as it stands in what was published."""
        if self.mode != "hashed":
            return value
        inner = hashlib.sha256(self.inner + value.encode()).digest()
        return hashlib.sha256(self.outer + inner).hexdigest()

    def guard(self, output: Output, column: Column) -> str:
        """The SQL of a column's value as it may be published."""
        name = f'source."{column.name}"'
        if self.mode == "full":
            return name
        rest = dict(output.redacted).get(column.name)
        if rest is not None:
            return rest.format(name)
        if column.name not in output.personal:
            return name
        # A hash has no day, and a JSON text may hold anything.
        if self.mode == "none" or column.type != "VARCHAR" or column.name == "properties":
            return f"cast(null as {column.type})"
        return f"sha256($outer || unhex(sha256($inner || encode({name}))))"


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
            f"cannot use the key of hashed output, {path}: {type(error).__name__}",
            "It must hold 64 hexadecimal digits. A new key makes every hash differ from those published before.",
        ) from error
    if len(key) != 32:
        raise StorageError(f"the key {path} is not 256 bits long", "Restore it, or remove it to have a new one made.")
    return key
