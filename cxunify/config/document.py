"""YAML text -> plain values: the one dialect that configurations, presets and cases are written in."""

from __future__ import annotations

import re
from typing import Any

import yaml


class Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans (`NO` is a country) and dates stay text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[1] in {"int", "float", "null", "merge"}]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def document(text: str) -> Any:
    """Parse YAML; raises yaml.YAMLError where it is none."""
    return yaml.load(text, Loader=Loader)  # noqa: S506 - a SafeLoader with fewer types
