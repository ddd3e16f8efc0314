"""A cell that speaks of consent -> what it means: data/flags.csv has how people and systems write yes and no, opting in and out."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import cache

from cxunify.vocabulary.lists import rows

_NUMBER = re.compile(r"[+-]?(\d+)(\.0*)?")
_DASHES = re.compile("[-\u2010-\u2015\u2212]+")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")


class Meaning(Enum):
    """What a cell says of whether somebody may be contacted."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    SILENT = "silent"
    """The source says that it does not know."""
    UNCLEAR = "unclear"
    """It says something that is not understood: never a yes."""


def meaning(written: str, *, negate: bool = False) -> Meaning:
    """What a cell means. `negate`: the column says the opposite, so yes is a refusal.

    A word is known whole or not at all: "not subscribed" holds "subscribed", and is no yes. In a column that says the opposite a
    word of refusal stays one, and a word of agreement ("granted") may agree to either: it is not understood.
    """
    yes, no = (Meaning.REFUSED, Meaning.ALLOWED) if negate else (Meaning.ALLOWED, Meaning.REFUSED)
    agreed = Meaning.UNCLEAR if negate else Meaning.ALLOWED
    text = unicodedata.normalize("NFKC", written).strip()
    if _DASHES.fullmatch(text):
        return Meaning.SILENT
    if number := _NUMBER.fullmatch(text):
        said = {"1": "yes", "0": "no"}.get(number[1]) if text[0] != "-" else None
    else:
        said = _words().get(folded(written))
    meanings = {"yes": yes, "no": no, "in": agreed, "out": Meaning.REFUSED, "nothing": Meaning.SILENT}
    return meanings.get(said or "", Meaning.UNCLEAR)


def folded(written: str) -> str:
    """A word as it is compared: any case and any form of Unicode, without accents, invisible signs and apostrophes.

    Blanks, hyphens, underscores and other punctuation are all one blank; the vowel signs of Hindi, Bengali and Arabic stay.
    """
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", written)).casefold()
    text = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", text)).replace("'", "").replace("’", "")
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(sign)[0] in "PZC" else sign for sign in text).split())


@cache
def _words() -> dict[str, str]:
    """Word, folded, to what it means in data/flags.csv."""
    return {folded(word): means for means, word in rows("flags")}
