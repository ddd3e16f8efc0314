"""What is told of an extract without refusing it, as text that may say what it counts: nobody need read its wording."""

from __future__ import annotations

from typing import Self

ODD_HOURS = "times in an hour that the source's clocks skip"
"""What a note on hours that they skip or show twice counts: nobody is there in these, and anybody in those."""


class Note(str):
    """A note: a text like others, with what it is `about` and how many there are of that."""

    __slots__ = ("about", "number")
    about: str
    number: int

    def __new__(cls, text: str, about: str = "", number: int = 0) -> Self:
        """The text with what it says."""
        made = super().__new__(cls, text)
        made.about, made.number = about, number
        return made
