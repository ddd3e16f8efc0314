"""Every step of the layer, in order."""

from __future__ import annotations

from cxunify.actions import capabilities, contact, holdout
from cxunify.config import Config
from cxunify.warehouse import Step


def steps(config: Config) -> tuple[Step, ...]:
    """The steps; they bind `actions.params`."""
    return (
        capabilities.gate(),
        *holdout.steps(config),
        *contact.steps(config),
        # What came of all that, capability by capability
        capabilities.actions(config, (contact.FOUND.name,)),
    )
