"""quality.population and what else the checks ask for -> the checks that had nothing to measure, and what they lack."""

from __future__ import annotations

from collections.abc import Sequence

from cxunify.quality.catalogue import LACKS, Check
from cxunify.schema.report import Unmeasured
from cxunify.warehouse import Warehouse


def idle(warehouse: Warehouse, checks: Sequence[Check]) -> tuple[Unmeasured, ...]:
    """The checks that found nothing because there was nothing, or too little, to look at."""
    there = {name for (name,) in warehouse.rows('select distinct population from quality.population where "rows" > 0')}
    asked = [check for check in checks if check.enough]
    answers = warehouse.rows(f"select {', '.join(f'({check.enough})' for check in asked)}")[0] if asked else ()
    short = {check.id for check, answer in zip(asked, answers, strict=True) if not answer}
    return tuple(
        Unmeasured(check.id, check.lacks if check.id in short else LACKS[check.of])
        for check in checks
        if check.id in short or (not check.enough and check.of not in there)
    )
