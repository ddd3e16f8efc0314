"""Middle, earlier and second names: all words of a name beside the first given and the family name."""

from __future__ import annotations

from cxunify.identity.match.fields.field import Field, Level

OTHER_NAMES = Field(
    name="other names",
    compares="middle, earlier and second names",
    levels=(
        Level("same", "x.other_names = y.other_names", 0.75, 0.05, agrees=True, excuses=("given name",)),
        Level("overlap", "case when length(x.other_names) = 1 or length(y.other_names) = 1"
              " then left(x.other_names, 1) = left(y.other_names, 1)"
              " else list_has_any(string_split(x.other_names, ' '), string_split(y.other_names, ' '))"
              " or jaro_winkler_similarity(x.other_names, y.other_names) > 0.9 end", 0.25, 0.1, agrees=True,
              excuses=("given name",)),
        Level("different", None, 0.001, 0.85),
    ),
    missing="x.other_names is null or y.other_names is null",
    stranger=0.15,
    agreement={"same": 0.9},
    cells="r.middle_name",
)  # fmt: skip
