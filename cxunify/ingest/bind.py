"""mapping keys + header -> columns: which column of an extract each key of the mapping means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from cxunify.config import CurrencyOf, Flag, Key, KindOf, Money, Phrase, Source, Text, When
from cxunify.vocabulary.headers import fold
from cxunify.warehouse import literal, quote


@dataclass(frozen=True)
class Reference:
    """One mention of a column in the mapping."""

    key: str
    """Where it is mentioned, such as `person.email`."""
    column: str
    optional: bool


@dataclass(frozen=True)
class Element:
    """A name of the mapping up to brackets: `line_items[]`, each element of a list, or `params[key=page]`, one of them."""

    name: str
    parent: str
    """The name of the list."""
    key: str
    """Of the element that is meant: the field that tells it; empty: each element is a row of its own."""
    value: str

    @property
    def spreads(self) -> bool:
        """Whether each element is a row of its own."""
        return not self.key


_PLACE = re.compile(r"\[(\d+)\](?=[.\[]|$)")
"""A place in a list, as others write it."""
_PIECE = re.compile(r"(.+)\{(\W)(\d+)\}")
"""A piece of each entry of a list in one text: `product_list{;4}`, the fourth between semicolons, where commas part the entries."""
_BRACKETS = re.compile(r"\[(?:([^\[\]=]+)=([^\[\]]*))?\](?=[.\[]|$)")


@dataclass(frozen=True)
class Columns:
    """The columns of a source's raw table; knows which of them a name of the mapping means.

    An exact match wins; then one that differs in marks, blanks or capitals only. A dotted name such as `context.page.url`
    that is no column reaches into the JSON kept in the column of its first part; a number in it is a place in a list, the
    first being 0, and `*` at its end whichever of an object's fields is filled. What a name says up to its last brackets
    is a column that reading has made: see Element. A name that ends in braces adds up one piece of each entry of a text.
    """

    names: tuple[str, ...]

    def find(self, name: str) -> str | None:
        """The column for a name of the mapping; None when there is none."""
        # of `Email` and `EMAIL` in one header, the second is called `EMAIL (2)`: names in SQL know no capitals
        for column in (name, *(f"{name} ({number})" for number in range(2, 10))):
            if column in self.names:
                return column
        return next((column for column in self.names if fold(column) == fold(name)), None)

    def sql(self, name: str | None) -> str | None:
        """The text in a column as SQL, None when there is no such column."""
        if name is None:
            return None
        column = self.find(name)
        if column is not None:
            return quote(column)
        if (piece := _PIECE.fullmatch(name)) and (column := self.find(piece[1])):
            return _added(quote(column), literal(piece[2]), int(piece[3]))
        first, rest = _split(name)
        column = self.find(first) if rest else None
        if column is None:
            return None
        parts = rest.split(".")
        if parts[-1] == "*" and len(parts) > 1:
            fields = (
                f"json_extract_string({_document(column, parts)}, {literal(_path(parts[:-1], listed=False) + '.*')})"
            )
            return f"list_filter({fields}, lambda item: item <> '')[1]"
        paths = dict.fromkeys((_path(parts, listed=False), _path(parts, listed=True)))
        found = [f"json_extract_string({_document(column, parts)}, {literal(path)})" for path in paths]
        return f"coalesce({', '.join(found)})" if len(found) > 1 else found[0]

    def lists(self, name: str) -> dict[str, str]:
        """The parts of a dotted name that lead into a list of which it names no element, each with its condition."""
        first, rest = _split(name)
        column = self.find(first) if rest and self.find(name) is None else None
        if column is None:
            return {}
        parts = rest.split(".")
        found = {first: f"starts_with({quote(column)}, '[')"} if not parts[0].isdecimal() else {}
        for at in range(1, len(parts)):
            if not parts[at].isdecimal():
                kind = f"json_type({_document(column, parts)}, {literal(_path(parts[:at], listed=True))})"
                # few documents hold any list, and to read all of them would cost as much as the values do
                found[".".join([first, *parts[:at]])] = (
                    f"case when contains({quote(column)}, '[') then {kind} = 'ARRAY' end"
                )
        return found

    def with_elements(self, source: Source) -> Columns:
        """These and the columns that reading makes of their lists."""
        columns = self
        for element in elements(source):
            if columns.find(element.name) is None and columns.sql(element.parent) is not None:
                columns = Columns((*columns.names, element.name))
        return columns


def elements(source: Source) -> list[Element]:
    """What the names of a mapping say up to brackets: outer lists before inner ones, what is picked before what is spread."""
    found: dict[str, Element] = {}
    for name in wanted(source):
        for match in _BRACKETS.finditer(name):
            whole = name[: match.end()]
            key, value = (match[1] or "").strip(), (match[2] or "").strip().strip("'\"")
            found.setdefault(fold(whole), Element(whole, name[: match.start()], key, value))
    return sorted(found.values(), key=lambda element: (len(_BRACKETS.findall(element.name)), element.spreads))


def is_of_lines(names: Iterable[str]) -> bool:
    """Whether some of these names lead into elements of which each is a row of its own."""
    return any(not match[1] for name in names for match in _BRACKETS.finditer(name))


def head(name: str) -> str:
    """The column that a name begins with, where it is no column's own."""
    return re.split(r"[.\[]" if _BRACKETS.search(name) or _PLACE.search(name) else r"\.", name, maxsplit=1)[0]


