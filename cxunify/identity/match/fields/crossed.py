"""Given and family name in each other's place: SQL that the fields of both names read."""

from __future__ import annotations

SWAPPED = "x.family = y.given and x.given = y.family"
CROSSED = (
    "not (g.is_initial or g.is_similar) and not f.is_similar"
    " and jaro_winkler_similarity(x.given, y.family) >= 0.88 and jaro_winkler_similarity(x.family, y.given) >= 0.88"
)
"""Likewise with slips: neither name is like its counterpart, and each is like the other one."""
