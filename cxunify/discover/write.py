"""Findings -> the text of a configuration: each line with its evidence or its doubt, and what is not used with the reason."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from cxunify.config import Identity, Profile, Publish, Quality
from cxunify.discover.findings import Choice, Found, Place, Unused
from cxunify.discover.look import Findings
from cxunify.schema.words import counted

_PLAIN = re.compile(r"[A-Za-z_][\w ./()*+-]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", ""}
_ORDER = (
    "id", "given_name", "middle_name", "family_name", "full_name", "name_suffix", "gender", "company", "email", "phone", "street",
    "unit",
    "city", "region", "postal_code", "country", "birth_date", "at", "kind", "amount", "currency", "quantity", "location", "product",
    "page", "referrer", "session", "case_id", "agent", "campaign", "reason", "outcome", "score", "person", "identifiers", "consent",
    "attributes", "merged_into", "merged_ids", "created_at", "updated_at", "properties",
)  # fmt: skip
_WIDTH = 118
_REST = f"""\
# What else there is, each with its default; `cxunify schema` has every option:
#
# identity: {{threshold: {Identity().threshold}}}              # probability from which records are one person
# quality: {{max_reject_share: {Quality().max_reject_share}}}       # beyond it, rejected rows keep `run` from publishing
# publish: {{personal_data: {Publish().personal_data}}}          # full, hashed (keyed) or none
# profile: {{session_minutes: {Profile().session_minutes}}}          # silence that ends a web session
"""


def text(findings: Findings) -> str:
    """The whole configuration."""
    lines = [
        "# Written by `cxunify init`, out of headers and values. Read what is marked `# unsure:` and correct it;",
        "# then: cxunify check, cxunify run.",
        "",
        "version: 1",
        *(_place(place) for place in findings.places),
        "",
        "sources:",
    ]
    for found in findings.used:
        lines += source(found)
    lines += ["", *unused(findings.unused), *_REST.splitlines()]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def source(found: Found) -> list[str]:
    """The lines of one source, two blanks in."""
    lines = ["", *_comment(f"{', '.join(found.files)}: {counted(found.rows, 'row')}; a row is {_is(found)}", "  ")]
    for note in found.notes:
        lines += _comment(note, "  ")
    lines += [f"  {found.name}:"]
    lines += [] if found.setting("channel") else [f"    channel: {found.channel}"]
    lines += [f"    files: {_listed(found.files)}"]
    for choice in found.settings:
        if choice.told:
            lines += _lines(choice, choice.key, "    ")
    for part in ("person", "interaction"):
        own = [choice for choice in found.choices if choice.told and choice.key.startswith(f"{part}.")]
        if own:
            lines += _part(part, own)
    lines += _unmapped(found.unmapped)
    return lines


def unused(files: Iterable[Unused]) -> Iterator[str]:
    """The files that are no source, with the reason, as comments."""
    listed = list(files)
    if listed:
        yield "# Not used:"
        for one in listed:
            yield from _comment(f"{one.file}: {one.reason}", "", hang="  ")
        yield ""


def mapping(choice: Choice) -> Any:
    """What stands behind the key of a line."""
    options = dict(choice.options)
    if "value" in options:
        return {**options} if "unless" in options else options["value"]
    field = choice.key.split(".")[1] if "." in choice.key else choice.key
    if options.pop("multiply", None):
        return {"multiply": list(choice.columns), **options}
    if field in {"email", "phone", "street"}:
        return list(choice.columns) if len(choice.columns) > 1 else choice.columns[0]
    if len(choice.columns) > 1:
        return {"columns": list(choice.columns), **options} if options else list(choice.columns)
    column = choice.columns[0]
    return {"column": column, **options} if options or field in {"kind", "currency"} else column


def _part(part: str, choices: list[Choice]) -> list[str]:
    """The lines of `person` or `interaction`; a part of which no line counts is a comment altogether."""
    lines = [f"    {part}:" if any(choice.active for choice in choices) else f"    # {part}:"]
    names = [choice.key.split(".")[1] for choice in choices]
    for name in sorted(dict.fromkeys(names), key=lambda n: _ORDER.index(n) if n in _ORDER else 99):
        own = [choice for choice, of in zip(choices, names, strict=True) if of == name]
        nested = own[0].key.count(".") > 1
        if nested:
            lines.append(f"      {name}:" if any(choice.active for choice in own) else f"      # {name}:")
        for choice in sorted(own, key=lambda one: not one.active):
            lines += _lines(choice, choice.key.split(".")[-1], "        " if nested else "      ")
    return lines


def _lines(choice: Choice, key: str, margin: str) -> list[str]:
    line = f"{margin}{'' if choice.active else '# '}{key}: {_flow(mapping(choice))}"
    why = choice.why
    if not choice.sure:
        others = f"; or: {', '.join(choice.others)}" if choice.others else ""
        why = f"unsure: {why}{others}"
    if not why:
        return [line]
    room = max(len(line) + 2, 44)
    if len(why) + room + 2 <= _WIDTH:
        return [f"{line:<{room}}# {why}"]
    return [*_comment(why, margin, hang="  "), line]


def _unmapped(columns: dict[str, str]) -> list[str]:
    """The columns that no line names, by the reason."""
    if not columns:
        return []
    by_reason: dict[str, list[str]] = {}
    for name, reason in columns.items():
        by_reason.setdefault(reason, []).append(name)
    lines: list[str] = []
    for reason, names in sorted(by_reason.items()):
        lines += _comment(f"not mapped{f' ({reason})' if reason else ''}: {', '.join(names)}", "    ", hang="  ")
    return lines


def _place(place: Place) -> str:
    others = f"; or: {', '.join(place.others)}" if place.others and not place.sure else ""
    why = place.why if place.sure else f"unsure: {place.why}{others}"
    return f"{f'{place.key}: {place.value}':<36}  # {why}"


def _is(found: Found) -> str:
    return {"person": "a person", "interaction": "something that happened"}.get(
        found.role, "something that happened, and whose it is"
    )


def _comment(told: str, margin: str, hang: str = "") -> list[str]:
    clean = "".join(sign if sign.isprintable() else " " for sign in told)
    return textwrap.wrap(
        clean,
        _WIDTH,
        initial_indent=f"{margin}# ",
        subsequent_indent=f"{margin}# {hang}",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _listed(values: tuple[str, ...]) -> str:
    return _flow(values[0] if len(values) == 1 else list(values))


def _flow(value: Any) -> str:
    """A value in one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return "null" if value is None else str(value)
    if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS and value == value.strip() and "*" not in value[:1]:
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())
