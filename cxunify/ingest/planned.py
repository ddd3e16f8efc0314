"""What is to be done with the files of one source, and the tables that they are read into."""

from __future__ import annotations

from dataclasses import dataclass, field

from cxunify.config import Source
from cxunify.errors import Problem
from cxunify.ingest.files import Entry
from cxunify.ingest.find import Extract
from cxunify.ingest.probe import Layout
from cxunify.ingest.salvage import Reject
from cxunify.warehouse import quote


@dataclass
class Plan:
    """What is to be done with the files of one source."""

    name: str
    source: Source
    found: list[Extract] = field(default_factory=list)
    new: list[tuple[Extract, str, Layout]] = field(default_factory=list)
    """Files to read, each with its SHA-256 and layout."""
    known: list[Entry] = field(default_factory=list)
    """Files that are in already, and under which id."""
    replaced: list[int] = field(default_factory=list)
    """Ids of files whose rows give way."""
    problems: list[Problem] = field(default_factory=list)
    """Why this source is refused: its files are not what they should be. What was loaded of it before stands."""
    unmapped: list[Problem] = field(default_factory=list)
    """What the mapping asks of the source that no file could give."""
    unread: bool = False
    """Whether it is refused for what its rows say: those that stand are not conformed by its mapping either."""
    agreed: dict[str, str] = field(default_factory=dict)
    """The columns that its extracts have had, each with its status; none: nothing was loaded before."""
    columns: dict[str, str] = field(default_factory=dict)
    """Those of the new files, likewise."""
    entries: list[Entry] = field(default_factory=list)
    rejects: list[tuple[int, list[Reject]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the raw table of the source will change."""
        return bool(self.new or self.replaced)

    @property
    def stops(self) -> bool:
        """Whether it stops all the others too: it is refused, and there is nothing that could stand for it."""
        return bool(self.problems and not self.agreed)

    def stand(self) -> None:
        """Leave the source as it is: nothing of its new files is put in place."""
        self.new, self.entries, self.replaced, self.rejects = [], [], [], []


def raw(name: str) -> str:
    """The raw table of a source."""
    return f"raw.{quote(name)}"


def aside(name: str) -> str:
    """Where the new files of a source are read into before they are put in place; no source can have this name."""
    return f"raw.{quote(name + ' (incoming)')}"
