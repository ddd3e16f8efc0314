"""staging.*, the ledger -> identity.*: every step, in order. What each reads can be read off its SQL; the runner does."""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence import block, contact, hygiene, keys, lists, normalise
from cxunify.identity.match import compare, decide, join, learn, skipped, whole
from cxunify.identity.outcome import health, household, identifiers, links, registry, stitch
from cxunify.warehouse import Step


def steps(config: Config, model: str | None, decisions: list[tuple[str, ...]]) -> tuple[Step, ...]:
    """The steps; they bind `identity.params`.

    `model` is the one to go by as JSON (None: learn one), `decisions` are those of people.
    """
    return (
        # What records say, in one spelling, and which of it is evidence
        *lists.stages(config),
        *normalise.stages(config),
        *keys.stages(config),
        *contact.stages(config),
        *hygiene.stages(config),
        # Whom to compare with whom, and how alike they are
        *block.stages(config),
        *compare.stages(config),
        # What that is worth, and who is one
        learn.model(config, model),
        learn.weights(config),
        *decide.steps(decisions),
        join.drafts(config),
        *whole.steps(config),
        join.clusters(config),
        *skipped.steps(config),
        # What follows: customers with lasting ids, their records, traces, homes and values
        *registry.steps(),
        *links.steps(),
        *stitch.steps(config),
        household.households(config),
        *identifiers.steps(),
        health.stage(config),
    )
