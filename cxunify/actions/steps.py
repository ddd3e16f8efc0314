"""Every step of the layer, in order."""

from __future__ import annotations

from cxunify.actions import best, capabilities, contact, holdout, lifecycle, loyalty, roadmap, scorecard, standing
from cxunify.actions.improve import (
    channels,
    coaching,
    complaints,
    contacts,
    drivers,
    hotspots,
    lost,
    needs,
    stays,
    voice,
    won,
)
from cxunify.actions.lift import steps as lift
from cxunify.actions.plan import steps as plan
from cxunify.actions.products import steps as products
from cxunify.actions.purchases import steps as purchases
from cxunify.actions.treatments import steps as treatments
from cxunify.actions.triggers import steps as triggers
from cxunify.config import Config
from cxunify.warehouse import Step

_TELLING = (
    *(purchases, triggers, contact, treatments, lift, plan, products),
    *(
        loyalty,
        lifecycle,
        best,
        lost,
        coaching,
        complaints,
        contacts,
        stays,
        drivers,
        voice,
        channels,
        won,
        hotspots,
        needs,
        standing,
    ),
)
"""The parts that say what came of a capability."""


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
        *plan.steps(config),
        *products.steps(),
        *loyalty.steps(),
        *lifecycle.steps(),
        *best.steps(),
        *lost.steps(),
        *coaching.steps(),
        *complaints.steps(),
        *contacts.steps(),
        *stays.steps(config),
        *drivers.steps(),
        *voice.steps(),
        *channels.steps(config),
        *won.steps(),
        *hotspots.steps(config),
        *needs.steps(),
        *standing.steps(),
        # What came of all that, capability by capability
        capabilities.actions(
            config,
            tuple(of.FOUND.name for of in _TELLING),
        ),
        # Where the company stands, and what to mend first
        scorecard.step(),
        roadmap.step(),
    )