def _split(name: str) -> tuple[str, str]:
    """The column that a name which is none reaches into, and the way within it."""
    name = _PLACE.sub(r".\1", name)
    last = next((match.end() for match in reversed(list(_BRACKETS.finditer(name)))), 0)
    first, _, rest = name[last:].partition(".")
    return name[:last] + first, rest


def _added(column: str, sign: str, place: int) -> str:
    """The sum of one piece of each entry of a text, as text; what it says instead of numbers, where one of them is none."""
    split = f"[trim(split_part(entry, {sign}, {place})) for entry in string_split({column}, ',')]"
    pieces = f"list_filter({split}, lambda piece: piece <> '')"
    numbers = f"[try_cast(piece as decimal(18, 6)) for piece in {pieces}]"
    added = (
        f"case when list_count({numbers}) < len({numbers}) then {pieces}::varchar else list_sum({numbers})::varchar end"
    )
    return f"case when contains({column}, {sign}) then {added} end"


def _document(column: str, parts: list[str]) -> str:
    """The JSON in a column: an object, or a list where the path into it begins with a place."""
    signs = ("{", "[") if parts[0].isdecimal() else ("{",)
    is_json = " or ".join(f"starts_with({quote(column)}, '{sign}')" for sign in signs)
    return f"case when {is_json} then {quote(column)} end"


def _path(parts: list[str], *, listed: bool) -> str:
    """A path into JSON; `listed`: a number in it is a place in a list, the first being 0."""
    return "$" + "".join(f"[{part}]" if listed and part.isdecimal() else f'."{part}"' for part in parts)


def references(source: Source) -> list[Reference]:
    """Every mention of a column in a source's mapping."""
    found = [Reference("skip", column, optional=False) for column in source.skip]
    for part, model in (("person", source.person), ("interaction", source.interaction)):
        if model is not None:
            found += _walk(model, part)
    return found


def wanted(source: Source) -> list[str]:
    """The names of columns that a header of this source should have."""
    return list(dict.fromkeys(reference.column for reference in references(source)))


def _walk(model: BaseModel, key: str) -> Iterator[Reference]:
    if isinstance(model, When | Money | Key | Flag | Phrase):
        yield from (Reference(key, name, model.optional) for name in model.names)
        yield from _besides(model, key)
    elif isinstance(model, Text):
        yield Reference(key, model.column, model.optional)
    elif isinstance(model, KindOf | CurrencyOf):
        if model.column:
            yield Reference(key, model.column, model.optional)
        yield from _besides(model, key)
    else:
        for field in type(model).model_fields:
            value = getattr(model, field)
            items = (
                value.items()
                if isinstance(value, dict)
                else enumerate(value)
                if isinstance(value, tuple)
                else [("", value)]
            )
            for name, item in items:
                if isinstance(item, BaseModel):
                    yield from _walk(item, f"{key}.{field}.{name}" if isinstance(value, dict) else f"{key}.{field}")


def _besides(model: BaseModel, key: str) -> Iterator[Reference]:
    """The columns that a field needs besides its own."""
    if isinstance(model, When) and isinstance(model.timezone, Text):
        yield Reference(f"{key}.timezone", model.timezone.column, model.optional or model.timezone.optional)
    elif isinstance(model, Money):
        yield from (Reference(f"{key}.minus", ref.column, ref.optional) for ref in model.minus)
    elif isinstance(model, KindOf):
        yield from (Reference(f"{key}.unless", ref.column, ref.optional) for ref in model.unless)
