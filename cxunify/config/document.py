"""YAML text -> plain values: the one dialect that configurations, presets and cases are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml


class Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans (`NO` is a country) and dates stay text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[1] in {"int", "float", "null", "merge"}]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


class _Quick(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same, ten times as fast where the library was built with it."""


_Quick.yaml_implicit_resolvers = Loader.yaml_implicit_resolvers


def document(text: str) -> Any:
    """Parse YAML; raises yaml.YAMLError where it is none."""
    return values(nodes(text))


def nodes(text: str) -> yaml.Node | None:
    """YAML as nodes, which know their lines; raises yaml.YAMLError where it is none, in the same words wherever it runs."""
    try:
        return yaml.compose(text, Loader=_Quick)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=Loader)


def values(node: yaml.Node | None) -> Any:
    """What nodes mean, which it may change: look at them before. Raises yaml.YAMLError."""
    return None if node is None else Loader("").construct_document(node)


_DEEPEST = 40
_MOST_NODES = 100_000
"""No configuration is deeper, or larger once its aliases stand for what they mean."""


def overgrown(text: str) -> tuple[int, str] | None:
    """The line where YAML nests too deep, refers to itself or grows beyond all bounds, and what it does; None where it does not.

    Only events are looked at, one after the other: whatever the text means is not built for it. Raises yaml.YAMLError.
    """
    try:
        return _overgrown(yaml.parse(text, Loader=_Quick))
    except yaml.YAMLError:
        return _overgrown(yaml.parse(text, Loader=Loader))


def _overgrown(events: Iterable[yaml.Event]) -> tuple[int, str] | None:
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = [(None, 0)]
    for event in events:
        line, anchor = getattr(event.start_mark, "line", 0) + 1, getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == name for name, _ in open_):
                return line, "an alias stands within what it stands for"
            added = sizes.get(str(anchor), 1)  # an alias of nothing is refused when it is read
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            open_.append((anchor, 1))
            if len(open_) > _DEEPEST:
                return line, f"it is nested more than {_DEEPEST} levels deep"
            continue
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            anchor, added = open_.pop()
        elif isinstance(event, yaml.ScalarEvent):
            added = 1
        else:
            continue
        if anchor is not None and not isinstance(event, yaml.AliasEvent):
            sizes[anchor] = added
        name, size = open_.pop()
        open_.append((name, size + added))
        if size + added > _MOST_NODES:
            return line, f"its aliases make more than {_MOST_NODES:,} values of it"
    return None
