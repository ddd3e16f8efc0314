"""publish.personal_data -> the SQL that lets personal columns through, hashes them with the warehouse's key, or empties them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxunify.config import Config
from cxunify.publish.outputs import Output
from cxunify.schema.table import Column
from cxunify.secret import Secret, digest


@dataclass(frozen=True)
class Privacy:
    """What becomes of personal data, with the key where it is hashed."""

    mode: str
    secret: Secret | None = None

    @classmethod
    def of(cls, config: Config) -> Privacy:
        """The configured privacy; makes the key file (0600) where hashing needs one and there is none. Raises StorageError."""
        if config.publish.personal_data != "hashed":
            return cls(config.publish.personal_data)
        return cls("hashed", Secret.of(config.key_path))

    @property
    def mark(self) -> str:
        """What tells one key from another without telling it; empty where nothing is hashed."""
        return self.secret.mark if self.secret else ""

    @property
    def params(self) -> dict[str, Any]:
        """What the SQL binds."""
        return self.secret.params if self.secret else {}

    def digest(self, value: str) -> str:
        """A value as it stands in what was published."""
        return self.secret.digest(value) if self.secret else value

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
        return digest(name)
