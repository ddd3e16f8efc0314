"""identity.record_values, .trace_values, .owners, .trace_assignments -> identity.identifiers and others: who carries what."""

from __future__ import annotations

from cxunify.schema.identity import IDENTIFIERS, SHARED_VALUES, USELESS_VALUES
from cxunify.warehouse import Stage, statement


def steps() -> tuple[Stage, ...]:
    """Every value of every customer, from records and traces; then how many share each of those that identify nobody."""
    return (
        Stage(IDENTIFIERS, statement("cxunify.identity", "outcome", "identifiers")),
        Stage(SHARED_VALUES, statement("cxunify.identity", "outcome", "shared_values")),
        Stage(USELESS_VALUES, statement("cxunify.identity", "outcome", "useless_values")),
    )
