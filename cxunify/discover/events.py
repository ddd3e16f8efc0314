"""Series + Columns -> what happened and of which kind each row is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cxunify.discover.fields import Match, matches
from cxunify.discover.findings import Choice
from cxunify.discover.guards import Fit
from cxunify.discover.profile import Column
from cxunify.discover.sample import Series
from cxunify.discover.words import of_file, plain, table
from cxunify.vocabulary.kinds import KNOWN
from cxunify.warehouse import Warehouse, literal, quote

_MOST_KINDS = 80
_OWN_ROWS = 0.5
"""The share of negative amounts from which on rows of what was given back are rows of their own, beside those of the orders."""
_ASKED = {"contact_in", "complaint"}
"""Kinds of files of cases and tickets."""
_UNPRICED = "; no amount was found: what is bought would count for nothing"
_TRADE = {"purchase", "return", "quote", "cart", "checkout", "redemption"}
"""Kinds that no case is, whatever it is about."""
_PAYS = {
    "payment",
    "payments",
    "paid",
    "zahlung",
    "zahlungseingang",
    "paiement",
    "pago",
    "betaling",
    "pagamento",
    "versement",
}
"""Words of what settles an account."""
_MOST_STATES = 20
"""Different words of a column of states; more are no states."""


@dataclass(frozen=True)
class Rows:
    """The rows of a series in which things happened, and what is known of them."""

    warehouse: Warehouse
    series: Series
    columns: dict[str, Column]
    found: dict[str, list[Match]]
    """For each field the columns that may be it."""
    key: tuple[str, ...]

    def first(self, field: str) -> str | None:
        """The likeliest column of a field, whose values do not contradict it."""
        return next((match.name for match in self.found.get(field, []) if match.fit is Fit.YES), None)


def kind(rows: Rows) -> Choice | None:
    """The kind of each row; None where nothing says what happened."""
    amounts = rows.first("amount") or (rows.first("unit_price") if rows.first("quantity") else None)
    fallback = _fallback(rows, money=amounts is not None)
    best: tuple[float, Choice] | None = None
    for field, column_kind in (("kind", "event"), ("state", "state"), ("arm", "arm")):
        for match in rows.found.get(field, []):
            if (
                match.fit is not Fit.YES
                or match.column.distinct > _MOST_KINDS
                or (field == "state" and not (amounts or fallback in {"purchase", "visit"}))
                or (field == "arm" and (amounts or not are_arms(match.column)))
            ):
                continue
            meant = "attendance" if field == "state" and fallback == "visit" and not amounts else column_kind
            asked = not amounts and fallback in _ASKED
            known, choice = _by_column(match.column, meant, asked=asked)
            if field == "state" and amounts:
                _given_back(rows, choice, amounts)
            if known >= 0.5 and (best is None or known > best[0] + 0.3):
                best = (known, choice)
    if best:
        if not amounts and "purchase" in best[1].options.get("map", {}).values():
            best[1].sure = False
            best[1].why += _UNPRICED
        return best[1]
    if fallback is None:
        return None
    prefixed = _returns_by_prefix(rows) if fallback == "purchase" else None
    if prefixed:
        return prefixed
    return _unsaid(
        rows, Choice("interaction.kind", (), options={"value": fallback}, why=_why(fallback, amounts)), amounts
    )


def _unsaid(rows: Rows, choice: Choice, amounts: str | None) -> Choice:
    """The one kind of all rows, doubted where amounts would not count, or a column may say that some count otherwise."""
    if (named := choice.options["value"]) not in _TRADE and amounts:
        choice.options["value"], choice.sure, choice.others = "purchase", False, (str(named),)
        choice.why = f"the rows have amounts ({amounts}), which count as revenue only where something was bought"
    stated = [match.name for match in rows.found.get("state", []) if match.fit is Fit.YES and match.column.few]
    if choice.options["value"] == "visit" and stated:
        choice.sure, choice.others = False, tuple(f"{{column: {name}, map: …}}" for name in stated[:1])
        choice.why = f"{stated[0]} says what came of each, in words that are not understood: all count as visits until `map` tells"
    if choice.options["value"] == "purchase" and (told := _may_tell(rows)):
        # orders that were called off or given back would count as bought
        choice.sure, choice.others = False, tuple(f"{{column: {name}, map: …}}" for name in told[:2])
        says = (
            f"{told[0]} says where each stands"
            if told[0] == rows.first("state")
            else f"{' or '.join(told[:3])} may tell some apart"
        )
        choice.why = f"{says}, in words that are not understood: all count as bought until `map` tells"
    if choice.options["value"] == "purchase" and not amounts:
        choice.sure, choice.why = False, choice.why + _UNPRICED
    return choice


def _may_tell(rows: Rows) -> list[str]:
    """Columns that may say of which kind a row is: called so, or of few words and called like nothing that is known."""
    called = [match.name for field in ("state", "kind") for match in rows.found.get(field, []) if match.fit is Fit.YES]
    known = {
        match.name
        for found in (rows.found, matches("person", rows.columns))
        for listed in found.values()
        for match in listed
        if match.fit is Fit.YES
    }
    strange = [
        name
        for name, column in rows.columns.items()
        if name not in known and column.fill >= 0.9 and column.share("letters") >= 0.9
    ]
    return [
        name
        for name in dict.fromkeys((*called, *strange))
        if 1 < rows.columns[name].distinct <= _MOST_STATES and rows.columns[name].few
    ]


def are_arms(column: Column) -> bool:
    """Whether a column says of each row of a campaign that it was sent, or held back to measure by."""
    meant = [meaning(word, "arm") for word, _ in column.words]
    return set(meant) == {"contact_out", "held_out"}


def _by_column(column: Column, column_kind: str, *, asked: bool = False) -> tuple[float, Choice]:
    """The share of rows whose word is known, and the line. Where customers `asked`, a return is what they asked about."""
    mapped: dict[str, str] = {}
    unknown: list[str] = []
    skipped: list[str] = []
    rows = told = 0
    for word, count in column.words:
        rows += count
        means = meaning(word, column_kind)
        if asked and means in _TRADE:
            means = "contact_in"
        if means is None:
            unknown.append(word)
            continue
        told += count
        if means == "skip":
            skipped.append(word)
        elif column_kind != "event" or means != _own(word):
            mapped[word] = means
    options: dict[str, object] = {"map": mapped} if mapped else {}
    if skipped:
        options["skip"] = skipped
    choice = Choice(
        "interaction.kind",
        (column.name,),
        options=options,
        why=f"{told / rows:.0%} of its rows have a word that is known",
    )
    if column_kind == "event" and not asked:
        _settled(column, choice)
    if unknown:
        choice.sure = False
        shown = ", ".join(unknown[:6]) + (" …" if len(unknown) > 6 else "")
        choice.why += f"; not understood, and `other` until `map` says what they are: {shown}"
    return told / rows if rows else 0.0, choice


def _settled(column: Column, choice: Choice) -> None:
    """Doubt payments beside what they pay for: in the ledger of an account what was bought is charged, and then it is paid."""
    bought = [word for word, _ in column.words if meaning(word, "event") == "purchase"]
    paid = [word for word in bought if _PAYS & set(plain(word).split())]
    if paid and len(paid) < len(bought):
        charged = [word for word in bought if word not in paid]
        choice.options["map"] = choice.options.get("map", {}) | dict.fromkeys(paid, "other")
        choice.sure = False
        choice.why += (
            f"; {', '.join(paid)}: pays for what {', '.join(charged[:3])} says, and would count it twice or take it off"
        )


def _given_back(rows: Rows, choice: Choice, amount: str) -> None:
    """Doubt states of orders that were given back where the amounts are those of the orders: money not kept, and not lost twice."""
    mapped = choice.options.get("map", {})
    back = [word for word, means in mapped.items() if means == "return"]
    if not back:
        return
    listed = ", ".join(map(literal, back))
    negative = rows.warehouse.scalar(
        f"select avg(regexp_full_match(trim({quote(amount)}), '.*-.*|[(].*[)]')::int) from {rows.series.table}"
        f" where trim({quote(choice.columns[0])}) in ({listed}) and nullif(trim({quote(amount)}), '') is not null"
    )
    if float(negative or 0) < _OWN_ROWS:
        mapped |= dict.fromkeys(back, "other")
        choice.sure = False
        choice.why += (
            f"; {', '.join(back)}: amounts of orders that were given back, counted neither as bought nor as paid back"
        )


def meaning(word: str, column_kind: str) -> str | None:
    """The kind that a word of a column of events, or of states of orders, stands for."""
    text = plain(word)
    exact, patterns = _listed(column_kind)
    if text in exact:
        return exact[text]
    if column_kind == "event" and (own := _own(word)):
        return own
    return next((means for pattern, means in patterns if pattern.fullmatch(text)), None)


def _own(word: str) -> str | None:
    return KNOWN.get(re.sub(r"[^a-z0-9]+", "_", word.casefold()).strip("_"))


@cache
def _listed(column_kind: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    exact: dict[str, str] = {}
    patterns = []
    for row in table("kinds"):
        if row["column"] == column_kind:
            for word in row["words"].split("|"):
                if word.endswith("*"):
                    patterns.append((re.compile(f"{re.escape(plain(word[:-1]))}.*"), row["kind"]))
                else:
                    exact[plain(word)] = row["kind"]
    return exact, patterns


def _fallback(rows: Rows, *, money: bool) -> str | None:
    """The one kind of all rows, where no column says it."""
    named = [row for row in of_file(rows.series.name) if row["kind"]]
    event = next((row["kind"] for row in reversed(named) if row["thing"] == "event"), None)
    if event:
        return event
    if money:
        return "cart" if any(row["kind"] == "cart" for row in named) else "purchase"
    score = rows.first("score")
    if score and rows.columns[score].distinct <= 101:
        return "survey"
    if (page := rows.first("page")) and rows.columns[page].share("url") >= 0.9:
        return "page_view"
    return None


def _why(kind: str, amount: str | None) -> str:
    return (
        "the rows have amounts, and no column says otherwise"
        if amount and kind == "purchase"
        else f"by the name of the file and its columns: {kind}"
    )


def _returns_by_prefix(rows: Rows) -> Choice | None:
    """Ids that begin with a letter, all of whose amounts are negative, are those of returns."""
    measure, key = rows.first("amount") or rows.first("quantity"), rows.key
    if len(key) != 1 or measure is None or rows.columns[key[0]].share("digit") < 0.9:
        return None
    begins = f"regexp_extract(trim({quote(key[0])}), '^[A-Za-z]+')"
    below_zero = f"count_if(starts_with(trim({quote(measure)}), '-'))"
    counted = rows.warehouse.rows(
        f"select {begins}, count(*), {below_zero} from {rows.series.table} group by 1 order by 2 desc"
    )
    negative = [letters for letters, count, below in counted if letters and count >= 5 and below >= 0.95 * count]
    if len(negative) != 1 or len(counted) < 2:
        return None
    return Choice(
        "interaction.kind", (key[0],), options={"map": {f"{negative[0]}*": "return"}, "default": "purchase"},
        why=f"ids that begin with {negative[0]} have negative amounts only",
    )  # fmt: skip
