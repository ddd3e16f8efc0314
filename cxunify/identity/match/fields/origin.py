"""The sources that two records are of: most sources hold a person once, so that two records of one are less often one person.

How much less, each company's data say: nothing is expected beforehand, and neither level is agreement.
"""

from __future__ import annotations

from cxunify.identity.match.fields.field import Field, Level

ORIGIN = Field(
    name="origin",
    compares="whether the two are records of one source: how often a source holds a person twice is learned",
    levels=(
        Level("one source", "x.source = y.source", 1, 1),
        Level("two sources", None, 1, 1),
    ),
    missing="t.sources = 1",
    stranger=0.5,
    heading="sources",
)
