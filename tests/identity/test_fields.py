"""The fields of comparison: each level by cases through the engine's own SQL; numbers come from places and stand nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest
import yaml

from cxunify import ledger
from cxunify.config.models import Identity
from cxunify.identity import params, resolve
from cxunify.identity.evidence import block, contact, hygiene, keys, lists, normalise
from cxunify.identity.match import compare, fields, model
from cxunify.identity.match.fields.attribute import attribute
from cxunify.identity.match.fields.field import BITS, Field, Level
from cxunify.identity.match.score import score
from cxunify.schema import COMPARED, Table
from cxunify.warehouse import Stage, Warehouse
from tests.identity import people

IDENTITY = Path(compare.__file__).parent.parent
CASES = yaml.load(  # texts only: a suffix `II` or a date is what it is written as
    (Path(__file__).parent / "cases" / "fields.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,  # noqa: S506
)
LISTED = [(name, case) for name, cases in CASES.items() for case in cases]
KNOWN = {field.name: field for field in (*fields.FIELDS, attribute("occupation"))}
MISSING = "missing"


def _records() -> Iterator[dict[str, Any]]:
    """The records of all cases: those of a case are numbered `0007 a`, `0007 b`, its others `0007 c 1` and so on."""
    for number, (_, case) in enumerate(LISTED):
        for side in "ab":
            yield {"record_id": f"{number:04} {side}", **case[side]}
        for copy in range(int(case.get("times", "0"))):
            yield {"record_id": f"{number:04} c {copy}", **case["others"]}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, int]]:
    """The level of every field of every case's two records."""
    config = people.config(tmp_path_factory.mktemp("fields"), evidence=("occupation",))
    opened = people.warehouse({"row_no": number, **record} for number, record in enumerate(_records(), 1))
    ledger.prepare(opened)
    for part in (lists, normalise, contact, keys, hygiene, block):
        opened.build(part.stages(config), params(config))
    asked = """
select x.node as a, y.node as b, coalesce(c.agree, 0)::utinyint as agree
from identity.features as x
join identity.features as y on x.record_id = left(y.record_id, 4) || ' a' and y.record_id like '% b'
left join temp.candidate_pairs as c on c.a = x.node and c.b = y.node
"""
    opened.build(
        (
            Stage(Table("temp.asked", ""), asked),
            compare.given_pairs("temp.asked"),
            compare.family_pairs("temp.asked"),
            compare.comparisons(config, "temp.asked"),
            compare.patterns(config),
        )
    )
    frame = opened.frame(
        "select p.* from identity.comparisons as c join identity.patterns as p using (pattern)"
        " join identity.features as f on f.node = c.a order by f.record_id"
    )
    return list(frame.iter_rows(named=True))


@pytest.mark.parametrize("number", range(len(LISTED)), ids=lambda n: f"{LISTED[n][0]}: {LISTED[n][1]['shows']} {n}")
def test_two_records_show_their_level(shown: list[dict[str, int]], number: int) -> None:
    name, case = LISTED[number]
    field = KNOWN[name]
    level = shown[number][field.column]
    assert (field.labels[level - 1] if level else MISSING) == case["shows"]


def test_every_level_of_every_field_has_a_case() -> None:
    assert list(CASES) == list(KNOWN)
    for name, field in KNOWN.items():
        never = (
            {MISSING} if field is fields.ORIGIN else set()
        )  # what a project shows nowhere, if it shows a level at all
        assert {case["shows"] for case in CASES[name]} == {*field.labels, MISSING} - never


# -- numbers -----------------------------------------------------------------------------------------------------------


def _made(*levels: Level) -> Field:
    return Field(name="size", compares="", levels=levels, missing="x.size is null or y.size is null", stranger=0.1)


def _shows(field: Field, x: str, y: str) -> int:
    with Warehouse.open() as opened:
        sql = f"select {field.sql} from (select {x}::integer as size) as x, (select {y}::integer as size) as y"
        return int(opened.scalar(sql))


