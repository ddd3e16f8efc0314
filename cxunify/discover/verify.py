"""Findings -> the same, mended until what is written passes `check`: a line that is refused becomes a comment with the reason."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from cxunify import ingest
from cxunify.config import Config, Quality, load
from cxunify.discover import write
from cxunify.discover.findings import Choice, Found, Unused
from cxunify.discover.look import Findings
from cxunify.errors import ConfigError, InputError, Problem
from cxunify.ingest import ODD_HOURS, Note, SourceSummary
from cxunify.schema.words import counted

_ROUNDS = 12
_SKIPPED = 5
"""Times in hours that clocks skip, from which on they are of other clocks."""
_MONTH_FIRST = {"US", "PH"}
"""Where people write the month before the day."""
MOST_REJECTED = Quality().max_reject_share
"""What `run` lets pass by default."""


def verified(findings: Findings, render: Callable[[Findings], str] = write.text) -> Findings:
    """Try each source as `check` does, in memory; mend or leave out what is refused. `render` writes the configuration."""
    for found in list(findings.used):
        reason = _mend(findings, found, render)
        if reason and found.used:
            _drop(findings, found, reason)
    _unskipped(findings)
    return findings


def _unskipped(findings: Findings) -> None:
    """A source whose times stand in the hour that the clocks of a guessed zone skip is of other clocks: UTC has them all."""
    place = next((place for place in findings.places if place.key == "timezone"), None)
    if place is None or place.sure or place.value == "UTC":
        return
    why = f"times stand in the hour that the clocks of {place.value} skip once a year: they are of other clocks"
    for found in findings.used:
        if any(note.number >= _SKIPPED for note in map(_odd_hours, found.notes) if note):
            found.settings.append(
                Choice("timezone", (), sure=False, options={"value": "UTC"}, why=why, others=(place.value,))
            )
            found.notes = [note for note in found.notes if not _odd_hours(note)]


def _odd_hours(note: str) -> Note | None:
    return note if isinstance(note, Note) and note.about == ODD_HOURS else None


def parse(text: str, root: Path) -> Config:
    """A configuration that is not written yet, as if it lay in `root`. Raises ConfigError."""
    with tempfile.TemporaryDirectory(prefix="cxunify-init-") as folder:
        path = Path(folder) / "cxunify.yaml"
        path.write_text(text, encoding="utf-8")
        config = load(path)
    config._root = root  # noqa: SLF001 - where it will lie
    return config


def _mend(findings: Findings, found: Found, render: Callable[[Findings], str]) -> str:
    """Change a source until it passes; why it cannot, else nothing."""
    last = ""
    for _ in range(_ROUNDS):
        problems, summary = _tried(findings, found, render)
        if summary is not None:
            if summary.records and summary.rejected > MOST_REJECTED * summary.records:
                reasons = "; ".join(f"{one.rows} × {one.reason}" for one in summary.rejections[:3])
                return f"{summary.rejected} of {counted(summary.records, 'row')} would be rejected ({reasons}): mend it"
            found.notes += [note for note in summary.notes if note not in found.notes]
            return ""
        changed = [_answer(findings, found, problem) for problem in problems]
        last = f"{problems[0].what}. {problems[0].fix}".removeprefix(f"source {found.name}: ")
        if not any(changed):
            return last
    return last


def _tried(
    findings: Findings, found: Found, render: Callable[[Findings], str]
) -> tuple[Sequence[Problem], SourceSummary | None]:
    """What is wrong with a source, or what it gives."""
    config = _valid(findings, render)
    if config is None or found.name not in config.sources:
        return [Problem(found.reason)], None
    alone = config.model_copy(update={"sources": {found.name: config.sources[found.name]}})
    alone._root = findings.root  # noqa: SLF001 - as above
    try:
        told = ingest.check(alone)
    except InputError as error:
        return error.problems, None
    return told.problems, told.summary.sources[0] if told.summary else None


def _valid(findings: Findings, render: Callable[[Findings], str]) -> Config | None:
    """The configuration, without what it is refused for: it is read as a whole, so one line too many refuses all sources.

    None where no source is left. Raises ConfigError where what is wrong is no line of a source that was found here.
    """
    while findings.used:
        try:
            return parse(render(findings), findings.root)
        except ConfigError as error:
            for problem in error.problems:
                found = next((one for one in findings.used if one.name == problem.source), None)
                if found is None:
                    raise
                if not _answer(findings, found, problem):
                    _drop(findings, found, f"{_short(problem.what, found.name)}. {problem.fix}")
    return None


def _answer(findings: Findings, found: Found, problem: Problem) -> bool:
    """Change the line that a problem speaks of; whether there was one."""
    choice = _spoken_of(found, problem)
    formats = problem.offers.get("format", ())
    if choice is None:
        return _load(found, problem)
    if formats and "format" not in choice.options:
        region = next((place.value for place in findings.places if place.key == "region"), "")
        month_first = [one for one in formats if one.startswith("%m")]
        day_first = [one for one in formats if one not in month_first]
        chosen = (month_first if region in _MONTH_FIRST else day_first) or list(formats)
        whole = problem.offers["first" if chosen[0] == formats[0] else "second"]
        choice.options["format"] = whole[0] if len(whole) == 1 else list(whole)
        choice.sure, choice.told = False, True
        # another list is no answer that can be typed
        choice.others = tuple(one for one in formats if one != chosen[0] and len(whole) == 1)
        choice.why = f"day and month cannot be told apart in any value; read as in {region or 'most countries'}"
        return True
    if "per" in problem.offers and "per" not in choice.options:
        choice.options["per"], choice.sure, choice.told = "line", False, True
        choice.why = "rows of one id have different amounts: `line` adds them up, `interaction` takes the first"
        return True
    if choice.key == "interaction.at":
        return False
    choice.leave_out(f"refused: {_short(problem.what, found.name)}")
    return True


def _spoken_of(found: Found, problem: Problem) -> Choice | None:
    """The line that a problem speaks of, by its key (`person.email.0` is of `person.email`); else by the column that it names."""
    lines = [choice for choice in found.choices if choice.active]
    by_key = (choice for choice in lines if f"{problem.key}.".startswith(f"{choice.key}."))
    by_column = (choice for choice in lines if problem.column and problem.column in choice.columns)
    return next(by_key, None) or next(by_column, None)


def _load(found: Found, problem: Problem) -> bool:
    if "load" not in problem.offers or any(choice.key == "load" for choice in found.settings):
        return False
    value = "append" if found.role == "interaction" else "parts"
    why = "nothing says that newer files take the place of older ones"
    found.settings.append(Choice("load", (), sure=False, options={"value": value}, why=why, others=("snapshot",)))
    return True


def _drop(findings: Findings, found: Found, reason: str) -> None:
    """Leave a source out, and what points to it."""
    found.reason, found.role = reason, "refused"
    findings.unused += [Unused(entry, "refused", reason) for entry in found.files]
    findings.sources = [one for one in findings.sources if one is not found]
    for other in findings.sources:
        for choice in other.choices:
            if choice.key == f"interaction.person.{found.name}":
                choice.leave_out(f"{found.name} could not be used")


def _short(what: str, name: str) -> str:
    """A problem without the place where it stands: what was tried has other lines than what is written."""
    bare = re.sub(r"^\S+:\d+: ", "", what)
    return bare.removeprefix(f"source {name}: ").replace("\n", " ")[:160]
