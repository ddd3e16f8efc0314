"""cxunify/ingest/presets/*.yaml -> the shipped mappings; headers -> those of them that were made for such a file.

A vendor is known by some of its columns, never by a header as a whole: every vendor has several generations of it, columns that
are left out, and columns of one's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from cxunify.config.document import document
from cxunify.errors import LookupFailed, nearest
from cxunify.vocabulary.headers import fold

_FOLDER = resources.files("cxunify") / "ingest" / "presets"


@dataclass(frozen=True)
class Signature:
    """The columns that tell a vendor's file from all others; of nested documents, the keys at their top."""

    all: tuple[str, ...]
    """Each must be there."""
    any: tuple[str, ...] = ()
    """Where some are named, at least one must be there."""
    none: tuple[str, ...] = ()
    """None may be there: a sister of this file has them."""


@dataclass(frozen=True)
class Preset:
    """One shipped mapping."""

    name: str
    """The vendor and its export, such as `salesforce.contact`."""
    about: str
    """In one line, of which file it is made."""
    source: str
    """Where its list of columns is from."""
    recognise: Signature
    mapping: dict[str, Any]
    """The part of a source that it fills in."""
    text: str
    """The file as it stands, with its comments."""


@dataclass(frozen=True)
class Recognised:
    """A preset that may have been made for a file."""

    name: str
    must: int
    """How many columns its signature asks for: all of them are there."""
    may: float
    """Of the columns of which at least one must be there, the share that is: above 0, and 1 where the signature names none."""


def names() -> list[str]:
    """The names of the shipped mappings, in order."""
    return sorted(item.name.removesuffix(".yaml") for item in _FOLDER.iterdir() if item.name.endswith(".yaml"))


def presets() -> dict[str, Preset]:
    """The shipped mappings by name, in the order of their names."""
    return {name: preset(name) for name in names()}


@cache
def preset(name: str) -> Preset:
    """One of the shipped mappings. Raises LookupFailed, with the nearest name, where there is none of that name."""
    if name not in names():
        near = nearest(name, names(), 0.4)
        hint = f"Did you mean `{near}`? " if near else ""
        raise LookupFailed(f"there is no preset {name!r}", f"{hint}`cxunify presets` lists them.")
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    mapping = document(text)
    about, source, signature = (mapping.pop(key) for key in ("about", "source", "recognise"))
    return Preset(name, about, source, Signature(**{key: tuple(of) for key, of in signature.items()}), mapping, text)


def recognise(headers: Sequence[str]) -> list[Recognised]:
    """The presets that were made for a file with these columns, best first; none where no signature fits.

    Columns are compared as mappings find them: capitals, blanks and byte order marks make no difference.
    """
    there = {fold(header) for header in headers}
    found = []
    for preset in presets().values():
        must, may, never = (
            {*map(fold, names)} for names in (preset.recognise.all, preset.recognise.any, preset.recognise.none)
        )
        if must <= there and (not may or may & there) and not never & there:
            found.append(Recognised(preset.name, len(must), len(may & there) / len(may) if may else 1.0))
    return sorted(found, key=lambda of: (-of.must, -of.may, of.name))
