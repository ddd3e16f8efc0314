"""text columns -> SQL of texts, ids, flags and maps: pure functions from expression to expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cxunify.warehouse import literal

_BLANKS = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160)"


def edged(column: str) -> str:
    """The condition that a text is empty or has a blank at its edge. Below `!` are blanks and control signs only."""
    ends = " or ".join(f"suffix({column}, {sign})" for sign in ("' '", "chr(9)", "chr(10)", "chr(13)", "chr(160)"))
    return f"{column} < '!' or {ends} or starts_with({column}, chr(160))"


def text(column: str | None, nulls: Iterable[str] = (), *, clean: bool = False, zeros: bool = False) -> str:
    """A text without blanks around it; null when nothing is left, or when it is one of `nulls`.

    `clean`: no value of the column is `edged`, which saves looking at each of them. `zeros`: some hold the character NUL, at
    which half of all tools would end the text: it is left out.
    """
    if column is None:
        return "null::varchar"
    column = f"replace({column}, chr(0), '')" if zeros else column
    # Trimming many signs is slow and hardly ever needed: look at the edges first.
    trimmed = (
        column if clean else f"(case when {edged(column)} then nullif(trim({column}, {_BLANKS}), '') else {column} end)"
    )
    listed = ", ".join(literal(null) for null in nulls)
    return f"(case when {trimmed} in ({listed}) then null else {trimmed} end)" if listed else trimmed


def identifier(value: str, *, apostrophe: bool, decimals: bool, rounded: bool = False) -> str:
    """An id as people know it: without a spreadsheet's leading apostrophe, and without `.0` where the column came as floats.

    `rounded`: some values of the column are `scientific`; such a value is no id.
    """
    if apostrophe:
        value = f"nullif(case when starts_with({value}, '''') then substr({value}, 2) else {value} end, '')"
    value = f"regexp_replace({value}, '\\.0+$', '')" if decimals else value
    return f"(case when not {scientific(value)} then {value} end)" if rounded else value


def scientific(value: str) -> str:
    """The condition that a spreadsheet has rounded a number to its first digits, as in 7.21045E+12."""
    return f"regexp_full_match({value}, '[0-9]([.,][0-9]+)?[eE]\\+[0-9]+')"


def flag(value: str, allowed: Iterable[str], refused: Iterable[str]) -> str:
    """A boolean from the words that mean yes and those that mean no; null for anything else."""
    cases = " ".join(
        f"when {value} in ({', '.join(literal(word) for word in words)}) then {means}"
        for words, means in ((allowed, "true"), (refused, "false"))
        if words
    )
    return f"case {cases} end" if cases else "null::boolean"


def unless(value: str, silent: Iterable[str]) -> str:
    """A text, but null where it is one of the words that say nothing."""
    listed = ", ".join(literal(word) for word in silent)
    return f"case when {value} in ({listed}) then null else {value} end" if listed else value


def texts(values: Iterable[str]) -> str:
    """A list of those of several texts that are there."""
    values = list(values)
    if not values:
        return "[]::varchar[]"
    if len(values) == 1:
        return f"case when {values[0]} is null then []::varchar[] else [{values[0]}] end"
    return f"list_filter([{', '.join(values)}], lambda item: item is not null)"


def listed(values: Iterable[str]) -> str:
    """The ids in several texts that list them, whatever stands between and around them; a time behind a colon is left out."""
    values = list(values)
    if not values:
        return "[]::varchar[]"
    # Whatever stands between ids becomes a semicolon, and so does what stands around them.
    marks = """',| []"' || chr(39) || chr(9) || chr(10) || chr(13)"""
    parts = f"string_split(translate(concat_ws(';', {', '.join(values)}), {marks}, ';;;;;;;;;;'), ';')"
    ids = f"list_transform({parts}, lambda item: regexp_replace(split_part(item, ':', 1), '\\.0+$', ''))"
    return f"list_filter({ids}, lambda item: item <> '')"


def pairs(values: Mapping[str, str], type_: str = "varchar") -> str:
    """A map of those of several named values that are there."""
    if not values:
        return f"map()::map(varchar, {type_})"
    if len(values) == 1:
        ((name, value),) = values.items()
        return f"case when {value} is null then map()::map(varchar, {type_}) else map([{literal(name)}], [{value}]) end"
    entries = ", ".join(f"{{'k': {literal(name)}, 'v': {value}}}" for name, value in values.items())
    return f"map_from_entries(list_filter([{entries}], lambda item: item.v is not null))"


def statements(values: Mapping[str, tuple[str, str]]) -> str:
    """A map of booleans by name, from what is said (null: nothing) and what it means (null: that is not understood)."""
    empty = "map()::map(varchar, boolean)"
    if not values:
        return empty
    if len(values) == 1:
        ((name, (said, value)),) = values.items()
        return f"case when {said} is null then {empty} else map([{literal(name)}], [{value}]) end"
    entries = ", ".join(
        f"{{'k': {literal(name)}, 'v': {value}, 'is_said': {said} is not null}}"
        for name, (said, value) in values.items()
    )
    stated = f"list_filter([{entries}], lambda item: item.is_said)"
    return f"map_from_entries(list_transform({stated}, lambda item: {{'k': item.k, 'v': item.v}}))"


def content(columns: Iterable[tuple[str, str]]) -> str:
    """An id made of everything that a row says (name and expression of each column): equal content, equal id."""
    said = ", ".join(f"{literal(name + chr(30))} || {column}" for name, column in sorted(columns))
    return f"left(md5(concat_ws(chr(31), {said})), 24)"
