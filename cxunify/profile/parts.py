"""How the large tables of `profile` fall into parts: what a refresh makes again of each. The others are made whole."""

from __future__ import annotations

from types import MappingProxyType

from cxunify.schema import Table
from cxunify.warehouse import Parts, Stage

_CUSTOMER = "cast(hash(customer_id) >> 1 as bigint)"
"""The number of a customer, as profile.numbers has it: what is known of an id needs no look at that table."""
_RECORDS = (
    f"select {_CUSTOMER} as part from identity.assignments as a"
    " join staging.records as r on r.source = a.source and r.record_id = a.record_id"
    " where r.row_no in (select row_no from {changed})"
)
_STATED = "select customer_no as part from profile.statements where row_no in (select row_no from {changed})"

PARTS = MappingProxyType(
    {
        "numbers": Parts("customer_no"),
        "traces": Parts("trace_id"),
        "case_customers": Parts("hash(channel, case_id)"),
        "visits": Parts("row_no"),
        "moments": Parts(
            "row_no",
            {"staging.interactions": "row_no", "profile.visits": "row_no"},
            {
                "profile.traces": (
                    "select row_no as part from staging.interactions where trace_id in (select trace_id from {changed})"
                ),
                "profile.case_customers": (
                    "select i.row_no as part from staging.interactions as i join profile.sources as s on s.source = i.source"
                    " join {changed} as c on c.channel = s.channel and c.case_id = i.case_id"
                ),
            },
        ),
        "sessions": Parts(
            "session_no",
            {"profile.visits": "session_no", "profile.moments": "session_no"},
            {
                "staging.interactions": (
                    "select session_no as part from profile.visits where row_no in (select row_no from {changed})"
                ),
                "profile.traces": (
                    "select v.session_no as part from profile.visits as v"
                    " join staging.interactions as i on i.row_no = v.row_no"
                    " where i.trace_id in (select trace_id from {changed})"
                ),
                "profile.numbers": (
                    "select session_no as part from profile.sessions where customer_no in (select customer_no from {changed})"
                ),
            },
        ),
        "ahead": Parts("row_no"),
        "days": Parts(
            "customer_no",
            {"profile.moments": "customer_no"},
            {
                "profile.ahead": (
                    "select customer_no as part from profile.moments where row_no in (select row_no from {changed})"
                )
            },
        ),
        "behaviour": Parts("customer_no", {"profile.days": "customer_no"}),
        "crossings": Parts("customer_no", {"profile.days": "customer_no"}),
        "statements": Parts(
            "customer_no",
            {"profile.numbers": "customer_no", "identity.assignments": _CUSTOMER},
            {"staging.records": _RECORDS},
        ),
        "contacts": Parts(
            "customer_no",
            {"profile.statements": "customer_no", "profile.traces": "customer_no"},
            {
                "identity.contact_points": (
                    f"{_STATED} union all"
                    " select customer_no from profile.traces where trace_id in (select trace_id from {changed})"
                ),
                "staging.traces": (
                    "select customer_no as part from profile.traces where trace_id in (select trace_id from {changed})"
                ),
            },
        ),
        "agreed": Parts("customer_no", {"profile.statements": "customer_no"}, {"staging.records": _STATED}),
        "candidates": Parts(
            "customer_no",
            dict.fromkeys(("profile.statements", "profile.agreed", "profile.contacts"), "customer_no"),
            {"staging.records": _STATED},
        ),
    }
)
"""Table of `profile` -> its parts."""


def seen() -> tuple[Stage, ...]:
    """What staging holds, a hash to each row, by which the next run knows what has changed there.

    Where a record stands in its extract is left out: a line that is put in before it moves all that follow.
    """
    return (
        _seen("interactions", "row_no", "staging.interactions"),
        _seen("records", "row_no", "(select * exclude (file_id, source_row) from staging.records)"),
        _seen("traces", "trace_id", "staging.traces"),
    )


def _seen(name: str, key: str, rows: str) -> Stage:
    table = Table(f"profile.seen_{name}", f"One row per row of staging.{name}: a hash of it.")
    select = f'select {key}, hash("a row") as row_hash from {rows} as "a row"'
    return Stage(table, select, parts=Parts(key), stands_for=f"staging.{name}")
