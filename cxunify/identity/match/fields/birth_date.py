"""The birth date, as eight digits. 1 January is what forms are given by people who will not say."""

from __future__ import annotations

from math import inf

from cxunify.identity.match.fields.field import Field, Level

GENERATION = 15
"""Years between two births beyond which they are those of parent and child rather than one date and its slip."""
CORRECTED = 3.0
"""Log odds beyond which two dates of people of one name and home may be one that was corrected: by a mailbox and a number, say."""

_IS_GENERATION = f"abs(left(x.birth, 4)::integer - left(y.birth, 4)::integer) >= {GENERATION}"
_IS_PARTLY = "(right(x.birth, 4) = right(y.birth, 4) or hamming(x.birth, y.birth) <= 2)"

BIRTH_DATE = Field(
    name="birth date",
    compares="day, month and year; one digit or swapped day and month are similar",
    levels=(
        Level("same", "x.birth = y.birth and right(x.birth, 4) <> '0101'", 0.8, 0.005, agrees=True, is_own=True),
        Level("same, 1 January", "x.birth = y.birth", 0.08, 0.01, agrees=True),
        Level("similar", "hamming(x.birth, y.birth) = 1 or (left(x.birth, 4) = left(y.birth, 4)"
              " and (right(x.birth, 4) = '0101' or right(y.birth, 4) = '0101'"
              " or right(x.birth, 2) || substr(x.birth, 5, 2) = right(y.birth, 4)))", 0.08, 0.02, agrees=True),
        # Births of parent and child have digits in common too: two of eight that differ are two slips only where nobody is at home.
        Level("partly, a generation apart", f"{_IS_PARTLY} and {_IS_GENERATION} and right(x.birth, 4) <> right(y.birth, 4)",
              0.01, 0.02, contradicts=-inf, at_home=inf),
        Level("partly", _IS_PARTLY, 0.04, 0.06),
        Level("different", None, 0.001, 0.65, forbids=0.002, contradicts=0.0, at_home=CORRECTED),
        Level("a generation apart", _IS_GENERATION, 0.0002, 0.255, forbids=0.002, contradicts=0.0, at_home=inf),
    ),
    missing="x.birth is null or y.birth is null",
    stranger=0.02,
    agreement={"same": 0.95, "birthday": 0.95, "unrelated": 0.05},
    ceilings={"household": 0.06, "generations": 0.02, "namesakes": 0.15, "relatives": 0.1, "neighbours": 0.1, "unrelated": 0.2},
    floors={"same": 0.6},
    cells="r.birth_date",
)  # fmt: skip
