"""`cxunify check`: what would be loaded, as a page: the rows of each source, and what to know of its columns beforehand."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cxunify.cli import render
from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, indented, next_step, table, text
from cxunify.errors import GateError, InputError, Problem

if TYPE_CHECKING:
    from cxunify.ingest import SourceSummary
    from cxunify.ingest.examine import Examined, Led, Seen, Trouble
    from cxunify.ingest.summarise import Unread

_MOST = 8
"""Columns that are named where nobody has asked for all of them."""


@dataclass(frozen=True)
class Checked:
    """What a check found where every extract can be used."""

    sources: tuple[SourceSummary, ...]
    fingerprint: str
    examined: tuple[Examined, ...]


def check(options: Options, sources: Sequence[str]) -> None:
    """Check everything and print what was found; of `sources`, where some are named, each column. Raises what `run` would."""
    from cxunify import identity, ingest, profile
    from cxunify.config import load
    from cxunify.quality.gates import rejects, renumbered, shrunk, unread
    from cxunify.standing import agreed, loaded, newcomers, snapshots

    config = load(options.config)
    findings = ingest.check(config, sources or config.sources, agreed(config), lambda tried: newcomers(config, tried))
    problems = [*findings.problems, *identity.check(config), *profile.check(config)]
    if problems or findings.summary is None:
        raise InputError(problems)
    counted = sorted(
        (source.source, rejected, records)
        for source in findings.summary.sources
        for _, records, rejected in (("", source.records, source.rejected), *source.read)
    )
    before, there = snapshots(config), loaded(config)
    alone = [found for found in findings.summary.sources if found.new == 1 and found.source in before]
    loads = [(of.source, of.loaded, before[of.source]) for of in alone if config.sources[of.source].load != "append"]
    cells = [
        (of.source, one.path, one.field, one.unreadable, one.filled)
        for of in findings.summary.sources
        for one in _newest(of, config.sources[of.source].load, *there.get(of.source, (frozenset(), frozenset())))
    ]
    quality = config.quality
    refused = [
        *rejects(counted, quality.max_reject_share),
        *shrunk(loads, quality.max_shrink_share),
        *unread(cells, quality.max_unreadable_share),
        *renumbered(findings.seen),
    ]
    found = Checked(findings.summary.sources, findings.summary.fingerprint, findings.examined)
    result(options, found, lambda told: page(told, whole=bool(sources), refused=refused))
    if refused:
        raise GateError([*refused, *findings.summary.refused])  # `run` would load all this and publish nothing
    if findings.summary.refused:
        raise InputError(findings.summary.refused)  # `run` would publish the others


def _newest(of: SourceSummary, load: str, known: frozenset[str], last: frozenset[str]) -> list[Unread]:
    """What cannot be read in the files that a run would load of a source; where all are `known`, in those that came `last`."""
    new = {digest for digest in of.digests if digest not in known} or last
    return [one for one in of.unread if load != "append" or one.sha256 in new]


def page(found: Checked, *, whole: bool, refused: Sequence[Problem] = ()) -> Iterator[Any]:
    """All of it; `whole`: each column by itself. `refused`: why `run` would publish nothing all the same."""
    from cxunify.ingest import Summary

    summaries = {source.source: source for source in found.sources}
    gone = {source.source for source in found.sources if source.refused}
    yield render.loaded(Summary(tuple(summaries[one.source] for one in found.examined), found.fingerprint))
    for one in found.examined:
        yield text(f"\n{one.source}: {_files(one.files)}", "bold")
        for piece in (
            _columns(one) if whole else _short(one),
            _troubles(one, gone),
            render.gave_way(summaries[one.source]),
        ):
            yield from map(indented, piece)
        yield from (indented(text(f"note: {note}")) for note in summaries[one.source].notes)
        if summaries[one.source].left_out:
            yield indented(text(f"left out, as `drift: discard` says: {', '.join(summaries[one.source].left_out)}"))
    for source in (source for source in found.sources if source.refused):
        yield text(
            f"\n{source.source}: refused; a run would leave what is loaded of it, and go on with the others", "bold red"
        )
        yield from (indented(text(f"{problem.what}\n  {problem.fix}")) for problem in source.refused)
    if not refused and not gone:
        yield Text("\nThe configuration and every extract can be used; nothing was written.")
        yield next_step("cxunify run" if whole else "cxunify run; or cxunify check SOURCE: every column of one")


def _files(files: tuple[str, ...]) -> str:
    if not files:
        return "no file is there now"
    more = f" and {count(len(files) - 1, 'more file')}" if len(files) > 1 else ""
    return f"{Path(files[0]).name}{more}"


def _short(one: Examined) -> Iterator[Any]:
    """Which columns are mapped and which are not; how full those are that are not filled throughout."""
    mapped = [seen for seen in one.columns if seen.fields]
    partly = [_filled(seen, one.rows) for seen in mapped if seen.filled < one.rows]
    rest = [seen for seen in one.columns if not seen.fields and seen.filled]
    empty = [seen.name for seen in one.columns if not seen.fields and not seen.filled]
    yield text(
        f"mapped: {count(len(mapped), 'column')}{f', filled but for {_some(partly)}' if partly else ', all filled'}"
    )
    if rest:
        yield text(f"not mapped: {_some([_filled(seen, one.rows) for seen in rest])}")
    if empty:
        yield text(f"empty and not mapped: {_some(empty)}")


def _columns(one: Examined) -> Iterator[Any]:
    """Each column: how much of it is filled, and what reads it."""
    shown = table("column", "filled", "mapped to", right=(1,), fold=True)
    for seen in one.columns:
        shown.add_row(text(seen.name), _share(seen.filled, one.rows), text(", ".join(seen.fields) or "–"))
    yield shown


def _troubles(one: Examined, refused: Container[str]) -> Iterator[Any]:
    """What could not be used, what means nothing, and where foreign keys lead, but for those into a source that is `refused`."""
    for trouble in one.rejected:
        yield text(f"rejected: {count(trouble.rows, 'row')}: {trouble.reason}{_where(trouble)}", "red")
    for trouble in one.unreadable:
        yield text(f"unreadable: {trouble.field}: {count(trouble.rows, 'cell')}: {trouble.reason}{_where(trouble)}")
    if one.placeholders:
        told = ", ".join(f"{field} {times:,}" for field, times in one.placeholders.items())
        yield text(f"placeholders, which mean nobody: {told}")
    yield from (_led(led) for led in one.leads if led.source not in refused)


def _led(led: Led) -> Any:
    """How many foreign keys find their record."""
    share = _share(led.found_interactions, led.interactions)
    told = f"{led.found:,} of {count(led.ids, 'id')} found there, {share} of {count(led.interactions, 'interaction')}"
    return text(f"person.{led.source}: {told}")


def _where(trouble: Trouble) -> str:
    """The file and up to three rows, such as `(bons.csv, rows 5, 9, 77)`; without a row where the file has none to name."""
    files: dict[str, list[str]] = {}
    for file, row in trouble.examples:
        files.setdefault(Path(file).name, []).extend([f"{row:,}"] if row else [])
    listed = [f"{file}, row {', '.join(rows)}" if rows else file for file, rows in files.items()]
    return f" ({'; '.join(listed)})"


def _filled(seen: Seen, rows: int) -> str:
    return seen.name if seen.filled >= rows else f"{seen.name} {_share(seen.filled, rows)}"


def _share(part: int, whole: int) -> str:
    """A share in whole percent: neither none nor all of it where it is not."""
    if not part or not whole:
        return "0%"
    return f"{min(max(round(100 * part / whole), 1), 100 if part >= whole else 99)}%"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more}"
