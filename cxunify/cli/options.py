"""What every command shares: its options, where its talk goes, and the exit codes.

stdout is data, stderr is talk. Nothing but this package knows about exit codes.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cxunify import errors, trouble
from cxunify.cli.parts import printable


class Exit(IntEnum):
    """The exit codes, documented in the README."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    GATE = 3
    DATA = 65
    STORAGE = 74
    BUSY = 75
    DAMAGED = 76
    CONFIG = 78


MEANING = {
    Exit.DONE: "done",
    Exit.FAULT: "an unexpected fault: a bug of cxunify",
    Exit.USAGE: "wrong usage: unknown command, option or customer",
    Exit.GATE: "a gate failed: rejects or quality below the configured floor; the old output stands",
    Exit.DATA: "input data cannot be used; a source that is refused by itself stands as it was, and all the others were published",
    Exit.STORAGE: "disk or I/O trouble",
    Exit.BUSY: "another run holds the lock, or the time allowed was up: the next run goes on from there",
    Exit.DAMAGED: "a file of cxunify's own is damaged: `cxunify doctor` mends it",
    Exit.CONFIG: "the configuration is wrong",
}

_CODES: dict[type[errors.CxunifyError], Exit] = {
    errors.LookupFailed: Exit.USAGE,
    errors.GateError: Exit.GATE,
    errors.InputError: Exit.DATA,
    errors.StorageError: Exit.STORAGE,
    errors.DamageError: Exit.DAMAGED,
    errors.BusyError: Exit.BUSY,
    errors.TimeUp: Exit.BUSY,
    errors.ConfigError: Exit.CONFIG,
}


class LogFormat(StrEnum):
    """How the log on stderr is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class Options:
    """The options that every command has."""

    config: Path
    quiet: bool
    verbose: bool
    json: bool
    log_format: LogFormat
    no_color: bool


_SHARED = [
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
    for name, default, annotation in (
        (
            "config",
            Path("cxunify.yaml"),
            Annotated[Path, typer.Option("--config", "-c", envvar="CXUNIFY_CONFIG", help="The configuration.")],
        ),
        ("quiet", False, Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")]),
        (
            "verbose",
            False,
            Annotated[
                bool, typer.Option("--verbose", "-v", help="Every table made, whole or in part; tracebacks of faults.")
            ],
        ),
        ("json", False, Annotated[bool, typer.Option("--json", help="The result as one JSON document on stdout.")]),
        ("log_format", LogFormat.TEXT, Annotated[LogFormat, typer.Option(help="How stderr is written.")]),
        ("no_color", False, Annotated[bool, typer.Option("--no-color", help="Plain text, as NO_COLOR does.")]),
    )
]


def command(app: typer.Typer, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a command: the shared options become its first argument, its failures exit codes."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

        @functools.wraps(function)
        def wrapped(**values: Any) -> None:
            options = Options(**{parameter.name: values.pop(parameter.name) for parameter in _SHARED})
            os.umask(0o077)  # whatever is written is for its owner alone
            with_exit_code(options, lambda: function(options, **values))

        parameters = [*(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own), *_SHARED]
        del wrapped.__wrapped__
        wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        app.command(**settings)(wrapped)
        return function

    return register


def with_exit_code(options: Options, action: Callable[[], Any]) -> None:
    """Run an action; say what went wrong on stderr and leave with its code."""
    try:
        action()
        sys.stdout.flush()  # here, where a closed pipe is understood
    except errors.CxunifyError as error:
        code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), Exit.FAULT)
        _complain(options, error, code)
    except BrokenPipeError:  # the reader of stdout has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.DONE) from None
    except OSError as error:
        what = f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}"
        known = trouble.of(error) or errors.StorageError(what, "Check the free space and the permissions.")
        _complain(options, known, Exit.STORAGE)
    except (typer.Exit, typer.Abort, typer.BadParameter, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a bug: the message may quote data, so it is shown on request only
        if isinstance(found := trouble.of(error), errors.StorageError):
            _complain(options, found, Exit.STORAGE)
        frame = traceback.extract_tb(error.__traceback__)[-1]
        if options.verbose:
            traceback.print_exc()
        where = f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"
        _complain(
            options, errors.CxunifyError(f"unexpected fault: {where}", "Run again with -v and report it."), Exit.FAULT
        )


def _complain(options: Options, error: errors.CxunifyError, code: Exit) -> None:
    if options.log_format is LogFormat.JSON:
        problems = [{"problem": problem.what, "fix": problem.fix} for problem in error.problems]
        sys.stderr.write(json.dumps({"level": "error", "exit_code": code, "problems": problems}) + "\n")
    else:
        for problem in error.problems:
            sys.stderr.write(
                f"error: {printable(problem.what)}\n" + (f"  fix: {printable(problem.fix)}\n" if problem.fix else "")
            )
        if len(error.problems) > 1:
            sys.stderr.write(f"{len(error.problems)} problems\n")
    raise typer.Exit(code)
