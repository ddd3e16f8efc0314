"""What was found out, as plain data: of each series of files its role and mapping with the evidence; of what is not used, why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Choice:
    """One line of a mapping: which columns a field is read from, and why."""

    key: str
    """Where it stands, such as `person.email` or `interaction.identifiers.loyalty_id`."""
    columns: tuple[str, ...]
    sure: bool = True
    why: str = ""
    """What speaks for it; of an unsure one, what is in doubt."""
    options: dict[str, Any] = field(default_factory=dict)
    """What stands beside the column: negate, map, format …; `value` where no column says it."""
    others: tuple[str, ...] = ()
    """Columns that it might be instead."""
    active: bool = True
    """Whether it is written as a line that counts; else as a comment."""
    given: bool = False
    """Whether the source's preset has it."""
    cents: bool = False
    """Whether nothing is in doubt but whether cents are counted."""
    told: bool = True
    """Whether it is written at all: what a preset has, and nothing speaks against, is not."""

    def leave_out(self, why: str) -> None:
        """Make a comment of it; what a preset has is written over with `null`."""
        self.sure, self.told, self.why = False, True, why
        if self.given:
            self.columns, self.options = (), {"value": None}
        else:
            self.active = False


@dataclass
class Found:
    """One source: files of one header, and what they are."""

    name: str
    files: tuple[str, ...]
    """As the configuration names them."""
    rows: int
    columns: tuple[str, ...]
    role: str = ""
    """person, interaction or both; link, child, company, staff, history, aggregate, lookup, unknown."""
    channel: str = ""
    choices: list[Choice] = field(default_factory=list)
    settings: list[Choice] = field(default_factory=list)
    """What stands beside the mapping: load, skip, null_values, region …"""
    notes: list[str] = field(default_factory=list)
    unmapped: dict[str, str] = field(default_factory=dict)
    """Column to why it is not mapped."""
    reason: str = ""
    """Of one that is not used: why."""

    @property
    def used(self) -> bool:
        """Whether it becomes a source."""
        return self.role in {"person", "interaction", "both"}

    def choice(self, key: str) -> Choice | None:
        """The line of a field that counts."""
        return next((one for one in self.choices if one.key == key and one.active), None)

    def setting(self, key: str) -> Choice | None:
        """What stands beside the mapping under a key."""
        return next((one for one in self.settings if one.key == key), None)

    def column(self, key: str) -> str | None:
        """The column of a field, where it is one."""
        found = self.choice(key)
        return found.columns[0] if found and len(found.columns) == 1 else None


@dataclass(frozen=True)
class Place:
    """Region, time zone or currency: what it is, whether that is known, and why."""

    key: str
    value: str
    sure: bool
    why: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unused:
    """A file that is no source."""

    file: str
    role: str
    reason: str
