"""Loyalty ids and other identifiers: any that both have; else whether both have a card, and so two different ones."""

from __future__ import annotations

from cxunify.identity.evidence.block import IDENTIFIER as SHARED
from cxunify.identity.match.fields.field import ALWAYS, Field, Level

IDENTIFIER = Field(
    name="identifier",
    compares="loyalty ids and other identifiers",
    levels=(
        Level("same", f"p.agree & {SHARED} > 0", 0.99, 0.01, agrees=True, is_own=True, settles=True,
              excuses=("birth date", "given name")),
        Level("different", "x.card is not null and y.card is not null", 0.01, 0.99, forbids=ALWAYS, contradicts=0.0),
    ),
    stranger=0.003,
    agreement={"same": 0.97},
    ceilings={"household": 0.005, "generations": 0.005, "namesakes": 0.005, "relatives": 0.005, "neighbours": 0.005,
              "birthday": 0.005, "unrelated": 0.005},
    floors={"same": 0.9},
    cells="array_to_string(list_transform(map_entries(r.identifiers), lambda e: e.key || ' ' || e.value), ', ')",
    heading="loyalty or other id",
)  # fmt: skip
