"""The SQL of a hashed mailbox or number as written -> the SQL of it in one spelling, and of whether it is the hash of nothing.

Advertisers, newsletter services and ad platforms exchange contacts as MD5, SHA-1 or SHA-256, most often of the address in small
letters without blanks and of the number in international form, in hexadecimal digits of any case or in base64.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from cxunify.vocabulary.lists import listed, quoted

_BYTES = {"md5": 16, "sha1": 20, "sha256": 32}
"""The functions by their names in SQL, with the bytes of what they give."""
HASHES = {f"{kind}_{function}": (kind, function) for kind in ("email", "phone") for function in _BYTES}
"""The types of identifier that are hashes: of what, and by which function."""


def of(type_: str) -> str:
    """SQL for what a type of identifier is the hash of, `email` or `phone`; any other type is its own."""
    cases = " ".join(
        f"when {type_} in ({quoted(name for name, (own, _) in HASHES.items() if own == kind)}) then '{kind}'"
        for kind in ("email", "phone")
    )
    return f"case {cases} else {type_} end"


def spoken(type_: str) -> str:
    """A type of identifier as people read it, where it is a hash."""
    if type_ not in HASHES:
        return type_
    kind, function = HASHES[type_]
    return f"hash of the {'e-mail' if kind == 'email' else 'number'} ({function.upper().replace('SHA', 'SHA-')})"


def spelled(written: str, type_: str) -> str:
    """SQL for a hash in small hexadecimal digits; what is none by its shape stays as it is written."""
    size = _BYTES[HASHES[type_][1]]
    signs = -(-size * 4 // 3)
    padding = "=" * (-signs % 4)
    plain = f"rtrim(translate(trim({written}), '-_', '+/'), '=')"
    return (
        f"case when regexp_full_match(trim({written}), '[0-9A-Fa-f]{{{2 * size}}}') then lower(trim({written}))"
        f" when regexp_full_match({plain}, '[0-9A-Za-z+/]{{{signs}}}') then lower(hex(from_base64({plain} || '{padding}')))"
        f" else trim({written}) end"
    )


def is_of_nothing(value: str, type_: str) -> str:
    """SQL: whether a hash in one spelling is that of no text, or of a word that systems write for none."""
    function = HASHES[type_][1]
    words = (
        " ",
        "none",
        "n/a",
        "na",
        "undefined",
        "nan",
        *listed("word", "null"),
        *listed("word", "null", "identifier"),
    )
    texts = dict.fromkeys(["", *(form for word in words for form in (word, word.upper(), word.capitalize()))])
    return f"{value} in ({quoted(_digest(function, text) for text in texts)})"


def made(spelling: str, type_: str) -> str:
    """SQL for the hash of a text."""
    return f"{HASHES[type_][1]}({spelling})"


def _digest(function: str, text: str) -> str:
    return hashlib.new(function, text.encode(), usedforsecurity=False).hexdigest()


def among(names: Iterable[str]) -> tuple[str, ...]:
    """Those of several types of identifier that are hashes."""
    found = set(names)
    return tuple(name for name in HASHES if name in found)
