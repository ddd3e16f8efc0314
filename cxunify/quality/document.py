"""The JSON Schema of report.json, made from the report's own classes and the sentences beside their fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from cxunify.schema.report import VERSION, Report


def schema() -> dict[str, Any]:
    """The schema that every report.json of this version keeps to."""
    described: dict[str, Any] = TypeAdapter(_Document).json_schema(mode="serialization")
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["title"] = f"The gap report of cxunify, version {VERSION}"
    _plain(described)
    totals = described["$defs"]["Totals"]
    for name, of in (("unidentified_share", "lines"), ("unidentified_revenue_share", "revenue")):
        totals["properties"][name] = {"type": "number", "description": f"Share of {of} that belongs to nobody."}
        totals["required"].append(name)
    return described


@dataclass(frozen=True)
class _Document(Report):
    """The whole gap report."""

    version: int = VERSION
    """Raised when a key is renamed, removed or changes its meaning."""


def _plain(node: Any) -> None:
    """Leave out what says nothing: titles beside a key's own name, and a format that times without a zone do not keep to."""
    if isinstance(node, dict):
        for item in node.values():
            _plain(item)
        if node.get("format") == "date-time":
            node.pop("format")  # ours name no zone: they are UTC
        if isinstance(node.get("title"), str) and "properties" not in node:
            node.pop("title")
    elif isinstance(node, list):
        for item in node:
            _plain(item)
