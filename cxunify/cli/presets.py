"""The shipped mappings -> a list of them for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from cxunify.cli.parts import count, indented, next_step, text
from cxunify.config import presets as shipped
from cxunify.config.presets import Signature


@dataclass(frozen=True)
class Listed:
    """One line of the list: which file a preset is made for, and what it is known by."""

    name: str
    about: str
    source: str
    recognise: Signature


def every() -> list[Listed]:
    """All of them, by name."""
    return [Listed(of.name, of.about, of.source, of.recognise) for of in shipped().values()]


def listed(found: list[Listed]) -> Iterator[RenderableType]:
    """Name, what it is, and the columns it is recognised by."""
    for of in found:
        yield text(of.name, "bold")
        yield indented(text(of.about))
        yield indented(text(f"known by {signs(of.recognise)}", "dim"))
    yield Text()
    yield text(
        f"{count(len(found), 'preset')}; in a source: `preset: NAME`, and what you write beside it overrides it."
    )
    yield next_step("cxunify presets NAME: the mapping itself")


def signs(signature: Signature) -> str:
    """A signature in words: `A, B and one of C, D, without E`."""
    said = ", ".join(signature.all)
    if signature.any:
        said += f", and {'one of ' if len(signature.any) > 1 else ''}{', '.join(signature.any)}"
    return said + (f"; without {', '.join(signature.none)}" if signature.none else "")
