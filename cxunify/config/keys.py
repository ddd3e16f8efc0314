"""What the id of a row is made of: a column, or several that are unique together."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from cxunify.config.columns import Model


class Key(Model):
    """An id: a column, or several that are unique together only (date, till, number)."""

    columns: tuple[str, ...] = Field(
        (), description="The columns that are unique together, such as [date, till, number]."
    )
    column: str | None = None
    optional: bool = Field(False, description="Do without it where the extract has no such column.")

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.column) == bool(self.columns):
            raise ValueError("name one `column`, or several `columns` that are unique together")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, whichever way they were written."""
        return self.columns or (str(self.column),)


def _as_key(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return {"columns": value}
    return {"column": value} if isinstance(value, str) else value


KeyRef = Annotated[Key, BeforeValidator(_as_key)]
