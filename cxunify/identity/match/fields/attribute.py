"""An attribute of persons that a project names as evidence (`identity.evidence`): a field made for its name."""

from __future__ import annotations

from cxunify.identity.match.fields.field import Field, Level
from cxunify.warehouse import literal, quote

PREFIX = "attribute_"
_EXCUSED = ("birth date", "given name")


def attribute(name: str) -> Field:
    """The field of an attribute: nothing is known of it but that rare words say more than common ones."""
    column = PREFIX + name
    x, y, uses = f"x.{quote(column)}", f"y.{quote(column)}", f"x.{quote(f'{column}_uses')}"
    shared = f"list_has_any(list_filter(string_split({x}, ' '), lambda w: length(w) > 3), string_split({y}, ' '))"
    return Field(
        name=name,
        compares=f"the attribute {name}",
        levels=(
            Level(
                "same, rare",
                f"{x} = {y} and {uses} <= greatest(10, 0.0005 * t.records)",
                0.55,
                0.01,
                agrees=True,
                excuses=_EXCUSED,
            ),
            Level("same", f"{x} = {y}", 0.3, 0.1),
            Level(
                "similar",
                f"jaro_winkler_similarity({x}, {y}) >= 0.88 or levenshtein({x}, {y}) <= 1",
                0.1,
                0.05,
                excuses=_EXCUSED,
            ),
            Level("shared word", shared, 0.05, 0.1),
            Level("different", None, 0.001, 0.74, forbids=0.002, contradicts=-5.0),
        ),
        missing=f"{x} is null or {y} is null",
        stranger=0.1,
        agreement={"same": 0.8, "household": 0.4, "generations": 0.15, "namesakes": 0.15, "unrelated": 0.2},
        ceilings={
            "household": 0.05,
            "generations": 0.05,
            "namesakes": 0.05,
            "relatives": 0.05,
            "neighbours": 0.05,
            "birthday": 0.05,
        },
        cells=f"r.attributes[{literal(name)}]",
        prefix=PREFIX,
    )
