"""What was damaged on its way, or is used for everybody, is nobody's; what merely looks unusual stays somebody's."""

from __future__ import annotations

import random
import string
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from cxunify import identity
from cxunify.identity.evidence import damage
from cxunify.schema import Table
from cxunify.warehouse import Stage, Warehouse
from tests.identity import people

CHANCE = random.Random(7)
LENGTH, DIGIT = "damaged: unlike all others in length", "damaged: unlike all others in check digit"


def _checked(body: int | str, times: int | None = None) -> str:
    """Digits with their check digit: ISO/IEC 7812's or, where `times` says how often every second digit counts, GS1's."""
    total = 0
    for place, sign in enumerate(reversed(str(body))):
        digit = int(sign)
        weighed = digit if place % 2 else (times * digit if times else sum(divmod(2 * digit, 10)))
        total += weighed
    return f"{body}{-total % 10}"


def _digits(count: int, length: int) -> list[str]:
    return [str(number) for number in CHANCE.sample(range(10 ** (length - 1), 10**length), count)]


CARDS = [_checked(600412000000000 + 7 * number) for number in range(40)]
GOODS = [_checked(400123400000 + 13 * number, 3) for number in range(40)]
MISTYPED = CARDS[5][:-1] + str((int(CARDS[5][-1]) + 3) % 10)


def _rules(columns: Mapping[str, Iterable[str]], type_: str = "loyalty_id") -> dict[str, str]:
    """Value -> what is said of it, of values that sources (of records; of traces, with a dash before it) hold."""
    rows = [(source, value) for source, values in columns.items() for value in values]
    listed = ", ".join(f"({number}, '{source}', '{value}')" for number, (source, value) in enumerate(rows))
    of_records, of_traces = "not starts_with(source, '-')", "starts_with(source, '-')"
    value = f"hash('{type_}', value) as key, '{type_}' as type, value, false as is_placeholder"
    with Warehouse.open() as warehouse:
        warehouse.build(
            [
                Stage(Table("staging.cells", ""), f"select * from (values {listed}) as v(number, source, value)"),
                Stage(
                    Table("identity.record_values", ""),
                    f"select number as node, {value} from staging.cells where {of_records}",
                ),
                Stage(
                    Table("identity.trace_values", ""),
                    f"select number as trace_id, {value} from staging.cells where {of_traces}",
                ),
                Stage(Table("identity.features", ""), "select number as node, source from staging.cells"),
                Stage(Table("staging.traces", ""), "select number as trace_id, source from staging.cells"),
                damage.columns(),
                damage.damaged(),
            ]
        )
        return dict(warehouse.rows("select value, rule from identity.damaged"))


@pytest.mark.parametrize("written", ["6.00412E+15", "6.00412e15", "6,00412E+15", "6E+15"])
def test_a_rounded_number_needs_no_company(written: str) -> None:
    rule = "damaged: rounded to scientific notation"
    assert _rules({"crm": [written], "-tills": [written, "LC0001"]}) == {written: rule}


@pytest.mark.parametrize(
    ("columns", "odd"),
    [
        ({"crm": [*_digits(60, 13), "60041200"]}, {"60041200": LENGTH}),
        ({"crm": [*_digits(60, 13), "60041200"], "-tills": ["60041200"]}, {"60041200": LENGTH}),
        ({"crm": [*_digits(9, 13), "60041200"]}, {"60041200": LENGTH}),
        ({"crm": [*_digits(300, 13), "600412004411"]}, {"600412004411": LENGTH}),
        ({"crm": [*_digits(60, 13), *_digits(40, 16), "60041200"]}, {"60041200": LENGTH}),
        ({"crm": [*CARDS, MISTYPED]}, {MISTYPED: DIGIT}),
        ({"crm": [f"LC{card}" for card in (*CARDS, MISTYPED)]}, {f"LC{MISTYPED}": DIGIT}),
        ({"crm": [*GOODS, "4001234000011"]}, {"4001234000011": DIGIT}),
        ({"crm": [*CARDS, *_digits(30, 10), MISTYPED]}, {MISTYPED: DIGIT}),
    ],
)
def test_one_that_is_unlike_all_others_of_its_column(columns: Mapping[str, list[str]], odd: dict[str, str]) -> None:
    assert _rules(columns) == odd


@pytest.mark.parametrize(
    "columns",
    [
        {"crm": CARDS + GOODS},
        {"crm": [*_digits(60, 13), *_digits(40, 16)]},  # two generations
        {"crm": [*_digits(190, 13), *_digits(10, 16)]},  # … and the first cards of a new one
        {"crm": [*_digits(60, 13), "60041200"], "tills": [*_digits(30, 8), "60041200"]},  # known elsewhere
        {"crm": [*_digits(8, 13), "60041200"]},  # too few to tell
        {"crm": [str(number) for number in range(1, 1201)]},  # counted from 1
        {"crm": [str(number) for number in range(99_999_990, 100_002_000)]},
        {"crm": [str(CHANCE.randrange(10**12)) for _ in range(500)]},  # drawn by lot, without noughts in front
        {"-web": ["".join(CHANCE.choices(string.ascii_letters + string.digits, k=21)) for _ in range(300)]},
        {"crm": ["ann", "bob.miller", "christopher_robin", "d.lee", "eve1990", "frank.castle", "gina", "hal9000", "ivo", "j"]},
        {"crm": ["12E5", "7E10", "1E+", "0x1E+15A"]},
        {"crm": [number[:-1] + "7" for number in _digits(40, 16)], "-tills": []},
    ],
)  # fmt: skip
def test_what_is_merely_unusual_is_somebodys(columns: Mapping[str, list[str]]) -> None:
    assert _rules(columns) == {}


