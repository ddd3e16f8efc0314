"""`cxunify init`: files of a stranger become a configuration with its evidence and its doubts, and a table of what was found."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cxunify.cli.options import Options
from cxunify.cli.output import result
from cxunify.cli.parts import count, indented, next_step, table, text
from cxunify.errors import ConfigError, InputError, Problem, StorageError

if TYPE_CHECKING:
    from cxunify.discover import Choice, Findings, Found, Place, Unused


@dataclass(frozen=True)
class Written:
    """What was found, and where it was written."""

    config: Path
    sources: Sequence[Found]
    unused: Sequence[Unused]
    places: Sequence[Place]


def start(options: Options, files: Sequence[str], out: Path | None, *, interactive: bool) -> None:
    """Look at files and write the configuration; it never takes the place of one that is there."""
    from cxunify.discover import look
    from cxunify.discover.write import text as written

    path = (out or options.config).resolve()
    if path.exists():
        raise ConfigError(
            f"{path.name} is there already, and is not overwritten",
            f"Write to another file (--out), or extend this one: cxunify init --add FILE --config {path.name}",
        )
    findings = look(files, path.parent)
    _refuse_nothing(findings)
    findings = _tried(findings, written, interactive=interactive)
    _refuse_nothing(findings)
    _write(path, written(findings))
    _tell(options, findings, path)


def extend(options: Options, files: Sequence[str], out: Path | None, *, interactive: bool) -> None:
    """Look at further files and add them to the configuration that is there, whose own text stays as it is."""
    from cxunify.config import load
    from cxunify.discover import look
    from cxunify.discover.extend import extended

    config = load(options.config)
    path = (out or options.config).resolve()
    if out is not None and path.exists():
        raise ConfigError(f"{path.name} is there already, and is not overwritten", "Name another file with --out.")
    text_before = options.config.read_text(encoding="utf-8-sig")
    findings = look(files, config.root, config)
    _refuse_nothing(findings)
    findings.places = []
    findings = _tried(findings, lambda found: extended(text_before, found), interactive=interactive)
    _refuse_nothing(findings)
    content = extended(text_before, findings)
    if out is not None:
        _write(path, content)
    else:
        aside = path.with_name(f".{path.name}.new")
        aside.write_text(content, encoding="utf-8")
        aside.replace(path)  # whole, or as it was
    _tell(options, findings, path)


def _refuse_nothing(findings: Findings) -> None:
    """Files of which none can be used are a problem, each with its reason."""
    if findings.used:
        return
    raise InputError(
        [Problem(f"{one.file}: {one.reason}", "") for one in findings.unused]
        + [
            Problem(
                "none of the files is a source: no configuration was written",
                "Name files with a row per person, or per thing that happened.",
            )
        ]
    )


def _write(path: Path, content: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise ConfigError(
            f"{path.name} is there already, and is not overwritten", "Write to another file (--out)."
        ) from error
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}", "Name another place with --out.") from error


def _tell(options: Options, findings: Findings, path: Path) -> None:
    found = Written(path, findings.used, findings.unused, findings.places)
    result(options, found, _page)


def _tried(findings: Findings, render: Callable[[Findings], str], *, interactive: bool) -> Findings:
    """What passes the check; the doubts are asked before, and those that the check raises after, which is then done again."""
    from cxunify.discover.verify import verified

    asked = ask(findings, []) if interactive else []
    findings = verified(findings, render)
    if interactive and ask(findings, asked):
        findings = verified(findings, render)
    return findings


def ask(findings: Findings, asked: Sequence[Choice]) -> list[Choice]:
    """Ask about what is unsure, one by one, on the terminal; an empty answer leaves it as it is. Not what was `asked` before."""
    import typer

    told = []
    for found in findings.used:
        for choice in [*found.settings, *found.choices]:
            if choice.sure or any(choice is one for one in asked):
                continue
            _ask_one(found, choice, lambda question, default: typer.prompt(question, default=default, err=True))
            told.append(choice)
    return told


def _ask_one(found: Found, choice: Choice, prompt: Any) -> None:
    current = ", ".join(choice.columns) or str(choice.options.get("value"))
    state = "" if choice.active else " (left out)"
    others = f"; or: {', '.join(choice.others)}" if choice.others else ""
    sys.stderr.write(f"{found.name}: {choice.key} = {current}{state}: {choice.why}{others}\n")
    kept = next((key for key in ("format", "value") if key in choice.options), None)
    answer = prompt("y: yes, so; n: leave it out; or another column or choice (Enter: as it is)", "").strip()
    if answer.casefold() in {"y", "yes"}:
        choice.active = choice.sure = True
    elif answer.casefold() in {"n", "no"}:
        choice.leave_out("left out when asked")
    elif answer in found.columns:
        choice.columns, choice.active, choice.sure, choice.why = (answer,), True, True, "said when asked"
        choice.options.pop("value", None)
    elif kept and answer in choice.others:
        choice.options[kept], choice.sure, choice.why = answer, True, "said when asked"
    elif answer:
        sys.stderr.write(f"{answer} is no column and none of these; left as it is\n")


def _page(found: Written) -> Iterator[Any]:
    shown = table("source", "a row is", "key", "time", "sure", "unsure", "rest", right=(4, 5, 6))
    for source in found.sources:
        key = next((c for c in source.choices if c.key in {"person.id", "interaction.id"} and c.active), None)
        at = next((c for c in source.choices if c.key == "interaction.at"), None)
        sure = [choice for choice in source.choices if choice.sure and choice.active]
        open_ = [choice for choice in [*source.settings, *source.choices] if not choice.sure]
        told = (
            source.name[:24],
            source.role,
            _joined(key, 16),
            _joined(at, 16),
            len(sure),
            len(open_),
            len(source.unmapped),
        )
        shown.add_row(*(text(cell) for cell in told))
    yield shown
    known = [f"{one.name} ({said.options['value']})" for one in found.sources if (said := one.setting("preset"))]
    if known:
        yield text(f"\nBy presets: {', '.join(known)}")
    doubts = [
        (source, choice)
        for source in found.sources
        for choice in [*source.settings, *source.choices]
        if not choice.sure
    ]
    unsure = [place for place in found.places if not place.sure]
    if doubts or unsure:
        yield Text("\nUnsure", "bold")
        for place in unsure:
            yield indented(text(f"{place.key}: {place.value}: {place.why}"))
        for source, choice in doubts[:12]:
            yield indented(
                text(
                    f"{source.name}: {choice.key} ({', '.join(choice.columns) or choice.options.get('value')}): {choice.why}"
                )
            )
        if len(doubts) > 12:
            yield indented(text(f"and {len(doubts) - 12} more, in the file"))
    if found.unused:
        yield Text("\nNot used", "bold")
        for one in found.unused[:20]:
            yield indented(text(f"{one.file}: {one.reason}"))
        if len(found.unused) > 20:
            yield indented(text(f"and {len(found.unused) - 20} more, in the file"))
    yield Text(f"\n{count(len(found.sources), 'source')} written to {found.config.name}")
    where = "" if found.config.name == "cxunify.yaml" else f" --config {found.config.name}"
    yield next_step(
        f"read what is unsure in {found.config.name}, then: cxunify run{where}"
        if doubts or unsure
        else f"cxunify run{where}"
    )


def _joined(choice: Choice | None, width: int) -> str:
    told = "+".join(choice.columns) if choice else "–"
    return told if len(told) <= width else f"{told[: width - 1]}…"