def test_a_level_is_numbered_by_its_place() -> None:
    same = Level("same", "x.size = y.size", 1, 1, agrees=True)
    near = Level("near", "abs(x.size - y.size) = 1", 1, 1, agrees=True)
    far = Level("far", None, 1, 1)
    for levels in ((same, near, far), (far, same, near), (near, far, same)):
        field = _made(*levels)
        assert [field.number(label) for label in field.labels] == [1, 2, 3]
        assert _shows(field, "7", "7") == field.number("same") == levels.index(same) + 1
        assert _shows(field, "7", "8") == field.number("near") == levels.index(near) + 1
        assert _shows(field, "7", "9") == field.number("far") == levels.index(far) + 1
        assert _shows(field, "7", "null") == fields.MISSING
        assert field.agreeing == sorted((field.number("same"), field.number("near")))


def test_what_levels_share_is_asked_once_for_all_of_them() -> None:
    big, small = "x.size > 10 and y.size > 10", "x.size <= 10"
    field = _made(
        Level("both big, same", "x.size = y.size", 1, 1, within=big),
        Level("small", small, 1, 1),
        Level("both big", None, 1, 1, within=big),
    )
    assert field.sql.count(big) == 1
    sizes = (("20", "20"), ("20", "30"), ("2", "20"), ("20", "2"))
    assert [_shows(field, x, y) for x, y in sizes] == [1, 3, 2, fields.MISSING]


def test_where_there_is_one_source_it_says_nothing_that_two_records_are_of_it() -> None:
    asked = "select {} from (select 'crm' as source) as x, (select 'crm' as source) as y, (select {} as sources) as t"
    with Warehouse.open() as opened:
        shown = [opened.scalar(asked.format(fields.ORIGIN.sql, sources)) for sources in (1, 2)]
    assert shown == [fields.MISSING, fields.ORIGIN.number("one source")]


def test_a_mutual_field_shows_the_first_level_of_either_way() -> None:
    field = replace(
        _made(Level("more", "x.size > y.size", 1, 1), Level("less", "x.size < y.size", 1, 1)), is_mutual=True
    )
    assert [_shows(field, x, y) for x, y in (("2", "1"), ("1", "2"), ("1", "1"), ("1", "null"))] == [1, 1, 0, 0]


def test_fields_are_well_made() -> None:
    for field in KNOWN.values():
        assert len(set(field.labels)) == len(field.labels) < 2**field.bits
        assert field.agreeing or field is fields.ORIGIN
        assert len({(level.within, level.when) for level in field.levels}) == len(field.levels)
        assert set(field.agreement) | set(field.ceilings) | set(field.floors) <= set(model.KINDS)
    assert get_args(fields.Kind) == tuple(model.KINDS)
    assert len({field.column for field in KNOWN.values()}) == len(KNOWN)
    most = next(item.max_length for item in Identity.model_fields["evidence"].metadata if hasattr(item, "max_length"))
    all_bits = sum(field.bits for field in fields.FIELDS) + most * attribute("occupation").bits
    assert all_bits <= BITS, "a pattern is one number"


def test_the_configuration_knows_the_names_of_the_fields() -> None:
    assert tuple(field.name for field in fields.FIELDS) == COMPARED


# -- what a join is named for ------------------------------------------------------------------------------------------


def _scored(known: tuple[Field, ...], **shown: str) -> dict[str, Any]:
    """What an untrained model says of one pattern: fields by column, blanks written as underscores."""
    shares, tables = model.expected(known)
    untrained = model.Model(known, shares, tables, 0, 0, False, ())
    wanted = {name.replace("_", " "): label for name, label in shown.items()}
    levels = {
        field.column: field.number(wanted[field.name.replace("_", " ")])
        if field.name.replace("_", " ") in wanted
        else fields.MISSING
        for field in known
    }
    row = score(pl.DataFrame({"pattern": [1], **{column: [level] for column, level in levels.items()}}), untrained)
    return row.row(0, named=True)


