"""A command's session: configuration, lock, warehouse and progress, opened and closed together."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cxunify import ledger, memory, pipeline
from cxunify.cli.options import LogFormat, Options
from cxunify.cli.parts import printable
from cxunify.config import Config, load
from cxunify.errors import LookupFailed
from cxunify.ingest import folders
from cxunify.lock import hold
from cxunify.standing import looking
from cxunify.subject.erase import compact_warehouse, is_to_compact, resume
from cxunify.warehouse import Warehouse, engine

_RUN_ID = "%Y%m%dT%H%M%S%fZ"


class Talk:
    """Everything said on stderr while a command works: progress on a terminal, a line per step otherwise with -v."""

    def __init__(self, options: Options, steps: int) -> None:
        self._options = options
        self._console = Console(stderr=True, no_color=options.no_color or None, highlight=False)
        self._shown = self._console.is_terminal and not options.quiet and options.log_format is LogFormat.TEXT
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description:<28}"), BarColumn(24), TimeElapsedColumn(),
            console=self._console, transient=True, disable=not self._shown,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=steps)
        self._step = ""
        self._started = time.perf_counter()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, step: str) -> None:
        """A step of the pipeline begins."""
        if self._step:
            self._progress.advance(self._task)
        self._step = step
        self._progress.update(self._task, description=step)
        self._log("info", "step", step=step)

    def pause(self) -> None:
        """Show nothing for the time being: a question is asked."""
        self._progress.stop()

    def built(self, table: str, rows: int, seconds: float, in_part: bool) -> None:
        """A table has been made: the whole of it, or what is touched of it."""
        self._progress.update(self._task, description=f"{self._step} · {table.partition('.')[2]}")
        if self._options.verbose:
            self._log(
                "info",
                "table",
                table=table,
                rows=rows,
                seconds=round(seconds, 3),
                made="in part" if in_part else "whole",
            )

    def note(self, text: str) -> None:
        """Something the user should know."""
        if not self._options.quiet:
            self._log("note", text)

    def _log(self, level: str, event: str, **values: Any) -> None:
        if self._options.log_format is LogFormat.JSON:
            stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
            sys.stderr.write(json.dumps({"at": stamp, "level": level, "event": event, **values}) + "\n")
        elif level == "note":
            self._console.print(f"note: {printable(event)}", markup=False, soft_wrap=True)
        elif self._options.verbose:
            pairs = "  ".join(f"{name}={value}" for name, value in values.items())
            self._console.print(f"{time.perf_counter() - self._started:8.2f}s  {event:<6} {pairs}", markup=False)


@dataclass(frozen=True)
class Session:
    """An open configuration and its warehouse, for as long as the lock is held."""

    config: Config
    warehouse: Warehouse
    talk: Talk
    run_id: str


@contextmanager
def session(options: Options, command: str, steps: int = 1) -> Iterator[Session]:
    """Open everything a command needs that changes the warehouse; the lock is held until it closes."""
    config = load(options.config)
    with ExitStack() as stack:
        stack.enter_context(hold(config.warehouse_path))
        talk = stack.enter_context(Talk(options, steps))
        if resume(config):
            talk.note("a person was being forgotten when the machine stopped: that is done now")
        with open_warehouse(config, talk) as warehouse:
            last = ledger.last_run(warehouse)
            run_id = new_run_id(last)
            with warehouse.recorded(run_id, command):
                yield Session(config, warehouse, talk, run_id)
            leaves_bytes, now = is_to_compact(warehouse), ledger.last_run(warehouse)
        if now != last or not memory.path_of(config).exists() or memory.last_run(config) != now:
            memory.keep(config)
        if leaves_bytes:
            talk.begin("compact")
            compact_warehouse(config)


@contextmanager
def reading(options: Options) -> Iterator[tuple[Config, Warehouse]]:
    """Open a project to look at it: nothing is written, others may look too, and what is out of date is said."""
    config = load(options.config)
    if not config.warehouse_path.exists():
        raise LookupFailed(f"there is no warehouse {config.warehouse_path} yet", "Run `cxunify resolve` first.")
    with looking(config) as warehouse:
        if "resolve" in pipeline.stale(warehouse, config):
            Talk(options, 1).note(
                "customers are older than their records or settings; `cxunify resolve` brings them up to date"
            )
        yield config, warehouse


@contextmanager
def trying(options: Options) -> Iterator[tuple[Config, Warehouse]]:
    """Open a project to try something that is undone: as a run does, but no run is noted."""
    with reading(options) as (config, _):
        pass  # there is something to try it on, and it was said whether that is up to date
    with hold(config.warehouse_path), Talk(options, 1) as talk, open_warehouse(config, talk) as warehouse:
        talk.begin("trying")
        yield config, warehouse


def open_warehouse(config: Config, talk: Talk | None = None) -> Warehouse:
    """The project's warehouse, able to read the folders of its extracts and to write into its output."""
    config.output_path.mkdir(parents=True, exist_ok=True)
    if (restored := memory.restore(config)) and talk:
        talk.note(f"what was missing is restored from {memory.path_of(config).name}: {', '.join(restored)}")
    warehouse = engine(config.engine, config.spark).open(
        config.warehouse_path,
        ledger=config.ledger_path,
        memory=config.limits.memory,
        threads=config.limits.threads,
        disk=config.limits.disk,
        directories=[config.warehouse_path.parent, config.output_path, *folders(config)],
        listener=talk.built if talk else None,
    )
    ledger.prepare(warehouse)
    name = config.warehouse_path.name
    ledger.claim(warehouse, name, [source for source, mapped in config.sources.items() if mapped.person])
    if (note := ledger.recover(warehouse, config.output_path / "current", name)) and talk:
        talk.note(note)
    return warehouse


def new_run_id(last: str = "") -> str:
    """The moment a run began, UTC: ids sort in time. Where the clock was set back behind the `last` run, the instant after that."""
    now = datetime.now(UTC).strftime(_RUN_ID)
    return (
        now
        if now > last
        else (datetime.strptime(last, _RUN_ID).replace(tzinfo=UTC) + timedelta(microseconds=1)).strftime(_RUN_ID)
    )
