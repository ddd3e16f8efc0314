"""What the id of a row is made of: a column, or several that are unique together."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from cxunify.config.columns import Columns


class Key(Columns):
    """An id: a column, or several that are unique together only (date, till, number)."""

    columns: tuple[str, ...] = Field(
        (), description="The columns that are unique together, such as [date, till, number]."
    )


def _as_key(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return {"columns": value}
    return {"column": value} if isinstance(value, str) else value


KeyRef = Annotated[Key, BeforeValidator(_as_key)]