def test_a_join_is_named_for_the_field_that_agrees_beside_the_name() -> None:
    assert _scored(fields.FIELDS, given_name="same", email="similar", phone="same")["evidence"] == "email+name"
    assert _scored(fields.FIELDS, given_name="same", email="different", phone="same")["evidence"] == "phone+name"
    assert _scored(fields.FIELDS, given_name="same", address="same", birth_date="same")["evidence"] == "birth date+name"
    assert _scored(fields.FIELDS, given_name="same", address="same")["evidence"] == "address+name"
    assert _scored(fields.FIELDS, given_name="different", email="same")["evidence"] == "model"
    assert _scored(fields.FIELDS, given_name="same")["evidence"] == "model"


def test_evidence_is_no_mailbox_because_its_name_says_so() -> None:
    known = (*fields.FIELDS, attribute("work_email"), attribute("home_address"), attribute("pattern"))
    said = _scored(known, given_name="same", work_email="same, rare", home_address="same, rare", pattern="same, rare")
    assert said["fields"] == "given name, work_email, home_address, pattern"
    assert said["evidence"] == "model"
    assert not said["is_at_home"]
    assert _scored(known, given_name="same", phone="same")["is_at_home"]


def test_records_joined_by_evidence_called_work_email_are_not_joined_by_email(tmp_path: Path) -> None:
    both = {"given_name": "Cleo", "family_name": "Zelenka", "birth_date": "1980-05-17"}
    evidence = {"attributes": {"work_email": "cleo zelenka"}}
    opened = people.warehouse([{"record_id": name, **both, **evidence} for name in "ab"])
    resolve(opened, people.config(tmp_path, evidence=("work_email",)))
    assert people.customers(opened) == {frozenset({"crm:a", "crm:b"})}
    assert opened.rows("select distinct joined_by from identity.assignments") == [("birth date+name",)]
    (agreed,) = opened.rows("select fields from identity.links")[0]
    assert "work_email" in agreed


# -- nowhere else ------------------------------------------------------------------------------------------------------

ELSEWHERE = [path for path in sorted(IDENTITY.rglob("*.py")) if "fields" not in path.relative_to(IDENTITY).parts]
_BARE = re.compile(
    r"\blevel\s*(?:=|<>|[<>]=?|in\s*\()\s*\d"  # g.level >= 6
    rf"|\"?\b(?:{'|'.join(COMPARED)})\b\"?\s*(?:=|<>|[<>]=?|in\s*\()\s*\d"  # identifier = 1
    r"|\bcontains\((?:\w+\.)?fields\b"  # words searched for in the names of fields
)


def _texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module without its docstrings."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: path.relative_to(IDENTITY).as_posix())
def test_no_sql_elsewhere_knows_the_number_of_a_level_or_searches_names(path: Path) -> None:
    texts = _texts(ast.parse(path.read_text(encoding="utf-8")))
    assert not [f"{node.lineno}: {node.value}" for node in texts if _BARE.search(str(node.value))]


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: path.relative_to(IDENTITY).as_posix())
def test_no_module_elsewhere_knows_a_level_by_number_or_a_field_by_name(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    numbers = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("isin"))
        if re.search(r"\blevels?\b", ast.unparse(node))
        if any(isinstance(item, ast.Constant) and type(item.value) is int and item.value for item in ast.walk(node))
    ]
    names = [node.lineno for node in _texts(tree) if node.value in COMPARED and {"match", "ask"} & set(path.parts)]
    assert not numbers
    assert not names


def test_the_search_finds_what_it_is_for() -> None:
    for sql in (
        "case when g.level >= 6 then 5 end",
        'where "birth date" in (1, 2)',
        "where contains(w.fields, 'email')",
    ):
        assert _BARE.search(sql)
