"""identity.drafts -> identity.inner_comparisons, identity.inner_weights: customers looked at whole, before they are final.

Two records of one customer may never have met: each shares a key with a third, none with the other. Such pairs are compared here
by the same fields, and what contradicts itself among them parts the customer: a third record must not hide it.
"""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.match import compare, learn
from cxunify.schema import Table
from cxunify.warehouse import Step, statement
from cxunify.warehouse.stage import Stage

UNMET = Table("temp.unmet", "One row per pair of records of one drafted customer that never met.", ("a", "b"))
GIVEN, FAMILY, COMPARED = "temp.inner_given_pairs", "temp.inner_family_pairs", "identity.inner_comparisons"


def steps(config: Config) -> tuple[Step, ...]:
    """The steps, in order."""
    return (
        Stage(UNMET, statement("cxunify.identity", "match", "unmet")),
        compare.given_pairs(UNMET.name, GIVEN),
        compare.family_pairs(UNMET.name, FAMILY),
        compare.comparisons(config, UNMET.name, GIVEN, FAMILY, COMPARED),
        compare.patterns(config, COMPARED, "temp.inner_patterns"),
        learn.weights(config, "select * from temp.inner_patterns order by pattern", "identity.inner_weights"),
    )
