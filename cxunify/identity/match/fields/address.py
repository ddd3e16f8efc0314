"""House, street, unit, postcode and city: from one door down to one city. Of a tower with many doors only one is somebody's."""

from __future__ import annotations

from cxunify.identity.match.fields.field import Field, Level

_DOOR = (
    "(x.postal_code = y.postal_code or x.city = y.city) and x.house is not distinct from y.house"
    " and (x.street = y.street or jaro_winkler_similarity(x.street, y.street) >= 0.88)"
)
_STREET = "x.street = y.street and x.house = y.house"
"""SQL for one house in one street, wherever that is."""
_UNIT = "coalesce(x.unit = y.unit, true)"
"""SQL for one apartment, as far as both say which; who leaves it out contradicts nobody."""

ADDRESS = Field(
    name="address",
    compares="house, street, apartment, postcode and city",
    levels=(
        Level("same", f"not x.is_crowded and {_UNIT} and {_DOOR}", 0.6, 0.005, agrees=True),
        Level("same, crowded", f"{_UNIT} and (({_STREET}) or (x.is_crowded and {_DOOR}))", 0.05, 0.005, agrees=True),
        Level("same house, other apartment", f"x.unit <> y.unit and (({_STREET}) or ({_DOOR}))", 0.003, 0.006, contradicts=-5.0),
        Level("same postcode, other street", "x.postal_code = y.postal_code and x.street is not null and y.street is not null",
              0.08, 0.05),
        Level("same postcode", "x.postal_code = y.postal_code", 0.15, 0.05),
        Level("near", "left(x.postal_code, -2) = left(y.postal_code, -2)"
              " or (length(x.postal_code) = length(y.postal_code) and hamming(x.postal_code, y.postal_code) <= 1)", 0.05, 0.1),
        Level("same city", "x.city = y.city", 0.05, 0.05),
        Level("different", None, 0.02, 0.74),
    ),
    missing="(x.postal_code is null or y.postal_code is null) and (x.city is null or y.city is null)"
            f" and ({_STREET}) is not true",
    stranger=0.08,
    agreement={"same": 0.85, "household": 0.95, "generations": 0.9, "relatives": 0.3, "neighbours": 0.9, "unrelated": 0.3},
    ceilings={"namesakes": 0.03, "relatives": 0.03, "neighbours": 0.03, "birthday": 0.03},
    floors={"generations": 0.9},
    cells="concat_ws(', ', r.street, r.unit, nullif(concat_ws(' ', r.postal_code, r.city), ''), r.region)",
    is_at_home=True,
)  # fmt: skip
