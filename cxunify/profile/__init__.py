"""staging.*, identity.* -> profile.*: one row per customer, one timeline, and what is counted from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from cxunify.config import Config
from cxunify.errors import InputError, Problem
from cxunify.warehouse import Warehouse

if TYPE_CHECKING:
    from cxunify.warehouse import Params

__all__ = ["build", "check", "is_stale", "remembering"]


def build(
    warehouse: Warehouse, config: Config, as_of: datetime | None = None, *, afresh: bool = False
) -> datetime | None:
    """Bring every table of `profile` up to date; return the instant they speak of (UTC).

    None where every table was up to date already, and where nothing in the data has a date.

    Nothing after that instant, `as_of` or the latest in the data, is counted; the timeline itself holds everything.
    """
    from cxunify.profile import steps

    built = warehouse.run(steps.first(), {"as_of": as_of}, afresh=afresh)
    instant: datetime | None = warehouse.scalar("select as_of from profile.clock")
    built += warehouse.run(listed := steps.steps(config), _params(config, instant), afresh=afresh)
    if not built:
        return None
    warehouse.sweep("profile", [step.table.name for step in (*steps.first(), *listed)])
    return instant


@contextmanager
def remembering(warehouse: Warehouse, config: Config) -> Iterator[None]:
    """While a run is published and the ledger is given who refused: afterwards no table is older for what it says itself."""
    if not warehouse.exists("profile.clock"):
        yield
        return
    from cxunify.profile import steps

    instant = warehouse.scalar("select as_of from profile.clock")
    with warehouse.settling(lambda: steps.steps(config), _params(config, instant)):
        yield


def check(config: Config) -> tuple[Problem, ...]:
    """What is wrong with the file of rates, before anything is built."""
    from cxunify.profile.rates import rates

    try:
        rates(config)
    except InputError as error:
        return error.problems
    return ()


def is_stale(warehouse: Warehouse, config: Config) -> bool:
    """Whether `build` would build anything."""
    from cxunify.profile import steps

    if warehouse.stale(steps.first(), {"as_of": None}):
        return True
    instant = warehouse.scalar("select as_of from profile.clock")
    return bool(warehouse.stale(steps.steps(config), _params(config, instant)))


def _params(config: Config, as_of: datetime | None) -> Params:
    """What the steps bind."""
    rules = config.profile
    return {
        "as_of": as_of,
        "currency": config.currency,
        "timezone": config.timezone,
        "consents": [
            f"{name}:{channel}"
            for name, source in sorted(config.sources.items())
            if source.person is not None
            for channel in sorted(source.person.consent)
        ]
        or [""],
        "session_minutes": rules.session_minutes,
        "session_by_source": rules.session_by == "source",
        "session_at_midnight": "midnight" in rules.session_breaks,
        "session_on_campaign": "campaign" in rules.session_breaks,
        "session_max_hours": rules.session_max_hours,
        "with_agents": any(
            source.interaction is not None and "user_agent" in source.interaction.properties
            for source in config.sources.values()
        ),
    }
