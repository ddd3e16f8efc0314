"""quality.*, raw.files, config.quality -> what forbids publishing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cxunify import ledger
from cxunify.config import Config
from cxunify.errors import Problem
from cxunify.quality.report import saved
from cxunify.schema.report import Report
from cxunify.schema.words import against, counted
from cxunify.warehouse import Warehouse, statement

_ENOUGH = 10
"""Cells without which no share of them tells anything."""


def gates(warehouse: Warehouse, config: Config) -> list[Problem]:
    """Every floor of `quality:` that does not hold; empty when the run may be published.

    Where it is for the rows of one source, since too many of them, or of their cells, cannot be used, the problem names it.
    """
    problems = [
        *rejects(_rejected(warehouse), config.quality.max_reject_share),
        *shrunk(_loads(warehouse), config.quality.max_shrink_share),
        *unread(_unread(warehouse), config.quality.max_unreadable_share),
        *renumbered(_renumbered(warehouse, config.quality.max_shrink_share)),
    ]
    if warehouse.exists("quality.document"):
        problems += _floors(saved(warehouse), config)
    return problems


def rejects(counts: Iterable[tuple[str, int, int]], most: float) -> Iterator[Problem]:
    """Of sources, each with its rejected rows and all its rows, those that have lost more than the share that is allowed."""
    for source, rejected, records in counts:
        if records and rejected / records > most:
            yield Problem(
                "{}: {:,} of {:,} rows were rejected ({}), more than {}".format(
                    source, rejected, records, *against(rejected / records, most, "share", 1)
                ),
                "Look at their reasons in raw.rejects, mend the export, or raise quality.max_reject_share.",
                source=source,
            )


def _rejected(warehouse: Warehouse) -> list[tuple[str, int, int]]:
    """Of all that each source has, and of all that it had when a file came that is not published yet: whichever is worst."""
    if not warehouse.exists("raw.files"):
        return []
    return warehouse.rows(
        statement("cxunify.quality", "queries", "rejected"), {"published": ledger.last_published(warehouse)}
    )


def unread(counts: Iterable[tuple[str, str, str, int, int]], most: float) -> Iterator[Problem]:
    """Of files and their fields, each with the cells that cannot be read and all that are filled, those that are written otherwise.

    Each file by itself: in years of files that add up, one day of another style is few cells. Of a field called `rows` they are
    rows that were rejected.
    """
    for source, path, field, unreadable, filled in counts:
        if filled >= _ENOUGH and unreadable / filled > most:
            what = "rows were rejected" if field == "rows" else f"cells of {field} cannot be read"
            yield Problem(
                "{}: of {}, {:,} of {:,} {what} ({}), more than {}".format(
                    source, path, unreadable, filled, *against(unreadable / filled, most, "share", 1), what=what
                ),
                "Mend the export, or say how it writes them now; if that is how it is to be, raise quality.max_unreadable_share.",
                source=source,
            )


def _unread(warehouse: Warehouse) -> list[tuple[str, str, str, int, int]]:
    """What cannot be read in the files that each source was last given, and in those before them that are not published."""
    if not warehouse.exists("staging.unread"):
        return []
    return warehouse.rows(
        "with last as (select source, file_id, path, rejected, records from raw.files where status = 'loaded'"
        " qualify run_id is not distinct from max(run_id) over (partition by source)"
        " or run_id > $published)"
        " select source, path, field, unreadable, filled from staging.unread join last using (source, file_id)"
        " union all select source, path, 'rows', rejected, records from last where rejected > 0 order by all",
        {"published": ledger.last_published(warehouse)},
    )


def shrunk(loads: Iterable[tuple[str, int, int]], most: float) -> Iterator[Problem]:
    """Of snapshots, each with its rows and those of the one before it, the ones that have lost more than the share allowed."""
    for source, loaded, before in loads:
        if loaded < before * (1 - most):
            yield Problem(
                "{}: {:,} rows, and {:,} in the file before: {} less, more than {}".format(
                    source, loaded, before, *against(1 - loaded / before, most, "share", 1)
                ),
                "Load the whole export again; if it is that small now, raise quality.max_shrink_share until the next file is in.",
            )


def _loads(warehouse: Warehouse) -> list[tuple[str, int, int]]:
    if not warehouse.exists("quality.loads"):
        return []
    return warehouse.rows("select concat_ws(': ', source, path), loaded, before from quality.loads order by all")


def renumbered(counts: Iterable[tuple[str, int, int, int, int]]) -> Iterator[Problem]:
    """Of sources, each with its customers that would be gone, all of them, its new records and all its records: what is doubtful.

    Those are given whose people have other ids than ever before: their customers would be gone, and others be new.
    """
    for source, gone, known, new, records in counts:
        if gone >= _ENOUGH:
            yield Problem(
                f"{source}: {new:,} of {counted(records, 'record')} have ids that it never had, and {gone:,} of its"
                f" {counted(known, 'customer')} would be gone with those that it had",
                "Customers keep their ids by those of their records: export it with the ids that it had, map the column that kept"
                " them as `person.id`, or, if all of them are to be new, raise quality.max_shrink_share until the next run.",
            )


def _renumbered(warehouse: Warehouse, most: float) -> list[tuple[str, int, int, int, int]]:
    if not warehouse.exists("identity.moves") or not warehouse.exists("ledger.records"):
        return []
    if not warehouse.scalar("select count(*) from identity.moves where kind = 'erased'"):
        return []  # nobody is gone, and what follows looks at every record
    return warehouse.rows(statement("cxunify.quality", "queries", "renumbered"), {"most": most})


def _floors(report: Report, config: Config) -> Iterator[Problem]:
    quality, totals = config.quality, report.totals
    measured = {
        "min_identified_revenue": 1 - totals.unidentified_revenue_share,
        "min_identified_interactions": 1 - totals.unidentified_share,
    }
    for name, value in measured.items():
        floor = getattr(quality, name)
        if floor is not None and value < floor:
            what = name.removeprefix("min_identified_")
            yield Problem(
                "{} of {what} has a customer, less than {}".format(*against(value, floor, "share", 1), what=what),
                f"See the gap report for where the rest is, or lower quality.{name}.",
            )
    if quality.max_silent_days is not None:
        for source in report.tables.sources:
            if source.silent_days > quality.max_silent_days:
                yield Problem(
                    f"{source.source}: nothing for {counted(source.silent_days, 'day')}, more than {quality.max_silent_days}",
                    "Find out whether its export runs, or raise quality.max_silent_days.",
                )
    for name, floor in quality.floors.items():
        for gap in report.gaps:
            if name in {gap.gap_id, gap.check} and gap.measured < floor:
                yield Problem(
                    "{}: {} is sound, less than {}".format(gap.gap_id, *against(gap.measured, floor, "share", 1)),
                    gap.fix,
                )
