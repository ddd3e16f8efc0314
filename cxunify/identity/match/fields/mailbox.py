"""Whether one record's mailbox spells the other one's name: `arlee@…` and Ann Lee. Here `x` has the mailbox and `y` the name."""

from __future__ import annotations

from cxunify.identity.match.fields.field import Field, Level

_GIVEN = "length(y.given) >= 3 and contains(x.local, y.given)"
_FAMILY = "length(y.family) >= 3 and contains(x.local, y.family)"
_INITIAL = "contains(x.letters, left(y.given, 1) || y.family) or contains(x.letters, y.family || left(y.given, 1))"

# A mailbox of neither name comes before a family name alone: families share mailboxes that spell it.
MAILBOX = Field(
    name="mailbox spells",
    compares="whether one record's mailbox spells the other one's name",
    levels=(
        Level("given and family name", "contains(x.local, y.family)", 0.3, 0.01, agrees=True, within=_GIVEN),
        Level("given name", None, 0.25, 0.02, agrees=True, within=_GIVEN),
        Level("initial and family name", _INITIAL, 0.2, 0.07, agrees=True, within=_FAMILY),
        Level("neither", "length(y.given) > 1", 0.13, 0.5),
        Level("family name, other initial", "y.given is not null", 0.02, 0.3, within=_FAMILY),
        Level("family name", None, 0.1, 0.1, within=_FAMILY),
    ),
    missing="x.local is null",
    is_mutual=True,
    stranger=0.1,
    agreement={"same": 0.8, "generations": 0.6, "namesakes": 0.6},
)
