"""capabilities.yaml, quality.readiness, what was found -> actions.actions: what the data bears, and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from cxunify.actions.stages import GATE, of_layer, text
from cxunify.config import Config, document
from cxunify.errors import LookupFailed, nearest
from cxunify.schema.actions import ACTIONS
from cxunify.schema.words import against, number
from cxunify.warehouse import Loop, Stage, quote
from cxunify.warehouse.frames import types


@dataclass(frozen=True)
class Filled:
    """A table that a capability fills, and how a terminal shows its first rows."""

    name: str
    first: tuple[str, ...]
    shows: tuple[str, ...]
    layer: str = "actions"
    """Which makes it."""


@dataclass(frozen=True)
class Capability:
    """One thing that the layer can do."""

    id: str
    tables: tuple[Filled, ...]
    method: str


@dataclass(frozen=True)
class Finding:
    """What came of one capability whose requirements are met."""

    capability: str
    customers: int
    """Of whom its tables tell."""
    check: str | None = None
    """What came of holding it against what really came, in words."""
    checked_on: Any = None
    status: str = "ready"
    """ready; weak: a simple rule does better; refused: what was fitted cannot be used; nothing: there is nothing of its kind."""
    reason: str | None = None
    """Why it is not ready."""


FOUND = {
    "capability": pl.String, "customers": pl.Int64, "check": pl.String, "checked_on": pl.Date, "status": pl.String,
    "reason": pl.String,
}  # fmt: skip
"""The columns of a table of findings."""


@cache
def capabilities() -> tuple[Capability, ...]:
    """What the layer can do, in the order in which it is read."""
    listed = (resources.files("cxunify") / "actions" / "capabilities.yaml").read_text(encoding="utf-8")
    return tuple(
        Capability(
            name,
            tuple(
                Filled(table, tuple(how["first"]), tuple(how["shows"]), how.get("layer", "actions"))
                for table, how in said["tables"].items()
            ),
            said["method"],
        )
        for name, said in document(listed).items()
    )


def named(name: str) -> Capability:
    """One of them. Raises LookupFailed, with the nearest one, where there is none of that name."""
    known = {of.id: of for of in capabilities()}
    if name not in known:
        near = nearest(name, known)
        meant = f"Did you mean {near}? " if near else ""
        raise LookupFailed(f"there is no capability {name}", f"{meant}The capabilities are: {', '.join(known)}.")
    return known[name]


def gate() -> Stage:
    """The step of `actions.gate`: what readiness says of each capability."""
    return Stage(GATE, text("gate"), by_content=True)


def findings(*found: Finding) -> pl.DataFrame:
    """Findings as the rows of a table."""
    return pl.DataFrame([asdict(one) for one in found], schema=FOUND)


def actions(config: Config, found: tuple[str, ...]) -> Loop:
    """The step of `actions.actions`; `found` are the tables of findings."""
    names = ", ".join(map(quote, FOUND))
    union = " union all ".join(f"select {names} from {table}" for table in found)
    listed = [
        {
            "capability": of.id,
            "tables": ", ".join(table.name for table in of.tables),
            "method": of.method,
            "overridden": any(name.startswith(f"{of.id}.") for name in config.quality.readiness),
        }
        for of in capabilities()
    ]
    return Loop(of_layer(ACTIONS), told, {"gate": f"select * from {GATE.name}", "found": union}, {"listed": listed})


def told(gate: pl.DataFrame, found: pl.DataFrame, listed: list[dict[str, Any]]) -> pl.DataFrame:
    """One row per capability: refused by its first requirement that is not met, or what came of it."""
    needs, came = ({row["capability"]: row for row in frame.to_dicts()} for frame in (gate, found))
    rows = []
    for of in listed:
        need = needs.get(of["capability"], {})
        row = {"category": need.get("category"), "title": need.get("title"), **of}
        if need.get("is_open"):
            row |= came.get(of["capability"], {"status": "nothing", "reason": "there is nothing of its kind"})
        else:
            row |= {name: need.get(name) for name in ("requirement", "measured", "required", "gaps")} | _refused(need)
        rows.append(row)
    return pl.DataFrame(rows, schema=types(ACTIONS))


def _refused(need: dict[str, Any]) -> dict[str, str]:
    """The status and the words of a capability whose requirement is not met."""
    if not need:
        return {"status": "nothing", "reason": "the data has not been judged"}
    if need["measured"] is None:
        wanted = number(need["required"], need["unit"])
        return {"status": "nothing", "reason": f"no data: {need['text']} (needs {wanted})"}
    measured, required = against(need["measured"], need["required"], need["unit"])
    wanted = f"at least {required}" if need["measured"] < need["required"] else f"at most {required}"
    return {"status": "refused", "reason": f"{need['text']}: {measured}, needs {wanted}"}
