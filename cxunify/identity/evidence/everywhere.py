"""staging.interactions, identity.trace_values -> identity.everywhere: identifiers that are in too many places to be one person's.

A cashier who holds an own card over the till for every stranger's purchase makes the best customer there is; a person is not
in six stores on one day.
"""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.warehouse import Stage, statement

MOST_PLACES = 5
"""Places that one person may be seen in on one day."""
FEWEST = 50
"""Interactions from which on a value is looked at: below, chance and typing errors decide."""


def everywhere() -> Stage:
    """Values seen in more places on one day than a person can be."""
    return Stage(
        Table(
            "identity.everywhere", "One row per value seen in more places on one day than a person can be.", ("key",)
        ),
        statement("cxunify.identity", "evidence", "everywhere"),
    )
