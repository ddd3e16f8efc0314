"""profile.*, identity.*, quality.*, the ledger -> actions.*: what to do next with each customer, and how sure that is.

Nothing is computed that the data cannot bear: where readiness says no, a table keeps its columns and has no rows, and
`actions.actions` has the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cxunify.config import Config
from cxunify.schema.actions import Action
from cxunify.warehouse import Warehouse

if TYPE_CHECKING:  # the steps are imported when they run
    import polars as pl

    from cxunify.actions.capabilities import Capability
    from cxunify.actions.plan.ask import Plan
    from cxunify.warehouse import Params, Step

__all__ = ["Action", "act", "capability", "contact_plan", "first_rows", "is_stale", "remembering", "saved"]


def act(warehouse: Warehouse, config: Config, *, afresh: bool = False) -> tuple[Action, ...] | None:
    """Bring actions.* up to date and return what each capability can do here; None where all of it was."""
    steps = _steps(config)
    built = warehouse.run(steps, _params(warehouse, config), afresh=afresh)
    if not built:
        return None
    warehouse.sweep("actions", [step.table.name for step in steps])
    return saved(warehouse)


def is_stale(warehouse: Warehouse, config: Config) -> bool:
    """Whether `act` would build anything."""
    return not warehouse.exists("profile.clock") or bool(warehouse.stale(_steps(config), _params(warehouse, config)))


@contextmanager
def remembering(warehouse: Warehouse, config: Config) -> Iterator[None]:
    """While a run is published and the ledger is given who is in which arm: afterwards no table is older for it."""
    if not warehouse.exists("profile.clock"):
        yield
        return
    with warehouse.settling(lambda: _steps(config), _params(warehouse, config)):
        yield


def saved(warehouse: Warehouse) -> tuple[Action, ...]:
    """What each capability could do when it was last asked; none where it never was."""
    if not warehouse.exists("actions.actions"):
        return ()
    return tuple(Action(**row) for row in warehouse.frame("select * from actions.actions").to_dicts())


def capability(name: str) -> Capability:
    """What a capability fills and how. Raises LookupFailed, with the nearest one, where there is none of that name."""
    from cxunify.actions import capabilities

    return capabilities.named(name)


def first_rows(warehouse: Warehouse, name: str, limit: int) -> dict[str, tuple[pl.DataFrame, int]]:
    """Of each table of a capability its first rows, as a terminal shows them, and how many there are."""
    from cxunify.warehouse import quote

    found = {}
    for table in capability(name).tables:
        shown, first = (", ".join(map(quote, columns)) for columns in (table.shows, table.first))
        rows = warehouse.frame(f"select {shown} from {table.layer}.{table.name} order by {first} limit {limit:d}")
        found[table.name] = (rows, int(warehouse.scalar(f"select count(*) from {table.layer}.{table.name}")))
    return found


def contact_plan(
    warehouse: Warehouse, config: Config, budget: float | None, capacities: Mapping[str, int]
) -> tuple[Plan, pl.DataFrame]:
    """The contact plan in short, and its rows; other limits than the configuration's are tried, and nothing is written.

    Raises LookupFailed for a channel that there is not, and where nothing was planned yet.
    """
    from cxunify.actions.plan import ask

    if not warehouse.exists("profile.clock"):
        raise ask.NOTHING_YET
    return ask.asked(warehouse, config, _params(warehouse, config)["today"], budget, capacities)


def _steps(config: Config) -> tuple[Step, ...]:
    from cxunify.actions.steps import steps

    return steps(config)


def _params(warehouse: Warehouse, config: Config) -> Params:
    """What the steps bind: the instant that every count speaks of, and its day in the company's zone."""
    instant, today = warehouse.rows(
        "select as_of, timezone($timezone, as_of::timestamptz)::date from profile.clock", {"timezone": config.timezone}
    )[0]
    rules = config.actions
    margin = 1.0 if rules.margin is None else rules.margin
    return {
        "as_of": instant,
        "today": today,
        "timezone": config.timezone,
        "salt": rules.holdout.salt,
        "margin": margin,
    }
