"""The first given name. Different names are judged once per pair of names, in temp.given_pairs: `g` of the levels below."""

from __future__ import annotations

from math import inf

from cxunify.identity.evidence.hygiene import RARE, USUAL
from cxunify.identity.match.fields import sounds
from cxunify.identity.match.fields.crossed import CROSSED, SWAPPED
from cxunify.identity.match.fields.field import Field, Level

FORBIDS = 0.0005
CONTRADICTS = -5.0
"""People are called by their second names, and write their names in other orders: weak odds against a pair are no proof."""

_IS_SHORT = "(length(x.latin) = 1 or length(y.latin) = 1)"
IS_INITIAL = f"{_IS_SHORT} and x.latin <> y.latin and left(x.latin, 1) = left(y.latin, 1)"
IS_OTHER_INITIAL = f"{_IS_SHORT} and left(x.latin, 1) <> left(y.latin, 1)"
IS_SPELLED = "x.sound = y.sound"
"""SQL over two different names `x` and `y`: two spellings, or one in two scripts, of what sounds alike."""
IS_SIMILAR = f"""jaro_winkler_similarity(x.latin, y.latin) >= 0.9
            or (least(length(x.latin), length(y.latin)) > 3 and levenshtein(x.latin, y.latin) <= 1)
            or (
                least(length(x.latin), length(y.latin)) >= 3
                and (starts_with(x.latin, y.latin) or starts_with(y.latin, x.latin))
            )
            or {sounds.IS_SIMILAR}
            or {sounds.IS_ALIKE_UNVOWELLED}"""
"""SQL over two different names `x` and `y`, of which neither is a form of the other."""

_CALLED = "length({0}.given) > 1 and contains(' ' || {1}.other_names || ' ', ' ' || {0}.given || ' ')"
"""SQL: the one is called by another name of the other one's."""

GIVEN_NAME = Field(
    name="given name",
    compares="the first given name; pet forms, other scripts and initials are known",
    levels=(
        Level("same, rare", f"x.given_id = y.given_id and x.given_commonness = {RARE} and length(x.given) > 1", 0.28, 0.005,
              agrees=True, is_full=True),
        Level("same", f"(x.given_id = y.given_id and x.given_commonness = {USUAL} and length(x.given) > 1)"
              f" or (x.given_id <> y.given_id and {SWAPPED})", 0.25, 0.01, agrees=True, is_full=True),
        Level("same, common", "x.given_id = y.given_id and length(x.given) > 1", 0.15, 0.02, agrees=True, is_full=True),
        Level("initial", "x.given_id = y.given_id or g.is_initial", 0.08, 0.02),
        Level("similar", f"g.is_similar or ({CROSSED})", 0.08, 0.03, agrees=True),
        Level("second name", f"({_CALLED.format('x', 'y')}) or ({_CALLED.format('y', 'x')})", 0.05, 0.003, agrees=True),
        Level("different", None, 0.05, 0.85, unsettles=True, forbids=FORBIDS, contradicts=CONTRADICTS, at_home=inf),
        Level("other initial", "g.is_other_initial", 0.01, 0.06, unsettles=True, forbids=FORBIDS, contradicts=CONTRADICTS,
              at_home=inf),
        Level("other form", "g.is_form", 0.1, 0.005, agrees=True, is_full=True, is_form=True),
    ),
    missing="x.given_id is null or y.given_id is null or g.is_unread",
    stranger=0.08,
    agreement={"same": 0.95, "household": 0.03, "generations": 0.97, "namesakes": 0.95, "relatives": 0.03, "neighbours": 0.95,
               "birthday": 0.95, "unrelated": 0.1},
    # Where nearly all live in families, theirs would otherwise come to hold one person's pairs too.
    ceilings={"household": 0.05, "relatives": 0.12},
    floors={"generations": 0.95},
    cells="coalesce(r.given_name, r.full_name)",
)  # fmt: skip
