"""identity.clusters, .owners, .comparisons, .weights -> identity.contradictions, .links, .assignments: the evidence, its worth."""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.schema.identity import ASSIGNMENTS, CONTRADICTIONS, LINKS
from cxunify.warehouse import Parts, Stage, statement

DOUBTFUL = 0.9
"""Confidence of a record beyond which none is that contradicts another one of its customer."""


def steps() -> tuple[Stage, ...]:
    """The steps, in order."""
    return (
        Stage(
            Table("temp.joined", "One row per accepted pair of records, by their numbers."),
            statement("cxunify.identity", "outcome", "joined"),
        ),
        Stage(CONTRADICTIONS, statement("cxunify.identity", "outcome", "contradictions")),
        Stage(LINKS, statement("cxunify.identity", "outcome", "links")),
        Stage(
            ASSIGNMENTS,
            statement("cxunify.identity", "outcome", "assignments"),
            parts=Parts("hash(source, record_id)"),
        ),
    )
