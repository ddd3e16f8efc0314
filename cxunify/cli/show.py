"""`cxunify show WHO`: one customer on one page, or a list to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cxunify.cli.options import Options
from cxunify.cli.output import console, write_json
from cxunify.cli.parts import count, grid, indented, table, text
from cxunify.cli.show_next import what_next
from cxunify.config import load
from cxunify.publish.lookup import Choice, Page, Row, find

_COLOURS = {
    "purchase": "green", "return": "red", "complaint": "red", "resolution": "green", "contact_in": "yellow", "survey": "magenta",
    "contact_out": "cyan", "optout": "red", "optin": "green",
}  # fmt: skip
"""Kinds that a reader looks for; colours that read on dark and light."""
_FIELDS = (
    ("Name", ("display_name",), "given_name"), ("E-mail", ("email",), "email"), ("Phone", ("phone",), "phone"),
    ("Address", ("street", "unit", "city", "region", "postal_code", "country"), "address"),
    ("Born", ("birth_date",), "birth_date"), ("Gender", ("gender",), "gender"), ("Company", ("company",), "company"),
)  # fmt: skip
_CONSENTS = ("email", "phone", "sms", "mail")
_LABEL = len("Lives with")
"""The widest label: what stands below each other begins in one column."""


def show(options: Options, who: str) -> None:
    """Print the customer that `who` stands for."""
    config = load(options.config)
    found = find(config, who)
    if options.json:
        write_json(found)
        return
    out = console(options)
    pieces = page(found, config.currency) if isinstance(found, Page) else choices(found)
    for piece in pieces:
        out.print(piece)


def choices(found: Iterable[Choice]) -> Iterator[RenderableType]:
    """Several customers, and how to ask for one of them."""
    shown = table("Customer", "Name", "E-mail", "City", "Last seen", fold=True)
    for place in (0, 4):
        shown.columns[place].no_wrap = True  # an id that is broken cannot be copied
    for choice in found:
        seen = choice.last_seen_at.date() if choice.last_seen_at else None
        shown.add_row(
            *(_cell(value) for value in (choice.customer_id, choice.display_name, choice.email, choice.city, seen))
        )
    yield Text("Several customers answer to that. Ask again by id:\n")
    yield shown


def page(found: Page, currency: str) -> Iterator[RenderableType]:
    """The page."""
    yield from _head(found)
    yield _section("Who", _golden(found))
    if found.identifiers:
        yield _section("Known by", _identifiers(found.identifiers))
    yield _section("Worth", Text("\n".join(_worth(found.customer, currency))))
    after = what_next(found, currency, _LABEL)
    if after is not None:
        yield _section("What next", after)
    if found.cases:
        yield _section("Open cases", _cases(found.cases))
    if found.interactions:
        total, visits = found.customer["interactions"], found.customer["web_sessions"]
        shown = f", the latest {len(found.interactions)}" if len(found.interactions) < total else ""
        title = f"Timeline: {count(total, 'interaction')}, {count(visits, 'web session')}{shown}; UTC"
        yield _section(title, _timeline(found.interactions))
    if found.doubts:
        yield _section("Doubtful", text("\n".join(f"· {doubt}" for doubt in found.doubts), "yellow"))
    as_of = found.customer["as_of"]
    yield Text(f"\nRun {found.run_id}, {f'as of {as_of:%Y-%m-%d %H:%M} UTC' if as_of else 'of no known day'}", "dim")


def _head(found: Page) -> Iterator[RenderableType]:
    customer = found.customer
    title = Table.grid(expand=True)
    title.add_column(ratio=1)
    title.add_column(justify="right", no_wrap=True)
    title.add_row(
        _cell(customer["display_name"] or customer["email"] or "nameless", "bold"),
        _cell(customer["customer_id"], "dim"),
    )
    yield title
    facts = [
        f"since {customer['first_seen_at']:%Y-%m-%d}" if customer["first_seen_at"] else "",
        f"{count(customer['records'], 'record')}, {count(customer['sources'], 'source')}"
        if customer["records"]
        else "no record",
        f"{customer['identity_confidence']:.0%} sure" if customer["identity_confidence"] is not None else "",
        (customer["channels"] or "").replace(",", ", "),
    ]
    yield _cell(" · ".join(fact for fact in facts if fact), "dim")


def _golden(found: Page) -> Group:
    customer = found.customer
    fields = grid()
    fields.add_column(style="dim", no_wrap=True, min_width=_LABEL)
    fields.add_column(overflow="fold")
    fields.add_column(style="dim", overflow="fold")
    for label, columns, field in _FIELDS:
        value = ", ".join(str(customer[column]) for column in columns if customer[column] is not None)
        if value:
            fields.add_row(label, _cell(value), _cell(_origin(found, field)))
    rest = grid()
    rest.add_column(style="dim", no_wrap=True, min_width=_LABEL)
    rest.add_column(overflow="fold")
    consent: dict[str, list[str]] = {"yes": [], "no": [], "not understood": [], "never asked": []}
    for name in _CONSENTS:
        known = {True: "yes", False: "no"}.get(customer[f"consent_{name}"])
        nothing = "never asked" if customer[f"consent_{name}_from"] is None else "not understood"
        consent[known or nothing].append(name.replace("email", "e-mail"))
    rest.add_row("Consent", Text(" · ".join(f"{said}: {', '.join(names)}" for said, names in consent.items() if names)))
    if found.household:
        others = (f"{other['display_name'] or 'nameless'} ({other['customer_id']})" for other in found.household)
        rest.add_row("Lives with", _cell(", ".join(others)))
    records = ", ".join(f"{row['source']}:{row['record_id']}" for row in found.records[:8])
    if records:
        more = f" and {len(found.records) - 8} more" if len(found.records) > 8 else ""
        rest.add_row("Records", _cell(records + more))
    return Group(fields, rest)


def _origin(found: Page, field: str) -> str:
    """Where a value comes from, and what else was said."""
    rivals = [row["value"] for row in found.contested if row["field"] == field and row["rank"] > 1]
    also = f"; not {' / '.join(str(rival) for rival in rivals[:2])}{' …' if len(rivals) > 2 else ''}" if rivals else ""
    return f"{found.customer[f'{field}_from'] or ''}{also}"


def _identifiers(rows: Iterable[Row]) -> Table:
    shown = grid()
    for row in rows:
        seen = " – ".join(
            dict.fromkeys(f"{row[name]:%Y-%m-%d}" for name in ("first_seen_at", "last_seen_at") if row[name])
        )
        status = "" if row["status"] == "valid" else row["status"]
        shown.add_row(_cell(row["type"], "dim"), _cell(row["value"]), _cell(seen, "dim"), _cell(status, "yellow"))
    return shown


def _worth(customer: Row, currency: str) -> Iterator[str]:
    if customer["purchases"]:
        yield " · ".join(
            [
                count(customer["purchases"], "purchase"),
                count(customer["returns"], "return"),
                f"net {customer['net_spend']:,.2f} {currency}",
                *(
                    [f"average {customer['average_order_value']:,.2f}"]
                    if customer["average_order_value"] is not None
                    else []
                ),
                f"last {count(customer['days_since_last_purchase'], 'day')} ago",
                *(
                    [f"{others:,} in other currencies, in no total"]
                    if (others := customer["other_currency_amounts"])
                    else []
                ),
            ]
        )
        rhythm = [f"RFM {customer['rfm_recency']}-{customer['rfm_frequency']}-{customer['rfm_monetary']}"]
        if customer["interpurchase_days"] is not None:
            rhythm.append(f"buys every {_days(customer['interpurchase_days'])}")
        if customer["web_then_store_7d"]:
            rhythm.append(f"web, then store {_times(customer['web_then_store_7d'])}")
        if customer["store_then_web_7d"]:
            rhythm.append(f"store, then web {_times(customer['store_then_web_7d'])}")
        yield " · ".join(rhythm)
    else:
        yield "no purchases"
    service = [count(customer["contacts"], "contact"), count(customer["complaints"], "complaint")]
    if customer["open_complaints"]:
        service[-1] += f", {customer['open_complaints']} open"
    if customer["hours_to_resolve"] is not None:
        service.append(f"resolved in {_days(customer['hours_to_resolve'] / 24, 1)}")
    if customer["last_survey_score"] is not None:
        service.append(f"last score {customer['last_survey_score']:g}")
    service.append(f"contacted {_times(customer['contacted_30d'])} in 30 days")
    yield " · ".join(service)


def _cases(rows: Iterable[Row]) -> Table:
    shown = grid()
    for row in rows:
        kind = "complaint" if row["is_complaint"] else "case"
        shown.add_row(
            Text(f"{row['opened_at']:%Y-%m-%d}", "dim"), Text(kind, "red" if row["is_complaint"] else ""),
            _cell(row["case_id"]), _cell(", ".join(str(row[name]) for name in ("reason", "outcome") if row[name])),
        )  # fmt: skip
    return shown


def _timeline(rows: Iterable[Row]) -> Table:
    shown = grid()
    for width in (16, None, None, None, None):
        shown.add_column(no_wrap=width is not None, min_width=width, overflow="fold")
    shown.columns[3].justify = "right"
    for row in rows:
        when = f"{row['occurred_at']:%Y-%m-%d %H:%M}" if row["occurred_at"] else "undated"
        money = f"{row['amount']:,.2f} {row['currency'] or ''}".strip() if row["amount"] is not None else ""
        where = re.sub("^[a-z]+://[^/?#]*(?=.)", "", row["page"]) if row["page"] else None
        detail = [row["location"], row["product"], row["reason"], row["outcome"], where]
        if row["score"] is not None:
            detail.insert(0, f"score {row['score']:g}")
        kind = row["kind_value"] if row["kind"] == "other" and row["kind_value"] else row["kind"].replace("_", " ")
        shown.add_row(
            Text(when, "dim"), _cell(row["channel"]), _cell(kind, _COLOURS.get(row["kind"], "")), _cell(money),
            _cell(", ".join(str(part) for part in detail if part is not None)),
        )  # fmt: skip
    return shown


def _section(title: str, body: RenderableType) -> Group:
    return Group(Text(), Text(title, "bold"), indented(body))


def _cell(value: object, style: str = "") -> Text:
    """A value on one line."""
    return text(None if value is None else str(value).replace("\n", " "), style)


def _days(number: float, digits: int = 0) -> str:
    said = f"{number:.{digits}f}"
    return f"{said} {'day' if float(said) == 1 else 'days'}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
