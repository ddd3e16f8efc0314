"""The gender, by its first letter."""

from __future__ import annotations

from cxunify.identity.match.fields.field import Field, Level

GENDER = Field(
    name="gender",
    compares="the gender, where both state it",
    levels=(
        Level("same", "x.gender = y.gender", 0.97, 0.5, agrees=True),
        Level("different", None, 0.03, 0.5),
    ),
    missing="x.gender is null or y.gender is null",
    stranger=0.5,
    agreement={"same": 0.97, "generations": 0.97, "namesakes": 0.97, "neighbours": 0.97, "birthday": 0.97},
    cells="r.gender",
)
