"""raw.<source> -> Column: how each column is filled and what its distinct values look like, in two queries per table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property

from cxunify.ingest.dates import LOCAL, ZONED
from cxunify.vocabulary import currencies, flags, lists, places, timezones
from cxunify.vocabulary.email import SHAPE
from cxunify.warehouse import Warehouse, literal, quote

MOST_ROWS = 60_000
"""Rows that are looked at for what values look like; of more, every so many-th."""
MOST_WORDS = 80
"""Values of a column that are looked at one by one: the most frequent ones."""
_MONTH = r"(jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zé]*"
_GAP = r"[\s\x{a0}\x{202f}]"
"""A blank, also one that keeps a number on one line."""
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]\.?m\.?)?"
_SPELLED = r"\d{4}[年년] ?\d{1,2}[月월] ?\d{1,2}[日일]( ?\d{1,2}[時时시].*)?"
SHAPES = {
    "email": SHAPE,
    "phone": r"'?[+(]?[0-9][0-9 ()./+-]{5,24}( ?(x|ext\.?) ?[0-9]{1,6})?",
    "zoned": rf"(?i:{ZONED})",
    "date": rf"((?i:{LOCAL}|{ZONED})|{_SPELLED}|\d{{1,4}}[/.]\d{{1,2}}[/.]\d{{1,4}}|\d{{1,2}}-\d{{1,2}}-\d{{4}}"
    rf"|(\w{{3,9}},? )?\d{{1,2}}[. -]*{_MONTH}[.,]?[ -]*\d{{2,4}}|(\w{{3,9}},? )?{_MONTH}[ -]\d{{1,2}}(,? |-)\d{{2,4}})"
    rf"([ t,]+{_CLOCK}.*)?",
    "clock": _CLOCK,
    "epoch": r"1\d{9}(\.\d+)?|1\d{12}|1\d{15}",
    "compact": r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{4}|\d{6})?",
    "integer": r"'?-?\d+(\.0+)?",
    "number": rf"[-+(]?{_GAP}*([a-z]{{0,3}}[$€£¥￥₩₫]|[a-z]{{3}})?{_GAP}*[-+]?(\d(?:[\d.,'’]|{_GAP})*|[.,]\d+)\)?-?{_GAP}*"
    r"([$€£¥￥₩₫%円元원đ]|[a-z]{3}|kr|zł)?",
    "negative": r"\(.*\d.*\)|\s*[a-z$€£¥]{0,3}\s*-.*\d.*|.*\d-",
    "signed": r".*[$€£¥￥₩₫].*",
    "md5": r"[0-9a-f]{32}",
    "sha1": r"[0-9a-f]{40}",
    "sha256": r"[0-9a-f]{64}",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "url": r"https?://.*",
    "ip": r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}",
    "json": r"[\[{].*",
    "letters": r"[^0-9@]*\p{L}[^0-9@]*",
    "digit": r".*\d.*",
    "blank": r"\S+\s.*",
}
"""What a value looks like in small letters, as RE2 writes it."""
_BASE64 = {"md5_base64": r"[A-Za-z0-9+/]{22}==", "sha256_base64": r"[A-Za-z0-9+/]{43}="}
HASHES = ("md5", "sha256", "md5_base64", "sha256_base64", "sha1")
EMPTY_HASHES = tuple(word for word in lists.listed("identifier") if re.fullmatch("[0-9a-f]{32,64}", word))
"""MD5, SHA-1 and SHA-256 of the empty text."""


@dataclass(frozen=True)
class Column:
    """A column of a series, by what was looked at."""

    name: str
    rows: int
    filled: int
    distinct: int
    longest: int
    shares: dict[str, float] = field(default_factory=dict)
    """Of distinct values: those of each shape."""
    words: tuple[tuple[str, int], ...] = ()
    """The most frequent values, each with its rows."""

    @property
    def fill(self) -> float:
        """The share of rows that have a value."""
        return self.filled / self.rows if self.rows else 0.0

    def share(self, *shapes: str) -> float:
        """The largest of the shares of several shapes."""
        return max(self.shares.get(shape, 0.0) for shape in shapes)

    @property
    def hash(self) -> str | None:
        """Which hash its values are, if they are."""
        return next((shape for shape in HASHES if self.share(shape) >= 0.9), None)

    @property
    def is_date(self) -> bool:
        """Whether nearly all of its values are dates or times."""
        return self.share("date", "epoch", "compact") >= 0.9

    @property
    def is_number(self) -> bool:
        """Whether nearly all of its values are numbers or amounts."""
        return self.share("number") >= 0.9 and not self.share("date") >= 0.5

    @property
    def few(self) -> bool:
        """Whether it has few values, each in many rows."""
        return 0 < self.distinct <= 60 and (self.distinct <= max(2, self.filled * 0.5) or self.distinct <= 5)

    @cached_property
    def flag(self) -> float:
        """The share of the frequent values that are words of yes and no, of consent and of its refusal."""
        return self._known(lambda word: flags.meaning(word) is not flags.Meaning.UNCLEAR)

    @cached_property
    def currency(self) -> float:
        """The share of the frequent values that are codes, names or signs of currencies."""
        return self._known(lambda word: currencies.sense(word) is not None)

    @cached_property
    def zone(self) -> float:
        """The share of the frequent values that name a time zone."""
        return self._known(lambda word: re.search("[A-Za-z]", word) is not None and timezones.zone(word) is not None)

    @cached_property
    def country(self) -> float:
        """The share of the frequent values that are countries."""
        return self._known(lambda word: country_of(word) is not None)

    def _known(self, known: Callable[[str], bool]) -> float:
        return sum(1 for word, _ in self.words if known(word)) / len(self.words) if self.words else 0.0


def country_of(word: str) -> str | None:
    """The country that a code or a name means."""
    return _countries().get(flags.folded(word))


@cache
def _countries() -> dict[str, str]:
    from phonenumbers import SUPPORTED_REGIONS  # slow to import, and not needed by the rest

    return dict(places.countries(*SUPPORTED_REGIONS))


def profile(warehouse: Warehouse, table: str, columns: Iterable[str], rows: int) -> dict[str, Column]:
    """Each column by its name."""
    names = list(columns)
    if not rows:
        return {name: Column(name, 0, 0, 0, 0) for name in names}
    step = -(-rows // MOST_ROWS)
    where = f" where source_row % {step} = 0" if step > 1 else ""
    looked = int(warehouse.scalar(f"select count(*) from {table}{where}"))
    placed = ", ".join(f"{quote(name)} as c{place}" for place, name in enumerate(names))
    nothing = lists.quoted(("", "\\n", *lists.listed("null")))
    counted = (
        f"(select name, trim(value) as value, count(*) as n from (unpivot (select {placed} from {table}{where})"
        f" on columns(*) into name name value value) where lower(trim(value)) not in ({nothing}) group by 1, 2)"
    )
    warehouse.execute(f"create or replace temp table looked as from {counted}")
    shares = ", ".join(
        [f"avg((regexp_full_match(lower(value), {literal(pattern)}))::int)" for pattern in SHAPES.values()]
        + [f"avg((regexp_full_match(value, {literal(pattern)}))::int)" for pattern in _BASE64.values()]
    )
    told = warehouse.rows(
        f"select name, sum(n)::bigint, count(*), max(length(value)), {shares} from looked group by name"
    )
    frequent: dict[str, list[tuple[str, int]]] = {}
    for name, value, count in warehouse.rows(
        "select name, value, n from looked qualify row_number() over (partition by name order by n desc, value)"
        f" <= {MOST_WORDS} order by name, n desc, value"
    ):
        frequent.setdefault(name, []).append((value, count))
    shapes = (*SHAPES, *_BASE64)
    found = {
        names[int(name[1:])]: Column(
            names[int(name[1:])], looked, filled, distinct, longest,
            dict(zip(shapes, shared, strict=True)), tuple(frequent.get(name, ())),
        )
        for name, filled, distinct, longest, *shared in told
    }  # fmt: skip
    return {name: found.get(name) or Column(name, looked, 0, 0, 0) for name in names}
