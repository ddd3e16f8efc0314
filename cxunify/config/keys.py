"""What the id of a row is made of: a column, or several that are unique together."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from cxunify.config.columns import Columns, as_columns


class Key(Columns):
    """An id: a column, or several that are unique together only (date, till, number)."""

    columns: tuple[str, ...] = Field(
        (), description="The columns that are unique together, such as [date, till, number]."
    )


KeyRef = Annotated[Key, BeforeValidator(as_columns)]
