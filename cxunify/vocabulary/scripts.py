"""Names that are written in other than Latin letters, as a frame -> each in Latin letters, by AnyAscii's tables.

One letter is read as one sound whatever the language, as passports do it: a name is seldom spelled by its bearer as it is here.
That is why names in two scripts are compared by likeness, and never taken to be equal.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # frames are for those who have some
    import polars as pl

_KANA = re.compile("[\u3040-\u30ff]")
_GREEK = re.compile("[\u0370-\u03ff]")
_LONG = ((re.compile("ou|oo"), "o"), (re.compile("uu"), "u"))
"""Long vowels of Japanese, which names in Latin letters leave out."""
_DIGRAPHS = ((re.compile("oy"), "ou"), (re.compile("\\bmp"), "b"), (re.compile("\\bnt"), "d"), (re.compile("gk"), "g"))
"""Sounds that Greek spells with two letters."""


def latin(names: pl.DataFrame) -> pl.DataFrame:
    """Names (`name`) with their Latin spelling (`latin`): small letters and blanks; null where no letter has one."""
    import polars as pl

    rows = [(name, _latin(name)) for (name,) in names.iter_rows()]
    return pl.DataFrame(rows, orient="row", schema={"name": pl.String, "latin": pl.String})


def _latin(name: str) -> str | None:
    from anyascii import anyascii

    text = unicodedata.normalize("NFKC", name)
    said = re.sub("[^a-z0-9 ]", "", anyascii(text).lower())
    for script, sounds in ((_KANA, _LONG), (_GREEK, _DIGRAPHS)):
        if script.search(text):
            for spelled, letters in sounds:
                said = spelled.sub(letters, said)
    return said.strip() or None
