"""text of a configuration + Findings -> the same text with further sources behind those that it has; nothing in it changes."""

from __future__ import annotations

import re

from cxunify.discover import write
from cxunify.discover.look import Findings
from cxunify.errors import ConfigError

_TOP = re.compile(r"[^\s#]")


def extended(text: str, findings: Findings) -> str:
    """The configuration with the new sources at the end of its section `sources`."""
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if re.fullmatch(r"sources:\s*(#.*)?", line)), None)
    if start is None:
        raise ConfigError(
            "the configuration has no section `sources:` of several lines to add to",
            "Write the new files into one of their own (--out), and copy its sources over.",
        )
    end = next((number for number in range(start + 1, len(lines)) if _TOP.match(lines[number])), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    first = next(
        (line for line in lines[start + 1 : end] if line.strip() and not line.lstrip().startswith("#")), "  x:"
    )
    deeper = " " * max(len(first) - len(first.lstrip()) - 2, 0)
    added = [line for found in findings.used for line in write.source(found)]
    added += ["", *(f"  {line}" if line else line for line in write.unused(findings.unused))] if findings.unused else []
    while added and not added[-1]:
        added.pop()
    lines[end:end] = [f"{deeper}{line}".rstrip() for line in added]
    return "\n".join(lines) + "\n"
