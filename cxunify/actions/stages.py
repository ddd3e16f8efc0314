"""How the tables of the layer are made: the SQL of a file, a table that is published, and one that readiness lets through."""

from __future__ import annotations

from dataclasses import replace

from cxunify.schema.table import Table
from cxunify.warehouse import Stage, statement

GATE = Table(
    "actions.gate",
    "One row per capability of readiness: whether its requirements are met, and the first that is not.",
    ("capability",),
)


TIERS = {"top 1 %": 0.01, "top 5 %": 0.05, "top 10 %": 0.1, "top 25 %": 0.25, "top 50 %": 0.5}
"""Value tier -> the share of customers, by value, that it and those above it hold; all others are `rest`."""


def value_tier(rank: str, customers: str) -> str:
    """The SQL of a value tier, by the columns that hold a customer's place in the order of value and how many have one."""
    cases = " ".join(f"when {rank} - 1 < {customers} * {share} then '{name}'" for name, share in TIERS.items())
    return f"case {cases} else 'rest' end"


def text(name: str) -> str:
    """The SELECT of the file `tables/name.sql`."""
    return statement("cxunify.actions", "tables", name)


def of_layer(table: Table) -> Table:
    """The table of the warehouse behind a published one; its grain follows from how it is made."""
    return replace(table, name=f"actions.{table.name}", grain=())


def private(table: Table) -> Stage:
    """The step of a table that no other layer reads: the SELECT of the file that bears its name."""
    return Stage(table, text(table.name.partition(".")[2]))


def published(table: Table, rows: str) -> Stage:
    """The step of a published table that takes its `rows` (a table, or a SELECT in parentheses) as they are."""
    made = of_layer(table)
    return Stage(made, made.select(f"{rows} as made"))


def gated(table: Table, rows: str, capability: str) -> Stage:
    """The same, without rows where the data does not bear the capability: of a table a view, so that nothing is written twice."""
    stage = published(
        table,
        f"(select found.* from {rows} as found cross join {GATE.name} as gate"
        f" where gate.capability = '{capability}' and gate.is_open)",
    )
    return replace(stage, is_view=not rows.startswith("("))
