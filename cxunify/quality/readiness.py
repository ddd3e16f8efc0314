"""quality.*, readiness.yaml -> capability by capability, what the data must be able to do, and what keeps it from doing so."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cxunify.config import Config
from cxunify.config.requirements import catalogue
from cxunify.schema.report import Gap, Requirement
from cxunify.warehouse import Warehouse, statement


def readiness(
    warehouse: Warehouse, config: Config, gaps: Sequence[Gap], params: dict[str, Any]
) -> tuple[Requirement, ...]:
    """Every requirement of every capability, judged."""
    measured = {name: row for name, *row in warehouse.rows(statement("cxunify.quality", "queries", "measures"), params)}
    customers, revenue = warehouse.rows("select count(*), coalesce(sum(revenue), 0) from quality.customers")[0]
    rules = catalogue()
    requirements = []
    for capability, spec in rules["capabilities"].items():
        for name, need in spec["needs"].items():
            value, short, money = measured.get(name, (None, None, None))
            least, most = need.get("least"), need.get("most")
            required = config.quality.readiness.get(f"{capability}.{name}", least if least is not None else most)
            passed = value is not None and (value >= required if least is not None else value <= required)
            # What is not in the data at all is not the fault of a gap, unless its kind has not been mapped.
            measurable = value is not None or name.endswith("_count")
            measure = rules["measures"].get(name, {"text": name.replace("_", " "), "unit": "share", "checks": []})
            requirements.append(
                Requirement(
                    category=spec["category"],
                    capability=capability,
                    title=spec["title"],
                    requirement=name,
                    text=measure["text"],
                    required=float(required),
                    measured=None if value is None else float(value),
                    unit=measure["unit"],
                    customers_blocked=0 if passed else int(customers if short is None else short),
                    revenue_blocked=Decimal(0) if passed else Decimal(revenue if money is None else money),
                    status="pass" if passed else "gap" if value is not None else "none",
                    blocked_by=_blockers(measure["checks"], gaps) if not passed and measurable else (),
                    basis=need["basis"],
                )
            )
    return tuple(requirements)


def _blockers(checks: Sequence[str], gaps: Sequence[Gap]) -> tuple[str, ...]:
    """The gaps that a failed measure is due to. A check is named alone, or with the field it must be about."""
    return tuple(
        gap.gap_id for gap in gaps if any(f"{gap.check}.{gap.field}.".startswith(f"{wanted}.") for wanted in checks)
    )
