"""identity.clusters, .owners, .comparisons, .weights -> identity.links, identity.assignments: the evidence, and its worth."""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.schema.identity import ASSIGNMENTS, LINKS
from cxunify.warehouse import Stage, statement


def steps() -> tuple[Stage, ...]:
    """The steps, in order."""
    return (
        Stage(
            Table("temp.joined", "One row per accepted pair of records, by their numbers."),
            statement("cxunify.identity", "outcome", "joined"),
        ),
        Stage(LINKS, statement("cxunify.identity", "outcome", "links")),
        Stage(ASSIGNMENTS, statement("cxunify.identity", "outcome", "assignments")),
    )
