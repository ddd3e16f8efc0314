"""A text -> the text as people see it: without what is invisible, with one sign for what is one sign."""

from __future__ import annotations

import re
import unicodedata

SCIENTIFIC = r"\s*'?[0-9]([.,][0-9]+)?[eE][+][0-9]{1,3}\s*|\s*'?[0-9][.,][0-9]+[eE][0-9]{1,3}\s*"
"""What spreadsheets make of long numbers: of 6.00412E+15 most digits are gone. As a whole text, for Python and for SQL alike."""


def is_scientific(text: str) -> str:
    """SQL: whether a text is a number in scientific notation."""
    return f"regexp_full_match({text}, '{SCIENTIFIC.replace(chr(39), chr(39) * 2)}')"


def lost_digits(text: str) -> bool:
    """Whether a text is a number in scientific notation."""
    return re.fullmatch(SCIENTIFIC, text) is not None


def visible(text: str) -> str:
    """A text in Unicode's composed form, without marks of direction and width, with plain blanks and letters of one width.

    Composed, and not the compatible form, is what the standards for local parts and names ask for (RFC 6532, RFC 8265): the
    compatible one would turn one letter into another.
    """
    return unicodedata.normalize("NFC", "".join(_seen(sign) for sign in text)).strip()


def _seen(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf":
        return ""
    if category[0] == "Z" or category == "Cc":
        return " "
    return unicodedata.normalize("NFKC", sign) if unicodedata.east_asian_width(sign) in {"F", "H"} else sign
