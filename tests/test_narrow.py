"""A table of which only touched parts are made again holds what it would, had it been made whole; where that is not sure, it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxunify import identity, ingest, pipeline, profile, quality
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load
from cxunify.errors import ContractError
from cxunify.profile.parts import PARTS
from cxunify.profile.steps import steps as profile_steps
from cxunify.quality import measure
from cxunify.schema import Table
from cxunify.warehouse import Parts, Stage, Warehouse
from cxunify.warehouse.stage import renamed
from tests import stages, world

REPORTED = {"quality.document", "quality.history"}
"""What is made of the report, which knows of its run."""
Row = tuple[int, int | None, int]
"""An event, its customer, its amount."""


def _steps(times: int = 1) -> tuple[Stage, ...]:
    """Events by customer, the names of customers beside: sums, and what is counted of these whole."""
    return (
        Stage(
            Table("profile.seen", "A hash of each event."),
            "select event_no, hash(e) as row_hash from staging.events as e",
            parts=Parts("event_no"),
            stands_for="staging.events",
        ),
        Stage(Table("profile.levels", "Levels."), "select level from staging.levels", parts=Parts("level")),
        Stage(
            Table("profile.bones", "One row per event.", ("event_no",)),
            f"select event_no, customer_no, amount * {times} as amount from staging.events",
            parts=Parts("event_no", {"staging.events": "event_no"}),
        ),
        Stage(
            Table("profile.sums", "One row per customer.", ("customer_no",)),
            """
            select customer_no, sum(amount) as amount, (select max(level) from profile.levels) as level
            from profile.bones where customer_no is not null group by customer_no""",
            parts=Parts("customer_no", {"profile.bones": "customer_no"}),
        ),
        Stage(Table("profile.whole", "All."), "select count(*) as n, sum(amount) as amount from profile.sums"),
    )


def _put(warehouse: Warehouse, events: list[Row], levels: list[int]) -> None:
    """What staging holds, and the note of it."""
    for name, columns, rows in (
        ("events", "event_no bigint, customer_no bigint, amount bigint", events),
        ("levels", "level bigint", [(level,) for level in levels]),
    ):
        warehouse.execute("create schema if not exists staging")
        warehouse.execute(f"create or replace table staging.{name} ({columns})")
        values = [f"({', '.join('null' if value is None else str(value) for value in row)})" for row in rows]
        if values:
            warehouse.execute(f"insert into staging.{name} values {', '.join(values)}")
        warehouse.note(f"staging.{name}", f"{rows}")


def _all(warehouse: Warehouse, steps: tuple[Stage, ...]) -> dict[str, list[tuple[object, ...]]]:
    return {step.table.name: sorted(warehouse.rows(f"from {step.table.name}"), key=str) for step in steps}


@contextmanager
def _statements(warehouse: Warehouse) -> Iterator[list[str]]:
    """What is run meanwhile."""
    told: list[str] = []
    run = warehouse._run

    def listen(sql: str, params: object) -> object:
        told.append(sql)
        return run(sql, params)  # type: ignore[arg-type]

    warehouse._run = listen  # type: ignore[method-assign, assignment]
    yield told
    warehouse._run = run  # type: ignore[method-assign]


def _narrowed(told: list[str], table: str) -> bool:
    """Whether rows of a table took the place of others, and it was not made whole."""
    whole = any(f"create or replace table {table} " in sql for sql in told)
    return not whole and any(sql.startswith(f"insert into {table} ") for sql in told)


_ROW = st.tuples(st.one_of(st.none(), st.integers(1, 9)), st.integers(0, 3))


@given(
    first=st.dictionaries(st.integers(1, 40), _ROW, min_size=20, max_size=40),
    later=st.lists(
        st.tuples(
            st.dictionaries(st.integers(1, 45), st.one_of(st.none(), _ROW), max_size=4),
            st.lists(st.integers(1, 3), max_size=2),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_it_is_as_if_it_were_made_whole(
    first: dict[int, tuple[int | None, int]],
    later: list[tuple[dict[int, tuple[int | None, int] | None], list[int]]],
) -> None:
    """Events come, go, say something else, change hands; what is read whole changes, or not."""
    steps, now = _steps(), dict(first)
    with Warehouse.open() as warehouse, Warehouse.open() as other:
        for changed, levels in [({}, [1]), *later]:
            for event, said in changed.items():
                if said is None:
                    now.pop(event, None)
                else:
                    now[event] = said
            for each, afresh in ((warehouse, False), (other, True)):
                _put(each, [(event, *said) for event, said in now.items()], levels)
                each.run(steps, afresh=afresh)
            assert _all(warehouse, steps) == _all(other, steps)


_FIRST: list[Row] = [(number, number % 10, 1) for number in range(100)]


def test_only_what_is_touched_is_made_again() -> None:
    with Warehouse.open() as warehouse:
        _put(warehouse, _FIRST, [1])
        warehouse.run(_steps())
        _put(warehouse, [*_FIRST[:-1], (99, 3, 5), (100, 77, 2)], [1])
        with _statements(warehouse) as told:
            assert warehouse.run(_steps()) == ("profile.seen", "profile.bones", "profile.sums", "profile.whole")
        assert _narrowed(told, "profile.bones") and _narrowed(told, "profile.sums")
        changed = warehouse.rows(
            f"select distinct customer_no from {warehouse.changes['profile.sums'].rows} order by 1"
        )
        assert changed == [(3,), (9,), (77,)]
        assert warehouse.run(_steps()) == ()


def test_the_listener_is_told_what_is_made_whole_and_what_in_part() -> None:
    told: list[tuple[str, int, bool]] = []
    with Warehouse.open(listener=lambda table, rows, _, in_part: told.append((table, rows, in_part))) as warehouse:
        _put(warehouse, _FIRST, [1])
        warehouse.run(_steps())
        assert told and not any(in_part for _, _, in_part in told)
        told.clear()
        _put(warehouse, [*_FIRST[:-1], (99, 3, 5), (100, 77, 2)], [1])
        warehouse.run(_steps())
        assert {table: in_part for table, _, in_part in told} == {
            "profile.seen": False, "profile.bones": True, "profile.sums": True, "profile.whole": False,
        }  # fmt: skip
        assert all(rows == warehouse.scalar(f"select count(*) from {table}") for table, rows, _ in told)


def test_what_comes_out_the_same_touches_nothing() -> None:
    """An event says otherwise what nobody counts: what reads the table stands."""
    with Warehouse.open() as warehouse:
        _put(warehouse, _FIRST, [1])
        steps = _steps(times=0)
        warehouse.run(steps)
        _put(warehouse, [*_FIRST[:-1], (99, 9, 5)], [1])
        assert warehouse.run(steps) == ("profile.seen", "profile.bones")
        assert warehouse.run(steps) == ()


def test_where_it_is_not_sure_a_table_is_made_whole(tmp_path: Path) -> None:
    """Another rule, another table that is read whole, much that is new, or a warehouse that was closed in between."""
    few = [*_FIRST[:-1], (99, 3, 5)]
    with Warehouse.open(tmp_path / "warehouse") as warehouse:

        def told(events: list[Row], levels: list[int], steps: tuple[Stage, ...]) -> list[str]:
            _put(warehouse, events, levels)
            with _statements(warehouse) as found:
                warehouse.run(steps)
            return found

        told(_FIRST, [1], _steps())
        assert _narrowed(told(few, [1], _steps()), "profile.sums")
        assert not _narrowed(told(_FIRST, [1], _steps(times=2)), "profile.bones")
        both = told(few, [1, 2], _steps(times=2))
        assert _narrowed(both, "profile.bones") and not _narrowed(both, "profile.sums")
        assert not _narrowed(told([(number, 1, 7) for number in range(100)], [1, 2], _steps(times=2)), "profile.bones")
        _put(warehouse, few, [1, 2])
        warehouse.run(_steps(times=2), until="profile.seen")
    with Warehouse.open(tmp_path / "warehouse") as warehouse:
        with _statements(warehouse) as found:
            assert "profile.sums" in warehouse.run(_steps(times=2))
        assert not _narrowed(found, "profile.bones")


def test_what_another_version_made_is_made_whole() -> None:
    """It has other columns, or was a view, and cannot be held against what is made now."""
    with Warehouse.open() as warehouse:
        _put(warehouse, _FIRST, [1])
        warehouse.run(_steps())
        warehouse.execute("create or replace table profile.bones as select 1 as other")
        warehouse.execute("drop table profile.sums")
        warehouse.execute("create view profile.sums as select 1 as n")
        for name in ("profile.bones", "profile.sums"):
            warehouse.note(name, "by another version")
        warehouse.run(_steps())
        assert warehouse.scalar("select count(*) from profile.bones") == 100
        assert warehouse.scalar("select sum(amount) from profile.sums") == 100
        assert {*warehouse.changes} == set()


def test_what_nobody_has_noted_is_not_known_to_have_changed() -> None:
    """Its content is unknown before and after: that is no sign that the change of an earlier run is the last one."""
    with Warehouse.open() as warehouse:
        for amount in (1, 2, 3):
            _put(warehouse, [(number, number % 10, amount if number < 4 else 1) for number in range(100)], [1])
            warehouse.note("staging.events", "")
            warehouse.run(_steps())
            assert warehouse.scalar("select sum(amount) from profile.sums") == 90 + 10 + 4 * (amount - 1)


def test_what_is_undone_is_not_known_to_have_changed() -> None:
    with Warehouse.open() as warehouse:
        _put(warehouse, _FIRST, [1])
        warehouse.run(_steps())
        with warehouse.rehearsal():
            _put(warehouse, [*_FIRST[:-1], (99, 3, 5)], [1])
            warehouse.run(_steps())
        assert warehouse.changes == {}
        _put(warehouse, [*_FIRST[:-1], (99, 3, 6)], [1])
        warehouse.run(_steps())
        assert warehouse.rows("select amount from profile.sums where customer_no = 3") == [(16,)]


def test_the_grain_is_held_where_rows_take_the_place_of_others() -> None:
    with Warehouse.open() as warehouse:
        _put(warehouse, _FIRST, [1])
        warehouse.run(_steps())
        _put(warehouse, [*_FIRST, (99, 3, 5)], [1])
        with pytest.raises(ContractError, match="one row per"):
            warehouse.run(_steps())


def test_only_names_of_tables_are_replaced() -> None:
    select = "select 'profile.days', \"profile.days\" from profile.days -- of profile.days\njoin profile.days_off"
    assert renamed(select, {"profile.days": "temp.x"}) == select.replace("from profile.days ", "from temp.x ")


def test_parts_speak_of_what_is_read() -> None:
    """Whatever else a step reads, it is made whole where that changes."""
    config = load(world.ROOT / "configs" / "sample.yaml")
    for step in (*profile_steps(config), *stages.quality(config)):
        if isinstance(step, Stage) and step.parts:
            assert {*step.parts.of, *step.parts.through} <= set(step.reads), step.table.name
            # What a record's place in its extract is, profile.parts takes for no change of it.
            is_whole = step.stands_for or not step.parts.of
            places = [name for name in ("file_id", "source_row") if name in step.select]
            assert is_whole or "staging.records" not in step.reads or not places, step.table.name
    assert set(PARTS) <= {step.table.name.removeprefix("profile.") for step in profile_steps(config)}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, list[str]]:
    """A project to which a little has been added since its first run, and the statements of the second."""
    config = world.small(tmp_path_factory.mktemp("grown"), people=400)
    with open_warehouse(config) as warehouse:
        pipeline.run(warehouse, config, pipeline.Request(new_run_id()), lambda _: None)
    world.add_person(config)
    world.add_clicks(config, 2)
    with open_warehouse(config) as warehouse, _statements(warehouse) as told:
        pipeline.run(warehouse, config, pipeline.Request(new_run_id()), lambda _: None)
    return config, told


@pytest.mark.parametrize("name", [name for name, parts in PARTS.items() if parts.of])
def test_a_refresh_of_little_narrows(grown: tuple[Config, list[str]], name: str) -> None:
    """Not one of the large tables is made whole: each is touched in part, or not at all."""
    assert not any(f"create or replace table profile.{name} " in sql for sql in grown[1])


@pytest.mark.parametrize("name", ["record_cells", *(name for name, parts in measure.PARTS.items() if parts.of)])
def test_a_refresh_of_little_narrows_what_quality_counts(grown: tuple[Config, list[str]], name: str) -> None:
    assert any(f"insert into quality.{name} select * from temp" in sql for sql in grown[1])
    assert not any(f"create or replace table quality.{name} " in sql for sql in grown[1])


def test_a_refresh_is_in_every_table_what_a_run_from_nothing_makes(
    grown: tuple[Config, list[str]], tmp_path: Path
) -> None:
    config, _ = grown
    other = world.copied(config, tmp_path / "other")
    kept: list[dict[str, list[tuple[object, ...]]]] = []
    for each, afresh in ((config, False), (other, True)):
        with open_warehouse(each) as warehouse:
            if afresh:
                profile.build(warehouse, each, afresh=True)
                quality.assess(warehouse, each, afresh=True)
            kept.append(
                {
                    name: sorted(warehouse.rows(f"select hash(x) from {name} as x"))
                    for name in warehouse.names()
                    if name.split(".")[0] in {"profile", "quality"} and name not in REPORTED
                }
            )
    assert len(kept[0]) > len(PARTS)
    assert kept[0] == kept[1]


def test_of_new_events_no_record_is_compared_again(tmp_path: Path) -> None:
    """Not even where one states the mailbox of a record that nobody shared until now."""
    config = world.small(tmp_path)
    with open_warehouse(config) as warehouse:
        ingest.ingest(warehouse, config, (), new_run_id())
        identity.resolve(warehouse, config)
        own, person = warehouse.rows(
            "select v.value, r.record_id from identity.record_values as v, staging.records as r"
            " where v.type = 'email' and r.source = 'contacts' and v.node not in (select node from identity.features as f"
            " where f.row_no = r.row_no) and v.key not in (select key from identity.value_status)"
            " order by v.key, r.row_no limit 1"
        )[0]
    case = {
        "Id": "new",
        "ContactId": person,
        "SuppliedEmail": own,
        "Status": "New",
        "CreatedDate": "2025-06-01T09:00:00Z",
    }
    world.add_row(config, "crm_cases.csv", case)
    with open_warehouse(config) as warehouse, _statements(warehouse) as told:
        ingest.ingest(warehouse, config, (), new_run_id())
        identity.resolve(warehouse, config)
        assert warehouse.scalar("select count(*) from identity.value_status where value = $own", {"own": own}) == 1
    assert any("create or replace table identity.value_status " in sql for sql in told)
    assert not any("create or replace table identity.comparisons " in sql for sql in told)
