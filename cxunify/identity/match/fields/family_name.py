"""The family name. Different names are judged once per pair of names, in temp.family_pairs: `f` of the levels below."""

from __future__ import annotations

from cxunify.identity.evidence.hygiene import RARE, USUAL
from cxunify.identity.match.fields import sounds
from cxunify.identity.match.fields.crossed import CROSSED, SWAPPED
from cxunify.identity.match.fields.field import Field, Level

IS_SIMILAR = f"""x.sound = y.sound
        or jaro_winkler_similarity(x.bare, y.bare) >= 0.92
        or (least(length(x.bare), length(y.bare)) > 3 and levenshtein(x.bare, y.bare) <= 1)
        or ((x.is_double or y.is_double) and list_has_any(x.surnames, y.surnames))
        or x.latin in ('al' || y.latin, 'el' || y.latin) or y.latin in ('al' || x.latin, 'el' || x.latin)
        or (not (x.is_double or y.is_double) and {sounds.IS_SIMILAR})
        or {sounds.IS_ALIKE_UNVOWELLED}"""
"""SQL over two different names `x` and `y`."""

FAMILY_NAME = Field(
    name="family name",
    compares="the family name, any one of several",
    levels=(
        Level("same, rare", f"(x.family_id = y.family_id and x.family_commonness = {RARE})"
              f" or (x.family_id <> y.family_id and {SWAPPED})", 0.4, 0.005, agrees=True, is_full=True),
        Level("same", f"x.family_id = y.family_id and x.family_commonness = {USUAL}", 0.3, 0.01, agrees=True, is_full=True),
        Level("same, common", "x.family_id = y.family_id", 0.2, 0.02, agrees=True, is_full=True),
        Level("similar", f"f.is_similar or contains(' ' || y.other_names || ' ', ' ' || x.family || ' ')"
              f" or contains(' ' || x.other_names || ' ', ' ' || y.family || ' ') or ({CROSSED})", 0.1, 0.01,
              agrees=True, is_full=True),
        Level("different", None, 0.001, 0.955),
    ),
    missing="x.family_id is null or y.family_id is null or f.is_unread",
    stranger=0.08,
    agreement={"same": 0.95, "household": 0.95, "generations": 0.97, "namesakes": 0.95, "relatives": 0.95, "neighbours": 0.03,
               "birthday": 0.03, "unrelated": 0.1},
    ceilings={"neighbours": 0.1, "birthday": 0.1},
    floors={"generations": 0.95},
    cells="coalesce(r.family_name, case when r.given_name is not null then r.full_name end)",
)  # fmt: skip
