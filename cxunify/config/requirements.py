"""quality/readiness.yaml, quality/checks -> what capabilities need of the data, and the names that a configuration may override."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

from cxunify.config.document import document
from cxunify.errors import nearest

_HEADER = re.compile(r"-- (\w+): (.*)")
_MORE = re.compile(r"-- {2,3}( *.*)")


@cache
def catalogue() -> dict[str, Any]:
    """The capabilities and measures as they ship."""
    listed = (resources.files("cxunify") / "quality" / "readiness.yaml").read_text(encoding="utf-8")
    shipped: dict[str, Any] = document(listed)
    return shipped


def requirement(name: str) -> str:
    """The name of a requirement, `capability.measure`. Raises ValueError, with the nearest one, where there is none."""
    needs = {capability: spec["needs"] for capability, spec in catalogue()["capabilities"].items()}
    capability, _, measure = name.partition(".")
    if capability not in needs:
        near = nearest(capability, needs)
        meant = f"did you mean `{near}`? " if near else ""
        raise ValueError(f"there is no capability {capability}; {meant}Those are: {', '.join(needs)}")
    if measure not in needs[capability]:
        near = nearest(measure, needs[capability])
        meant = f"did you mean `{capability}.{near}`? " if near else ""
        raise ValueError(
            f"{capability} needs no {measure or 'such thing'}; {meant}It needs: {', '.join(needs[capability])}"
        )
    return name


@cache
def checks() -> dict[str, str]:
    """Every check of the gap report, by name: the text of its file."""
    listed = (resources.files("cxunify") / "quality" / "checks").iterdir()
    files = sorted((file for file in listed if file.name.endswith(".sql")), key=lambda file: file.name)
    return {file.name.removesuffix(".sql"): file.read_text(encoding="utf-8") for file in files}


def header(text: str) -> tuple[dict[str, str], str]:
    """The keys that a check's file opens with, and its SELECT."""
    values: dict[str, str] = {}
    last, at = "", 0
    lines = text.splitlines()
    for at, line in enumerate(lines):  # noqa: B007 - the first line after the header is wanted
        if match := _HEADER.fullmatch(line):
            last = match[1]
            values[last] = match[2].strip()
        elif last and (match := _MORE.fullmatch(line)):
            values[last] += ("\n" if last == "paste" else " ") + (match[1] if last == "paste" else match[1].strip())
        else:
            break
    return values, "\n".join(lines[at:]).strip()


def check(name: str) -> str:
    """The name of a check. Raises ValueError, with the nearest one, where there is none."""
    if name not in checks():
        near = nearest(name, checks())
        meant = f"did you mean `{near}`? " if near else ""
        raise ValueError(f"there is no check {name}; {meant}Those are: {', '.join(checks())}")
    return name
