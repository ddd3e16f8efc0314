"""A customer's page -> its section "What next": what is expected, what has changed, what is done, where it may be contacted."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from cxunify.cli.parts import count, grid, text
from cxunify.publish.lookup import Page, Row
from cxunify.schema.words import counted, percent


def what_next(found: Page, currency: str, width: int) -> Table | None:
    """The section as lines with their labels, `width` wide; None where the layer says nothing of this customer."""
    lines = [
        *_outlook(found, currency),
        *_alarms(found.alarms, currency),
        *_treatment(found.treatment),
        *_best(found.best, currency),
        *_due(found.due),
        *_products(found.products),
        *_limits(found.limits),
    ]
    if not lines:
        return None
    shown = grid()
    shown.add_column(style="dim", no_wrap=True, min_width=width)
    shown.add_column(overflow="fold")
    for label, said, style in lines:
        shown.add_row(label, text(said, style))
    return shown


def _outlook(found: Page, currency: str) -> Iterator[tuple[str, str, str]]:
    outlook, segment = found.outlook, found.segment
    if segment:
        before = segment["previous_segment"]
        moved = f"; a quarter ago {before}" if before and before != segment["segment"] else ""
        yield "Segment", f"{segment['segment']}{moved}", ""
    if not outlook:
        return
    chances = [f"{what} {outlook[name]:.0%}" for name, what in _CHANCES if outlook[name] is not None]
    worth = [f"{outlook['value_365d']:,.2f} {currency} in a year"] if outlook["value_365d"] is not None else []
    if chances or worth:
        yield "Expected", " · ".join([*chances, *worth]), ""
    if outlook["next_purchase_date"]:
        late = f"; {count(outlook['overdue_days'], 'day')} overdue" if outlook["overdue_days"] else ""
        first, last = outlook["next_purchase_from_date"], outlook["next_purchase_until_date"]
        between = f", between {first} and {last}" if first and last else ""
        yield "Buys next", f"by {outlook['next_purchase_date']}{between}{late}", "yellow" if late else ""


_CHANCES = (("p_alive", "still a customer"), ("p_purchase_90d", "buys in 90 days"))


def _alarms(alarms: tuple[Row, ...], currency: str) -> Iterator[tuple[str, str, str]]:
    for alarm in alarms:
        observed = alarm["observed"]
        days = (
            count(observed, "active day")
            if alarm["signal"] == "any"
            else f"{count(observed, 'day')} of {alarm['signal']}"
        )
        stake = f", {alarm['value_at_stake']:,.2f} {currency} a year at stake" if alarm["value_at_stake"] else ""
        said = (
            f"{days} in {counted(alarm['observed_days'], 'day')} where {alarm['expected']:.1f} were"
            f" to be expected, since {alarm['since_date']}{stake}; of such alarms"
            f" {percent(alarm['expected_false_share'], 0)} are expected to be false"
        )
        yield (
            ("Falls" if alarm["direction"] == "drop" else "Rises"),
            said,
            "red" if alarm["direction"] == "drop" else "green",
        )


def _treatment(treatment: Row | None) -> Iterator[tuple[str, str, str]]:
    if not treatment:
        return
    before = f", before that {treatment['previous_track']}" if treatment["previous_track"] else ""
    why = f": {treatment['reasons']}" if treatment["reasons"] else ""
    yield "Track", f"{treatment['track']}, since {treatment['since_date']}{before}{why}", ""
    if treatment["blocked_by"] is None:
        offer = f" with {treatment['offer']}" if treatment["offer"] else ""
        full = f" ({treatment['passed_over']} had no capacity left)" if treatment["passed_over"] else ""
        yield "Do", f"contact by {treatment['channel']}{full}{offer}, until {treatment['valid_until_date']}", "green"
    else:
        yield "Not now", treatment["blocked_by"], "yellow"


def _best(best: tuple[Row, ...], currency: str) -> Iterator[tuple[str, str, str]]:
    """What to do when it comes by itself."""
    worth = {row["rank"]: f", {row['value']:,.2f} {currency}" for row in best if row["value"] is not None}
    said = [
        f"{row['what'].replace('_', ' ')} ({row['action']}{worth.get(row['rank'], '')})"
        for row in best
        if row["action"]
    ]
    blocked = next((row["blocked_by"] for row in best if row["blocked_by"]), None)
    if said or blocked:
        yield "If it comes", "; ".join([*said, *([f"sell nothing: {blocked}"] if blocked else [])]), ""


def _due(due: tuple[Row, ...]) -> Iterator[tuple[str, str, str]]:
    for event in due:
        since = f"since {event['since_date']}"
        yield "Due", f"{event['event'].replace('_', ' ')} on {event['due_date']}, {since}", ""


def _products(products: tuple[Row, ...]) -> Iterator[tuple[str, str, str]]:
    """What it may buy: again, and new with the product that speaks for it."""
    again = [row["product"] for row in products if row["basis"] == "again"]
    new = [f"{row['product']} (it has {row['because']})" for row in products if row["basis"] == "new"]
    said = [f"{what}: {', '.join(listed)}" for what, listed in (("again", again), ("new", new)) if listed]
    if said:
        yield "May buy", "; ".join(said), ""


def _limits(limits: tuple[Row, ...]) -> Iterator[tuple[str, str, str]]:
    """The channels in which it may be contacted today, and why not in the others."""
    if limits:
        open_ = [row["channel"] for row in limits if row["is_eligible"]]
        shut = [f"{row['channel']}: {row['reason']}" for row in limits if not row["is_eligible"]]
        yield "Contact", "; ".join([*([f"allowed today: {', '.join(open_)}"] if open_ else []), *shut]), ""
