"""What can go wrong, each as a problem and its fix.

    CxunifyError             a problem the user can do something about
      ConfigError            the configuration is wrong
      InputError             an extract cannot be used
      StorageError           disk or I/O trouble
      DamageError            a file of ours is damaged: `cxunify doctor` mends it
      BusyError              another run holds the lock
      TimeUp                 the time that a run was allowed is up
      GateError              a gate failed; the old output stands
      LookupFailed           what was asked for is not there
      ContractError          a stage broke its own promise: a bug of ours

No message ever carries a cell value: files, lines, columns, counts and reasons only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (`what`) and what to do about it (`fix`)."""

    what: str
    fix: str = ""
    key: str = field(default="", compare=False)
    """The key of a source that it speaks of, such as `interaction.at`; empty where it speaks of none, or of several."""
    source: str = field(default="", compare=False)
    """The source whose lines in the configuration, or whose rows, it speaks of; empty where it is of other lines, or of a file."""
    column: str = field(default="", compare=False)
    """The column that it speaks of, where that is what is wrong, whatever key it is mapped to."""
    offers: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    """What the fix would write below that key, by name: the first is as good as the others."""

    def __str__(self) -> str:
        return f"{self.what}\n  {self.fix}" if self.fix else self.what


class CxunifyError(Exception):
    """A failure with a cause the user can remove; carries one or several problems, all reported at once."""

    def __init__(self, what: str | Iterable[Problem], fix: str = "") -> None:
        self.problems: tuple[Problem, ...] = (Problem(what, fix),) if isinstance(what, str) else tuple(what)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(CxunifyError):
    """The configuration is wrong: unknown key, bad value, missing file."""


class InputError(CxunifyError):
    """An extract cannot be used: missing, empty, unreadable, a lost column, an ambiguous date."""


class StorageError(CxunifyError):
    """Disk or I/O trouble while reading or writing what is ours."""


class MemoryShort(StorageError):
    """A statement needs more memory than it may have, and cannot spill."""


class DamageError(CxunifyError):
    """The warehouse or the ledger cannot be read: damaged, and mended by `cxunify doctor`."""


class BusyError(CxunifyError):
    """Another run holds the lock."""


class TimeUp(CxunifyError):
    """The time that a run was allowed is up; what it has built stands, and the next run goes on from there."""


class GateError(CxunifyError):
    """A gate failed: rejects or quality below the configured floor; nothing was published."""


class LookupFailed(CxunifyError):
    """What was asked for (a customer, a run) does not exist."""


class ContractError(CxunifyError):
    """A stage broke its promise, such as its grain: a fault of cxunify, not of the data."""


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of these names that is most like another; empty where none is (`cutoff`: 1 is equal)."""
    import difflib  # here, and not above: `cxunify --help` should not pay for it

    return next(iter(difflib.get_close_matches(name, list(names), n=1, cutoff=cutoff)), "")
