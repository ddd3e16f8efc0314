"""A title as it is written -> the SQL of whether no single person bears it: `Mr & Mrs`, `Herr und Frau`, `Sr. y Sra.`, `Firma`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cxunify.vocabulary.headers import fold

_HE = r"mr|mister|herrn?|hr|m|monsieur|sr|señor|senor|don|d|senhor|sig|signor|dhr|de heer|pan|pán"
_SHE = r"mrs|ms|miss|frau|fr|fru|mme|madame|sra|señora|senora|doña|dona|dña|senhora|sig\.?ra|signora|mevr|mevrouw|mw|pani|paní"
_TITLE = rf"(({_HE}|{_SHE}|dr|prof)(\. ?| |\b|$))"
_OF_TWO = rf"{_TITLE}+(&|\+|and|und|et|ou|en|og|och) ?{_TITLE}+"
_JOINED = rf"({_HE})\.? (y|e|i|a) ({_SHE})(\.|\b|$)|(m|mr|monsieur)\.? (mme|madame|mrs)(\.|\b)"
"""What is a word elsewhere joins his title to hers only: `Dr I Lord` is one person."""
TWO = f"({_OF_TWO}|{_JOINED})"
"""Two titles in a row, in small letters."""
_SEVERAL = (
    r"familie|fam|family|famille|familia|famiglia|eheleute|ehepaar|sres|señores|messrs|messieurs|signori"
    r"|firma|company|entreprise|société|empresa|ditta"
)
"""What is written in the place of a title where a family, several people or a company are meant."""
_ANY = re.compile(rf"{_TITLE}+|{TWO}|({_SEVERAL}|mx|rev|sir|lady|lord|divers|herr/frau|m\./mme|mr/mrs)\.?")
_CALLED = frozenset(
    {
        "salutation", "title", "name title", "prefix", "name prefix", "honorific", "anrede", "titel", "civilite", "civilité",
        "titre", "tratamiento", "tratamento", "aanhef", "titolo", "tytuł",
    }
)  # fmt: skip


def is_title(name: str) -> bool:
    """Whether a column or an attribute of this name holds titles."""
    return fold(name).replace("_", " ") in _CALLED


def among(attributes: Mapping[str, Iterable[str]]) -> list[str]:
    """Those attributes, each with the columns that it is read from, that hold titles, by their own name or by that of a column."""
    return [name for name, columns in attributes.items() if any(map(is_title, (name, *columns)))]


def is_one(written: str) -> bool:
    """Whether a text is a title, of one person or of several, and nothing else."""
    return _ANY.fullmatch(written.strip().casefold()) is not None


def is_nobodys(written: str) -> str:
    """SQL: whether a title is that of a couple, a family or a company; what is no title is none of it."""
    return rf"regexp_full_match(lower(trim({written})), '({TWO}|({_SEVERAL})\.?)')"
