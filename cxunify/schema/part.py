"""A part of the gap report -> plain values: how each stands in report.json, said once for all of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, WithJsonSchema

Money = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""In the project's currency."""


@dataclass(frozen=True)
class Part:
    """A frozen value; its fields, in their order, are the keys of an object in report.json."""

    __pydantic_config__: ClassVar = ConfigDict(use_attribute_docstrings=True)

    def document(self) -> dict[str, Any]:
        """The same as plain values: money and shares are rounded numbers, times ISO 8601."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        return value.document()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(round(value, 2))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6)
    return value
