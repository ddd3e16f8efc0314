"""Every step of the layer, in order."""

from __future__ import annotations

from cxunify.actions import capabilities, contact, holdout
from cxunify.actions.lift import steps as lift
from cxunify.actions.purchases import steps as purchases
from cxunify.actions.treatments import steps as treatments
from cxunify.actions.triggers import steps as triggers
from cxunify.config import Config
from cxunify.warehouse import Step


def steps(config: Config) -> tuple[Step, ...]:
    """The steps; they bind `actions.params`."""
    return (
        capabilities.gate(),
        *purchases.steps(config),
        *holdout.steps(config),
        *triggers.steps(config),
        *contact.steps(config),
        *treatments.steps(config),
        *lift.steps(config),
        # What came of all that, capability by capability
        capabilities.actions(
            config,
            (purchases.FOUND.name, triggers.FOUND.name, contact.FOUND.name, treatments.FOUND.name, lift.FOUND.name),
        ),
    )
