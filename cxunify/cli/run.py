"""The commands that run the pipeline: as far as their name says, then a page on what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxunify import pipeline
from cxunify.cli import diff, render
from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.session import session
from cxunify.config import Config
from cxunify.difference import proposed
from cxunify.errors import GateError, InputError, Problem, TimeUp

if TYPE_CHECKING:
    from cxunify.identity.ask.truth import Labels


def labelled(path: Path, config: Config) -> Labels:
    """The labels to learn from."""
    from cxunify.identity.ask import truth

    return truth.read(path, config)


def _within(minutes: float, begin: Callable[[str], None]) -> Callable[[str], None]:
    """What is told of each step, and begins none but the first once so many minutes are over. Raises TimeUp."""
    started, begun = time.monotonic(), 0

    def begin_in_time(step: str) -> None:
        nonlocal begun
        if begun and time.monotonic() - started > minutes * 60:
            raise TimeUp(
                f"{minutes:g} minutes are over before the step {step}: nothing was published",
                "What is built stands: the next run goes on from there.",
            )
        begun += 1
        begin(step)

    return begin_in_time


def run(
    options: Options,
    name: str,
    *,
    as_of: datetime | None = None,
    example: Callable[[], Iterator[Any]] | None = None,
    learn_from: Path | None = None,
    max_minutes: float | None = None,
    dry: bool = False,
    **wanted: Any,
) -> None:
    """Run the pipeline as far as the command named says, and print what came of it, with an `example` where one is given."""
    until = "act" if name == "run" else name
    with session(options, name, steps=len(pipeline.NAMES) + 1) as opened:
        request = pipeline.Request(
            opened.run_id,
            until=until,
            as_of=as_of.replace(tzinfo=None) if as_of else None,
            gated=name == "run",
            dry=dry,
            labels=labelled(learn_from, opened.config) if learn_from else None,
            **wanted,
        )
        try:
            begin = opened.talk.begin if max_minutes is None else _within(max_minutes, opened.talk.begin)
            outcome = pipeline.run(opened.warehouse, opened.config, request, begin)
        except GateError as error:
            # who keeps stdout only, as cron's mail does, should find there why nothing was published
            result(options, render.Refused(error.problems), render.refused)
            raise
        for note in render.notes(outcome):
            opened.talk.note(note)
        would = proposed(opened.warehouse, opened.config) if dry else None
    if would is not None:
        result(options, would, diff.pieces)
    else:
        result(options, outcome, lambda found: render.outcome(found, name, example))
    if outcome.refused:
        raise InputError(
            Problem(f"{problem.what}; what was loaded of it before stands, and the others went on", problem.fix)
            for problem in outcome.refused
        )
