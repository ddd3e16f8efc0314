"""Dates and times of every style: read in one way, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cxunify.ingest import dates, patterns, zones
from cxunify.warehouse import Warehouse, literal
from tests.ingest.conftest import Project

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "dates.yaml").read_text(encoding="utf-8"))
ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
)
FORMATS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d %B %Y",
    "%b %d, %Y",
    "%Y%m%d%H%M%S",
    "%m-%d-%y %I:%M %p",
)


def _values(case: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for value in case["values"]:
        text = value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value)
        count, _, rest = text[1:].partition(" ") if text.startswith("@") else ("1", "", text)
        found += [rest] * int(count)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_columns(project: Project, case: dict[str, Any]) -> None:
    values = _values(case)
    project.write("s.csv", "id,at\n" + "".join(f'{n},"{value}"\n' for n, value in enumerate(values)))
    options = {key: case[key] for key in ("format", "zones") if key in case}
    at = {"column": "at", **options} if options else "at"
    project.settings["timezone"] = case.get("timezone", "America/New_York")
    project.source(interaction={"id": "id", "at": at, "kind": "visit"})
    if "refused" in case:
        assert case["refused"] in project.refused()
        return
    summary = project.run().sources[0]
    found = dict(project.rows("select interaction_id, occurred_at from staging.interactions"))
    for number, expected in enumerate(case["instants"]):
        assert found.get(str(number)) == (datetime.fromisoformat(expected) if expected else None), values[number]
    lost = len(values) - len(found)
    assert (summary.loaded, summary.rejected) == (len(found), lost)
    assert project.column("select distinct reason from raw.rejects") == (["no valid time in column at"] if lost else [])
    if "note" in case:
        assert case["note"] in " ".join(summary.notes)


@pytest.mark.parametrize(
    ("stated", "born"),
    [
        (["", ""], {"29": 2029, "30": 1930, "68": 1968, "69": 1969}),  # none: as spreadsheets do
        (["2019-05-31", "2001-01-01"], {"18": 2018, "19": 1919, "68": 1968, "69": 1969, "00": 2000}),
        (["2019-06-01", "2019-01-01"], {"19": 2019, "20": 1920}),
        (["2031-01-01", ""], {"30": 2030, "31": 1931}),
        (
            ["1970-01-01", "9999-12-31"],
            {"29": 2029, "30": 1930},
        ),  # stands for none, and a slip: neither is of our times
    ],
    ids=["none", "stated", "that-day", "later", "strays"],
)
def test_two_digits_of_a_year_of_birth_end_with_the_newest_instant_that_the_extract_states(
    project: Project, stated: list[str], born: dict[str, int]
) -> None:
    filler = ["15/02/69", "16/02/70"]  # what decides that the day comes first
    values = [*filler, *(f"01/06/{year}" for year in born)]
    stamps = [*stated, *[""] * len(values)]
    project.write("s.csv", "id,dob,made\n" + "".join(f"{n},{v},{stamps[n]}\n" for n, v in enumerate(values)))
    project.source(person={"id": "id", "birth_date": "dob", "created_at": "made"})
    project.run()
    found = project.column("select year(birth_date) from staging.records order by source_row")
    assert found == [1969, 1970, *born.values()]


def test_older_files_decide_for_a_new_one_with_their_sign_and_for_no_other(project: Project) -> None:
    project.write("till_1.csv", "id,at\n1,03/04/2024\n2,31/05/2024\n")
    project.source(files="till_*.csv", load="append", interaction={"id": "id", "at": "at", "kind": "visit"})
    project.run()
    project.write("till_2.csv", "id,at\n3,01/06/2024\n")  # the few sales of a day of a small shop
    project.run()
    assert project.column("select month(occurred_at) from staging.interactions order by interaction_id") == [4, 5, 6]
    project.write("till_3.csv", "id,at\n4,07.01.2024\n")
    assert "can be read as %d.%m.%Y and as %m.%d.%Y" in project.refused()


def test_two_digits_of_the_year_of_an_event_are_as_posix_has_it(project: Project) -> None:
    project.write("s.csv", "id,at\n1,31/01/68\n2,31/01/69\n")
    project.source(interaction={"id": "id", "at": "at", "kind": "visit"})
    project.run()
    assert project.column("select year(occurred_at) from staging.interactions order by 1") == [1969, 2068]


def test_birth_dates_are_days_and_never_in_the_future(project: Project) -> None:
    rows = ["1,31/01/65", "2,01/02/99", "3,15/06/05", "4,", "5,99/99/99"]
    project.write("s.csv", "\n".join(["id,dob", *rows]))
    project.source(person={"id": "id", "birth_date": "dob"})
    assert project.run().sources[0].unreadable == 1
    assert project.column("select birth_date from staging.records order by record_id") == [
        date(1965, 1, 31), date(1999, 2, 1), date(2005, 6, 15), None, None,
    ]  # fmt: skip
    assert project.rows("select file_id, source_row, field, reason from staging.invalid") == [
        (1, 5, "birth_date", "not a date")
    ]


def test_a_birth_date_with_a_time_is_the_day_that_is_written(project: Project) -> None:
    project.write("s.csv", "id,dob\n1,1965-11-18T00:00:00.000Z\n2,1965-11-18T23:30:00+14:00\n")
    project.source(person={"id": "id", "birth_date": "dob"}, timezone="America/New_York")
    project.run()
    assert project.column("select birth_date from staging.records") == [date(1965, 11, 18)] * 2


def test_date_and_time_in_two_columns(project: Project) -> None:
    project.write("s.csv", "id,day,hour\n1,01/31/2024,4:05 PM\n2,02/01/2024,\n")
    project.source(interaction={"id": "id", "at": ["day", "hour"], "kind": "visit"})
    project.run()
    assert project.column("select occurred_at from staging.interactions order by interaction_id") == [
        datetime(2024, 1, 31, 16, 5),
        datetime(2024, 2, 1),
    ]


NAMES = {
    "America/Los_Angeles": 17,
    "america/los_angeles": 17,
    "Pacific Time (US & Canada)": 17,
    "(GMT-08:00) Pacific Time (US & Canada)": 17,
    "Pacific Standard Time": 17,
    "UTC+2": 8,
    "-05:30": 15.5,
    "PDT": 17,
    "Shop 7": 15,  # the mapping says
    "": 14,  # the source's own
}


def test_a_column_names_the_zone_of_each_row(project: Project) -> None:
    project.write("s.csv", "id,at,tz\n" + "".join(f'{n},2024-07-21 10:00,"{name}"\n' for n, name in enumerate(NAMES)))
    at = {"column": "at", "timezone": {"column": "tz"}, "zones": {"shop 7": "America/Chicago"}}
    project.settings["timezone"] = "America/New_York"
    project.source(interaction={"id": "id", "at": at, "kind": "visit"})
    project.run()
    found = project.column("select occurred_at from staging.interactions order by interaction_id::int")
    assert found == [datetime(2024, 7, 21) + timedelta(hours=hour) for hour in NAMES.values()]


def test_a_name_that_is_no_zone_is_refused_and_shown_only_among_zones(project: Project) -> None:
    at = {"column": "at", "timezone": {"column": "tz"}}
    project.source(interaction={"id": "id", "at": at, "kind": "visit"})
    project.write("s.csv", "id,at,tz\n1,2024-07-21 10:00,Till 3\n2,2024-07-21 10:00,Europe/Paris\n")
    assert "tz: 1 row names no time zone that is known: `Till 3`" in project.refused()
    project.write("s.csv", "id,at,tz\n1,2024-07-21 10:00,Ann Smith\n2,2024-07-21 10:00,Bob Smith\n")
    refused = project.refused()
    assert "tz: 2 rows name no time zone that is known" in refused
    assert "Smith" not in refused


def test_a_column_of_zones_that_the_extract_may_lack(project: Project) -> None:
    at = {"column": "at", "timezone": {"column": "tz", "optional": True}}
    project.settings["timezone"] = "America/New_York"
    project.source(interaction={"id": "id", "at": at, "kind": "visit"})
    project.write("s.csv", "id,at\n1,2024-07-21 10:00\n")
    project.run()
    assert project.column("select occurred_at from staging.interactions") == [datetime(2024, 7, 21, 14)]


def test_hours_that_clocks_skip_are_counted_by_the_zone_of_each_row(project: Project) -> None:
    at = {"column": "at", "timezone": {"column": "tz"}}
    project.source(interaction={"id": "id", "at": at, "kind": "visit"})
    rows = [
        "1,2024-03-10 02:30,America/New_York",
        "2,2024-03-10 02:30,Europe/Berlin",
        "3,2024-03-31 02:30,Europe/Berlin",
    ]
    project.write("s.csv", "\n".join(["id,at,tz", *rows]))
    assert "2 times fall into an hour that the clocks of their zone skip" in " ".join(project.run().sources[0].notes)


@pytest.mark.parametrize(
    ("header", "zone", "told"),
    [
        ("Time Zone", "Pacific Time (US & Canada)", True),
        ("where", "America/Los_Angeles", True),
        ("tz", "PST", True),
        ("utc_offset", "-08:00", True),
        ("Time Zone", "US/Eastern", False),  # the source's own under another name
        ("city", "Paris", False),  # a city is no zone unless the column says so
        ("tz", "B", False),
        ("path", "Shop/7", False),
    ],
)
def test_a_column_of_zones_that_is_not_mapped_is_told(project: Project, header: str, zone: str, told: bool) -> None:
    project.write("s.csv", f'id,at,{header}\n1,2024-07-21 10:00,{zone}\n2,2024-07-22 10:00,""\n')
    project.settings["timezone"] = "America/New_York"
    project.source(interaction={"id": "id", "at": "at", "kind": "visit"})
    notes = " ".join(project.run().sources[0].notes)
    assert (f"at: {{column: at, timezone: {{column: {header}}}}}" in notes) is told
    project.source(interaction={"id": "id", "at": "at", "kind": "visit"}, timezone="UTC")
    assert header not in " ".join(project.run().sources[0].notes), "whose times they are, the source itself says"


def test_letters_in_a_column_of_zones_are_refused_with_what_they_may_mean(project: Project) -> None:
    project.write("s.csv", "id,at,tz\n1,2024-07-21 10:00,IST\n2,2024-07-22 10:00,IST\n")
    project.settings["timezone"] = "America/New_York"
    project.source(interaction={"id": "id", "at": {"column": "at", "timezone": {"column": "tz"}}, "kind": "visit"})
    refused = project.refused()
    assert "known: `IST`" in refused and "(or Asia/Jerusalem, Europe/Dublin)" in refused


@pytest.fixture(scope="module")
def memory() -> Iterator[Warehouse]:
    with Warehouse.open() as warehouse:
        yield warehouse


@settings(max_examples=100)
@given(
    moment=st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    minutes=st.integers(-14 * 60, 14 * 60),
    sign=st.sampled_from(["T", " "]),
)
def test_offsets_agree_with_python(memory: Warehouse, moment: datetime, minutes: int, sign: str) -> None:
    zone = timezone(timedelta(minutes=minutes))
    text = moment.replace(tzinfo=zone).isoformat(sep=sign)
    style = dates.DateStyle(zoned=True)
    found = memory.scalar(f"select {dates.instant('v', style, 'UTC')} from (select {literal(text)} as v)")
    assert found == moment.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


@settings(max_examples=100)
@given(
    moment=st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    zone=st.sampled_from(ZONES),
)
def test_zones_agree_with_python(memory: Warehouse, moment: datetime, zone: str) -> None:
    found = memory.scalar(f"select {zones.utc('v', zone)} from (select timestamp {literal(str(moment))} as v)")
    local = moment.replace(tzinfo=ZoneInfo(zone))
    expected = local.astimezone(UTC).replace(tzinfo=None)
    # far from our days the engine's tables are asked, and those of Python know other rules for some countries
    near = datetime(1971, 1, 1) < moment < datetime(2037, 12, 1)
    assert found == expected if near else abs(found - expected) <= timedelta(hours=2)


@settings(max_examples=100)
@given(moment=st.datetimes(datetime(1970, 1, 1), datetime(2037, 12, 31)), pattern=st.sampled_from(FORMATS))
def test_formats_agree_with_python(memory: Warehouse, moment: datetime, pattern: str) -> None:
    text = moment.strftime(pattern)
    shape = memory.scalar(f"select {patterns.shape('v')} from (select {literal(text)} as v)")
    readings = patterns.candidates({shape: 1})
    assert pattern in {known for orders in readings.values() for found in orders.values() for known in found}
    style = dates.DateStyle(formats=(pattern,))
    expected = datetime.strptime(text, pattern)
    if "%y" in pattern and expected.year >= 2069:
        return
    assert memory.scalar(f"select {dates.instant('v', style, 'UTC')} from (select {literal(text)} as v)") == expected
