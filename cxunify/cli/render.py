"""What came of a run, a check, a what-if, and how a project stands, as people read it on a terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cxunify.cli import act, report
from cxunify.cli.parts import count, next_step, table, text
from cxunify.schema.words import counted

if TYPE_CHECKING:
    from cxunify.errors import Problem
    from cxunify.identity import Resolution
    from cxunify.identity.ask.teach import Lesson
    from cxunify.identity.ask.whatif import WhatIf
    from cxunify.identity.outcome.health import Health
    from cxunify.ingest import SourceSummary, Summary
    from cxunify.pipeline import Outcome
    from cxunify.standing import Standing

NEXT = {
    "ingest": "cxunify resolve: which records are the same customer",
    "resolve": "cxunify profile: customers and their timeline, as Parquet",
    "profile": "cxunify quality: what the data cannot say yet, and what that costs",
    "quality": "cxunify show WHO: one customer, everything",
    "act": "cxunify act CAPABILITY: what one of them is worth here, and its first rows",
    "run": "cxunify show WHO: one customer, everything",
}
_MOST_LINES = 10
"""Lines of a file that are named."""
_OUTCOMES = {
    "InputError": "an extract could not be used", "GateError": "a gate failed; nothing was published",
    "StorageError": "disk or I/O trouble", "KeyboardInterrupt": "interrupted", "LookupFailed": "wrong usage",
    "TimeUp": "its time was up", "DamageError": "a file was damaged",
}  # fmt: skip
"""What stopped a run, in words; what is not here is shown by its name."""


@dataclass(frozen=True)
class Refused:
    """A run that published nothing, and why."""

    refused: tuple[Problem, ...]


def notes(outcome: Outcome) -> Iterator[str]:
    """What a run should say aloud beside its result."""
    summary = outcome.results.get("ingest")
    for source in summary.sources if summary else ():
        for note in source.notes:
            yield f"{source.source}: {note}"
    resolved = outcome.results.get("resolve")
    if resolved is not None and resolved.outgrown:
        yield f"what tells people apart was learned anew: {resolved.outgrown}"
    if resolved is not None and resolved.strangers:
        lines = resolved.strangers
        named = ", ".join(map(str, lines[:_MOST_LINES])) + (" …" if len(lines) > _MOST_LINES else "")
        yield (
            f"{counted(len(lines), 'decision speaks', 'decisions speak')} of a record that is not there"
            f" (of the file, line {named}); it is kept until one is"
        )


def outcome(result: Outcome, command: str, example: Callable[[], Iterator[Any]] | None = None) -> Iterator[Any]:
    """What a run of the pipeline did, ending with what to do next; `example` comes before the gap report."""
    if command in {"ingest", "run"} or any(source.new for source in result.results["ingest"].sources):
        yield from _ingested(result.results["ingest"])
    resolved = result.results.get("resolve")
    if resolved is not None:
        yield Text()
        yield Text(_resolved(resolved))
        if command == "resolve":
            yield Text(_weights(resolved))
            if resolved.lesson is not None:
                yield from _lesson(resolved.lesson)
            yield from _health(resolved.health)
    if result.published and command in {"profile", "run"}:
        rows = result.published.rows
        yield Text()
        yield Text(
            f"{count(rows['customers'], 'customer')}, with those known from interactions only;"
            f" {count(rows['interactions'], 'interaction')}, {count(rows['sessions'], 'web session')}"
        )
    if example:
        yield from example()
    if result.document is not None and command != "act":
        yield from report.pieces(result.document)
    if command in {"act", "run"}:
        yield from act.pieces(result.actions)
    yield from _end(result)
    yield next_step(NEXT[command])


def _end(result: Outcome) -> Iterator[Any]:
    """Where the output is, and which layers stood."""
    if result.published:
        yield Text(f"\nParquet and report: {_near(result.published.current)}")
    unfinished = [name for name, value in result.results.items() if value is None]
    if unfinished:
        yield Text(f"Up to date already: {', '.join(unfinished)}", "dim")


def _resolved(found: Resolution) -> str:
    """How many records are how many customers, where there are any."""
    if not found.records:
        return "There are no records of people: customers are known from interactions only"
    verb = "is" if found.records == 1 else "are"
    people = f"{count(found.records, 'record')} {verb} {count(found.customers, 'customer')}"
    return f"{people}; the largest has {count(found.largest, 'record')}"


def refused(found: Refused) -> Iterator[Any]:
    """Why a run published nothing."""
    yield Text("Nothing was published; the last output stands:")
    for problem in found.refused:
        yield text(f"· {problem.what}\n  {problem.fix}")


def _near(path: Path) -> str:
    """A path as short as it can be written from here."""
    return os.path.relpath(path) if path.absolute().is_relative_to(Path.cwd()) else str(path)


def _weights(resolved: Resolution) -> str:
    """Where the weights of this run come from."""
    if resolved.is_trained:
        return f"Weights: learned in this run from {counted(resolved.compared, 'pair')}; later runs use them too"
    return f"Weights: learned from {counted(resolved.compared, 'pair')} in an earlier run; --retrain learns them anew"


def _lesson(lesson: Lesson) -> Iterator[Any]:
    """What labels taught, and what that is worth."""
    beyond = f"; {lesson.beyond:,} more were never compared, and teach nothing" if lesson.beyond else ""
    yield Text(f"Labels: {count(lesson.labels, 'pair')}, {lesson.same:,} of them one person{beyond}")
    gain = f"{lesson.gain:+.4f} ({lesson.low:+.4f} to {lesson.high:+.4f} in 95 of 100 draws of customers)"
    yield Text(f"On labels held out, F1 of customers went from {lesson.before:.4f} to {lesson.after:.4f}: {gain}")
    if lesson.model is None:
        yield Text("That is no gain: pairs are weighed as before")
        return
    yield Text(
        f"What they taught weighs pairs from now on; it changes the word on {lesson.moved:,} of {lesson.compared:,}"
    )
    if lesson.is_enough:
        yield Text(
            "That is next to nothing beside what labels had taught before: it is enough, more are not worth asking"
        )


def _health(health: Health) -> Iterator[Any]:
    """Signs of wrong and missed merges, and the largest customers."""
    shown = table("sign", "found", "of", "hints at", right=(1, 2))
    for sign in health.signs:
        shown.add_row(sign.measure, f"{sign.found:,}", f"{sign.total:,}", sign.meaning)
    yield Text()
    yield shown
    sizes = ", ".join(f"{customer_id} {records:,}" for customer_id, records in health.largest)
    yield Text(f"Largest customers, in records: {sizes}")


def what_if(found: WhatIf) -> Iterator[Any]:
    """Who would merge and who would split."""
    change = found.customers_then - found.customers
    yield Text(
        f"{counted(found.customers, 'customer')} would be {found.customers_then:,} ({change:+,}); nothing was written"
    )
    yield Text(
        f"{found.splits:,} would split, {found.merges:,} would come of merging;"
        f" {counted(found.records, 'record is', 'records are')} affected"
    )
    for split in found.split:
        yield Text(f"  {split.customer_id} splits into {' + '.join(f'{part:,}' for part in split.parts)} records")
    for merge in found.merged:
        ids = merge.customer_ids
        more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
        yield Text(f"  {', '.join(ids[:3])}{more} would be one customer of {merge.records:,} records")
    if max(found.splits - len(found.split), found.merges - len(found.merged)) > 0:
        yield Text("  and so on")
    how = f"identity.placeholders: [{', '.join(found.without)}]" if found.without else "identity.threshold"
    yield next_step(f"to keep it, write {how} into cxunify.yaml")


def loaded(summary: Summary) -> Any:
    """The rows of each source: how many there are, and what became of them."""
    shown = table("source", "files", "new", "records", "loaded", "rejected", "skipped", right=range(1, 7))
    for source in summary.sources:
        rejected = Text(f"{source.rejected:,}", "red" if source.rejected else "")
        shown.add_row(
            source.source, f"{source.found:,}", f"{source.new:,}", f"{source.records:,}", f"{source.loaded:,}", rejected,
            f"{source.skipped:,}",
        )  # fmt: skip
    return shown


def _ingested(summary: Summary) -> Iterator[Any]:
    yield loaded(summary)
    for source in summary.sources:
        for one in source.rejections[:5]:
            where = Path(one.file).name
            if one.first_row:
                where += f", row {one.first_row:,}" if one.rows == 1 else f", from row {one.first_row:,} on"
            yield text(f"rejected: {one.rows:,} of {where}: {one.reason}", "red")
        yield from (
            text(f"refused: {problem.what}; what was loaded before stands", "red") for problem in source.refused
        )
        yield from gave_way(source)


def gave_way(source: SourceSummary) -> Iterator[Any]:
    """The rows of a source that stand for nothing, with the reason."""
    for gone in source.gone[:5]:
        where = f"{Path(gone.file).name}, {'' if gone.rows == 1 else 'from '}row {gone.first_row:,}"
        yield text(f"gave way: {gone.rows:,} of {where}{'' if gone.rows == 1 else ' on'}: {gone.reason}")


def status(standing: Standing) -> Iterator[Any]:
    """How a project stands."""
    if standing.busy:
        yield Text("Another run is at work; what it does is not shown.")
    if standing.published:
        yield Text(f"Published: run {standing.published}, {counted(standing.customers or 0, 'customer')}")
    else:
        yield Text("Nothing is published yet.")
    if standing.sources:
        shown = table("source", "channel", "files", "rows", "latest in the data", right=(2, 3))
        for source in standing.sources:
            latest = f"{source.latest_at:%Y-%m-%d %H:%M}" if source.latest_at else "–"
            shown.add_row(source.source, source.channel, f"{source.files:,}", f"{source.rows:,}", latest)
        yield Text()
        yield shown
    for source in standing.sources:
        yield from (text(f"refused: {why}; what was loaded before stands", "red") for why in source.refused)
    if standing.runs:
        shown = table("run", "command", "started, UTC", "outcome")
        for run in standing.runs:
            ended = _OUTCOMES.get(run.outcome, run.outcome)
            shown.add_row(run.run_id, run.command, f"{run.started_at:%Y-%m-%d %H:%M:%S}", ended)
        yield Text()
        yield shown
    if standing.caution:
        yield text(f"\n{standing.caution}", "yellow")
    if not standing.busy:
        yield Text(f"\nStale: {', '.join(standing.stale)}" if standing.stale else "\nEverything is up to date.")
    yield next_step("cxunify run")
