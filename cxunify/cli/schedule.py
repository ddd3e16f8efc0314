"""A project -> the lines that make cron or systemd run it: paths quoted as each of them wants it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from cxunify.cli.options import Options
from cxunify.cli.output import write_json
from cxunify.config import load


@dataclass(frozen=True)
class Schedule:
    """What is to be put where."""

    crontab: str
    service: str
    timer: str
    name: str
    """Of the units: NAME.service and NAME.timer."""


def schedule(options: Options, at: str, minutes: float | None) -> None:
    """Print the lines for this project, to be run every day `at` HH:MM."""
    hour, _, minute = at.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise typer.BadParameter("--at is a time of day, such as 04:00")
    config = load(options.config)
    found = lines(options.config.resolve(), config.root, int(hour), int(minute), minutes)
    if options.json:
        write_json(found)
    elif not options.quiet:
        for part in pieces(found):
            sys.stdout.write(f"{part}\n")  # no line of it is broken to fit a terminal: it is to be copied


def lines(config: Path, folder: Path, hour: int, minute: int, minutes: float | None) -> Schedule:
    """The schedule of one configuration."""
    more = ["--max-minutes", f"{minutes:g}"] if minutes else []
    command = [sys.executable, "-m", "cxunify", "run", "--quiet", *more, "--config", str(config)]
    # In a crontab a percent sign ends the line; in a unit it begins a specifier.
    cron = f"{minute} {hour} * * * cd {shlex.quote(str(folder))} && {shlex.join(command)}".replace("%", "\\%")
    service = (
        "[Unit]\nDescription=cxunify: customers, timeline and gaps, refreshed\n\n"
        "[Service]\nType=oneshot\nUMask=0077\n"
        f"WorkingDirectory={str(folder).replace('%', '%%')}\nExecStart={' '.join(map(_unit, command))}\n"
        "SuccessExitStatus=0\n"
    )
    timer = (
        f"[Unit]\nDescription=cxunify every day at {hour:02}:{minute:02}\n\n"
        f"[Timer]\nOnCalendar=*-*-* {hour:02}:{minute:02}:00\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
    name = "cxunify-" + "".join(sign if sign.isalnum() else "-" for sign in folder.name).strip("-").lower()
    return Schedule(cron, service, timer, name)


def pieces(found: Schedule) -> Iterator[str]:
    """The schedule as one copies it."""
    yield "# crontab -e: cron mails what is printed, which is nothing when all is well"
    yield found.crontab
    yield f"\n# or ~/.config/systemd/user/{found.name}.service"
    yield found.service
    yield f"# and ~/.config/systemd/user/{found.name}.timer; then: systemctl --user enable --now {found.name}.timer"
    yield found.timer


def _unit(word: str) -> str:
    """A word of a command as a unit file wants it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(not (sign.isalnum() or sign in "-_./=:%$") for sign in escaped) else escaped
