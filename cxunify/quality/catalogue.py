"""checks/*.sql -> the checks: what each looks for, how it is judged, and the SELECT that finds the offending rows.

Every check file opens with `-- key: value` lines and then holds one SELECT with the columns of `SHAPE`. A line that starts
with `--` and a blank indent continues the value above it. Adding a check is adding a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cxunify.config.requirements import checks as shipped
from cxunify.config.requirements import header
from cxunify.errors import ContractError

SHAPE = ("source", "key", "field", "location", "occurred_at", "lines", "amount", "customer_id")
"""The columns of every check: where (`source`, `field`, `location`), which row (`key`: a record id, an interaction id or what
the check's subject says), when (`occurred_at`, UTC), how many rows of the extract it stands for, the money in it, and whose it is
(null: nobody's, or, for records, to be looked up)."""

DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "timeliness", "volume", "linkage")
SUBJECTS = ("record", "interaction", "row", "value", "day", "source", "customer")
KEYS = ("own", "row", "file")
POPULATIONS = (
    "field", "filled", "records", "interactions", "owned", "visits", "money", "keys", "values", "customers", "extract", "sources",
    "loaded", "last_load", "stated_totals",
)  # fmt: skip
PRICES = ("amount", "customers", "lacking", "none")
CONFIDENCES = ("measured", "estimated", "assumed")
ROWS = ("counted", "missing", "extra")
LACKS = {
    "field": "no such field is mapped", "filled": "no such field is mapped", "records": "no records of people",
    "interactions": "no interactions", "owned": "no interactions that are somebody's", "visits": "no visits of devices",
    "money": "no purchases", "keys": "no foreign keys", "values": "no identifiers", "customers": "no customers",
    "extract": "no rows", "sources": "no source with dates", "loaded": "no extracts",
    "last_load": "no earlier snapshot", "stated_totals": "no stated totals",
}  # fmt: skip
"""What a check lacks whose population is empty."""


@dataclass(frozen=True)
class Check:
    """One check: the header of its file, and its SELECT."""

    id: str
    dimension: str
    """One of DIMENSIONS."""
    title: str
    """A few words, without numbers: what is wrong."""
    subject: str
    """What `key` is the key of; one of SUBJECTS."""
    key: str
    """What `key` holds; one of KEYS. row: a row of staging, where many offend and ids of text would cost more than all the rest;
    file: `file_id:source_row`; own: the id of the subject."""
    of: str
    """The population that the offending rows are a share of; one of POPULATIONS."""
    price: str
    """What stands behind the offending rows. amount: the money in them; customers: all that their customers spent; lacking:
    likewise, of customers who have the field nowhere; none: no money."""
    weight: float
    """The assumed share of the money behind a gap that it puts out of reach, 0 to 1: what gaps are ranked by."""
    field_weight: bool
    """Whether the weight is that of the field, in targets.yaml (weight: field)."""
    target: float
    """The share of the population that must be free of it."""
    confidence: str
    """measured: rows counted; estimated: computed by the method named; assumed: a rule of thumb."""
    fix: str
    """One sentence; {source}, {field} and {place} stand for what was found."""
    why: str
    """One sentence: what the gap keeps the company from doing."""
    sql: str
    kinds: tuple[str, ...] = ()
    """The kinds of interaction in the population; empty: all."""
    needs: tuple[str, ...] = ()
    """Tables beyond quality.* that must exist, else the check is skipped."""
    minimum: int = 1
    """Fewer offending rows than this are no gap, whatever their share."""
    method: str = ""
    """How an estimate is made."""
    paste: str = ""
    """Lines of cxunify.yaml that close the gap, where the config can."""
    rows: str = "counted"
    """What the offending rows are, one of ROWS: rows that are there, as many as are missing beside those, or too many of them. All
    but the first are estimates."""
    enough: str = ""
    """A condition in SQL: whether there is enough to measure. Empty: as long as there is a population."""
    lacks: str = ""
    """What there is not enough of, in a few words."""
    apart: bool = False
    """One gap per location: the place belongs to the gap's identity (a store's missing days)."""
    timeless: bool = False
    """The dates of its rows are what is wrong, and tell nothing of when it came to be: it is located by place alone."""


@cache
def checks() -> tuple[Check, ...]:
    """Every check that ships, by id."""
    return tuple(parse(f"{name}.sql", text) for name, text in shipped().items())


def parse(name: str, text: str) -> Check:
    """Read one check file. Raises ContractError when its header is not what a check's must be."""
    values, sql = header(text)
    problems = [
        f"{key} is missing" for key in ("id", "dimension", "title", "subject", "of", "fix", "why") if key not in values
    ]
    problems += [
        f"{key} {values[key]!r} is none of {', '.join(valid)}"
        for key, valid in (("dimension", DIMENSIONS), ("subject", SUBJECTS), ("of", POPULATIONS), ("price", PRICES),
                           ("confidence", CONFIDENCES), ("key", KEYS), ("rows", ROWS))
        if key in values and values[key] not in valid
    ]  # fmt: skip
    if ("enough" in values) != ("lacks" in values):
        problems.append("enough and lacks come together")
    if values.get("id") != name.removesuffix(".sql"):
        problems.append("id is not the file's name")
    if problems:
        raise ContractError(f"quality/checks/{name}: {'; '.join(problems)}")
    return Check(
        id=values["id"],
        dimension=values["dimension"],
        title=values["title"],
        subject=values["subject"],
        key=values.get("key", "own"),
        of=values["of"],
        fix=values["fix"],
        why=values["why"],
        price=values.get("price", "none"),
        weight=0.2 if values.get("weight") == "field" else float(values.get("weight", "0")),
        field_weight=values.get("weight") == "field",
        target=float(values.get("target", "1")),
        confidence=values.get("confidence", "measured"),
        kinds=tuple(values.get("kinds", "").split()),
        needs=tuple(values.get("needs", "").split()),
        minimum=int(values.get("minimum", "1")),
        method=values.get("method", ""),
        paste=values.get("paste", ""),
        rows=values.get("rows", "counted"),
        enough=values.get("enough", ""),
        lacks=values.get("lacks", ""),
        apart=values.get("apart") == "yes",
        timeless=values.get("timeless") == "yes",
        sql=sql,
    )
