"""How an extract says whether somebody may be contacted: in a column, by the file that a row is in, or for all rows alike."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from cxunify.config.columns import Model

_WAYS = ("column", "file", "value")


def _as_words(value: Any) -> Any:
    """YAML reads 1 and true as something else than the words that stand in a column."""
    if not isinstance(value, dict):
        return value
    return {(str(word).lower() if isinstance(word, bool) else str(word)): means for word, means in value.items()}


Meanings = Annotated[dict[str, bool | None], BeforeValidator(_as_words)]


class Flag(Model):
    """Whether contact is allowed: by a column of yes and no, by the file that a row is in, or the same for all rows."""

    column: str | None = Field(None, description="A column of yes and no, in any of the ways people write them.")
    optional: bool = Field(False, description="Do without it where the extract has no such column.")
    negate: bool = Field(False, description="The column says the opposite: true means not allowed.")
    unless: str | None = Field(
        None,
        description="Another column, of opting out or of the day of it: where it says so, contact is not allowed, whatever `column`"
        " says.",
    )
    map: Meanings = Field(
        default_factory=dict,
        description="A word of the column, any case, to whether contact is allowed, whatever `negate` says; null: it says nothing."
        " Words that neither this nor the known ones explain are no consent, and are told.",
    )
    file: Meanings = Field(
        default_factory=dict,
        description="Name of a file, or a pattern with * and ?, any case, to whether those in it may be contacted; null: it says"
        " nothing. Of several that fit, the last one counts; a file that none fits is no consent, and is told.",
    )
    value: bool | None = Field(None, description="The same for all rows: false for a list of those who opted out.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [way for way, said in zip(_WAYS, (self.column, self.file, self.value is not None), strict=True) if said]
        if len(ways) != 1:
            raise ValueError("it is said in one way; give either the `column`, or `file`, or a `value` for all rows")
        if not self.column and (self.negate or self.map or self.optional or self.unless):
            raise ValueError(
                "`map`, `negate`, `unless` and `optional` are of a column; `file` and `value` say what is meant"
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The column, where it is one that says it, and the one that takes it back."""
        return tuple(name for name in (self.column, self.unless) if name)


def _as_flag(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


FlagRef = Annotated[Flag, BeforeValidator(_as_flag)]
