"""A check's `paste` and the configuration -> lines of cxunify.yaml that can be pasted as they are; none where they cannot be made.

`{field|key=value}` in a paste stands for the mapping of a field as it is now with one key more, written as JSON, which is YAML
too; `{self|…}` is the mapping of the gap's own field, and `{kinds}` the values that map to no kind. `{words}` is the mapping of a
channel of consent with the words that are not understood, each taken for no; `{ignore}` what does not count in identifiers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from cxunify.config import Config, Source

_MAPPING = re.compile(r"\{(\w+)\|(\w+)=([^|]+)\}")


class _Unknown(Exception):
    """What the lines need is not in the configuration."""


def paste(
    template: str,
    config: Config,
    source: str | None,
    field: str | None,
    days: Sequence[str] = (),
    values: Iterable[str] = (),
) -> str:
    """The lines. `days` without rows join those that are closed already; `values` are words that no kind is known for."""
    mapped = config.sources.get(source) if source else None
    simple = {
        "{source}": source or "",
        "{currency}": config.currency,
        "{closed}": _json([*config.quality.closed, *(day for day in days if day not in config.quality.closed)]),
        "{others_first}": _json(_others_first(config, source)),
        "{subject}": "person" if mapped and mapped.person and hasattr(mapped.person, str(field)) else "interaction",
        "{field}": field or "",
        "{rates}": config.rates or "rates.csv",
        "{code}": (field or "").rpartition(".")[2],
        "{day}": days[0] if days else "",
    }
    for name, text in simple.items():
        template = template.replace(name, text)
    try:
        if "{ignore}" in template:
            return template.replace("{ignore}", _ignored(config, str(field), values))
        if "{words}" in template:
            return template.replace("{words}", _consent(mapped, str(field), values))
        return _MAPPING.sub(
            lambda found: _with(mapped, str(field), dict.fromkeys(values, "other"), *found.groups()), template
        )
    except _Unknown:
        return ""


def _ignored(config: Config, field: str, what: Iterable[str]) -> str:
    """What does not count when identifiers are compared, with what is to be added for a field."""
    key = field.removeprefix("identifiers.")
    known = {name: list(parts) for name, parts in config.identity.ignore.items()}
    return _json({**known, key: list(dict.fromkeys([*known.get(key, []), *what]))})


def _consent(source: Source | None, field: str, words: Iterable[str]) -> str:
    """The mapping of a channel of consent in which each of the words means no, as it does now."""
    channel = field.partition(".")[2]
    ref = source.person.consent.get(channel) if source and source.person else None
    means = dict.fromkeys(words, False)
    if ref is None or not means:
        raise _Unknown
    mapping, key = ref.model_dump(mode="json", exclude_defaults=True), "map" if ref.column else "file"
    return _json({channel: {**mapping, key: {**mapping.get(key, {}), **means}}})


def _others_first(config: Config, source: str | None) -> list[str]:
    """The sources of people, the one in doubt last."""
    people = [name for name, of in config.sources.items() if of.person is not None]
    return [*(name for name in people if name != source), *(name for name in people if name == source)]


def _with(source: Source | None, own: str, kinds: dict[str, str], name: str, key: str, value: str) -> str:
    """A field's mapping with one key more."""
    name = own if name == "self" else name
    ref = next(
        (
            ref
            for subject in (source and source.person, source and source.interaction)
            if (ref := getattr(subject, name, None))
        ),
        None,
    )
    if ref is None or key not in type(ref).model_fields:
        raise _Unknown
    mapping: dict[str, Any] = ref.model_dump(mode="json", exclude_defaults=True)
    new = kinds if value == "{kinds}" else json.loads(value)
    if isinstance(new, dict):
        if "column" not in mapping:  # one kind for all: no column says which rows are of another
            raise _Unknown
        new = {**new, **mapping.get(key, {})} if key == "map" else new
    return _json({**mapping, key: new})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