def test_the_last_digits_that_a_spreadsheet_has_lost() -> None:
    lost = [number[:15] + "0" for number in _digits(12, 16)]
    assert set(_rules({"crm": lost, "tills": _digits(12, 16)}).values()) == {"damaged: rounded to 15 digits"}


def test_what_a_column_has_cut_off() -> None:
    whole = [f"60041200{number:04}{store:04}" for number in range(10) for store in range(4)]
    cut = sorted({card[:12] for card in whole})
    assert _rules({"crm": whole, "-tills": cut}) == dict.fromkeys(cut, "damaged: cut off at 12 signs")
    # Accounts that another system knows by these very numbers are whole, though cards begin with them.
    assert _rules({"crm": whole + cut, "-tills": cut}) == {}
    mail = [f"alexandra.constantinou.{number}@a-long-host.example" for number in range(100, 108)]
    rules = _rules({"crm": mail, "tills": [*(address[:30] for address in mail), "bob@x.example"]}, "email")
    assert rules == dict.fromkeys((address[:30] for address in mail), "damaged: cut off at 30 signs")


def _resolved(tmp_path: Path, records: list[people.Row], traces: list[people.Row]) -> Warehouse:
    opened = people.warehouse(records, traces)
    identity.resolve(opened, people.config(tmp_path))
    return opened


def test_strangers_with_one_damaged_card_stay_strangers(tmp_path: Path) -> None:
    names = ("Orla", "Rufus", "Petra", "Ivo")
    records = [{"given_name": name, "identifiers": {"loyalty_id": "6.00412E+15"}} for name in names]
    traces = [{"identifiers": {"loyalty_id": "6.00412E+15"}}]
    with _resolved(tmp_path, [*records, {"identifiers": {"loyalty_id": "6.00412E+15"}}], traces) as opened:
        assert len(people.customers(opened)) == 5
        assert opened.rows("select customer_id from identity.trace_assignments") == [(None,)]
        rows = opened.rows(
            "select type, rule, count(row_no), count(trace_id) from identity.useless_values group by all"
        )
        assert rows == [("loyalty_id", "damaged: rounded to scientific notation", 5, 1)]


@pytest.mark.parametrize("tags", [damage.MOST_TAGS, damage.MOST_TAGS + 1])
def test_a_mailbox_with_a_tag_for_every_receipt_is_a_tills(tmp_path: Path, tags: int) -> None:
    traces = [{"identifiers": {"email": f"walkin+{number}@tills.example"}} for number in range(tags)]
    with _resolved(tmp_path, [], traces) as opened:
        owners = opened.rows("select distinct customer_id is null from identity.trace_assignments")
        told = opened.rows("select distinct rule from identity.shared_values")
    assert (owners, told) == (([(False,)], []) if tags <= damage.MOST_TAGS else ([(True,)], [("tags > 10",)]))


@pytest.mark.parametrize(
    ("written", "is_shared"),
    [
        ("+1 206 555 0142 ext. {0}", True), ("(206) 555-0142 x{0}", True), ("tel:+1-206-555-0142;ext={0}", True),
        ("+1 206 555 0142 ext. 7", False), ("+1 206 555 0142", False),
    ],
)  # fmt: skip
def test_a_number_of_many_extensions_is_a_relays_or_a_switchboards(
    tmp_path: Path, written: str, is_shared: bool
) -> None:
    traces = [
        {"identifiers": {"phone": written.format(number + 10), "email": f"{letter}.lee@brook.example"}}
        for number, letter in enumerate(string.ascii_lowercase[:5])
    ]
    with _resolved(tmp_path, [], traces) as opened:
        assert opened.scalar("select count(distinct customer_id) from identity.trace_assignments") == (
            5 if is_shared else 1
        )
        told = opened.rows("select distinct rule from identity.shared_values where type = 'phone'")
        useless = opened.rows("select rule, count(*) from identity.useless_values group by rule")
    assert told == ([("extensions > 1",)] if is_shared else [])
    assert useless == ([("extensions > 1", 5)] if is_shared else [])


@pytest.mark.parametrize("mailboxes", [3, damage.MOST_TIED + 1])
def test_a_card_beside_many_mailboxes_makes_no_customer_of_them(tmp_path: Path, mailboxes: int) -> None:
    traces = [
        {"identifiers": {"loyalty_id": "LC77", "email": f"{letter}.lee@brook.example"}}
        for letter in string.ascii_lowercase[:mailboxes]
        for _ in range(damage.MOST_TIED)
    ]
    with _resolved(tmp_path, [], traces) as opened:
        customers = opened.scalar("select count(distinct customer_id) from identity.trace_assignments")
    assert customers == (1 if mailboxes == 3 else mailboxes)


def test_a_mailbox_of_many_baskets_is_still_one_persons(tmp_path: Path) -> None:
    traces = [{"identifiers": {"email": "ann@brook.example", "basket": f"B{number}"}} for number in range(30)]
    with _resolved(tmp_path, [], traces) as opened:
        assert opened.scalar("select count(distinct customer_id) from identity.trace_assignments") == 1


def test_records_without_names_that_share_a_card_are_not_one(tmp_path: Path) -> None:
    records = [
        {"emails": [f"{letter}.lee@brook.example"], "identifiers": {"loyalty_id": "LC77"}}
        for letter in string.ascii_lowercase[: damage.MOST_TIED + 1]
    ]
    with _resolved(tmp_path, records, []) as opened:
        assert len(people.customers(opened)) == len(records)
        rule = opened.scalar("select rule from identity.shared_values where type = 'loyalty_id'")
    assert rule == "email beside it > 10"
