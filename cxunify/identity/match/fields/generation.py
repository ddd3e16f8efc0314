"""Jr, Sr, II, III behind the name: what tells father from son."""

from __future__ import annotations

from cxunify.identity.match.fields.field import ALWAYS, Field, Level

GENERATION = Field(
    name="generation",
    compares="Jr, Sr, II, III behind the name",
    levels=(
        Level("same", "x.suffix = y.suffix", 0.98, 0.2, agrees=True),
        Level("different", None, 0.02, 0.8, forbids=ALWAYS, contradicts=0.0),
    ),
    missing="x.suffix is null or y.suffix is null",
    stranger=0.5,
    agreement={"same": 0.9, "household": 0.3, "generations": 0.1},
    cells="coalesce(r.name_suffix, f.suffix)",
    heading="Jr, Sr, II …",
)
