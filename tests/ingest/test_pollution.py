"""A table polluted in every standard way: which share of its cells comes out exactly, and that no row is lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cxunify.config import Csv
from cxunify.errors import InputError
from cxunify.ingest.dialect import detect
from cxunify.ingest.find import find
from cxunify.ingest.probe import probe
from cxunify.ingest.read import read
from tests.ingest.conftest import Project
from tests.ingest.pollution import HEADER, Polluted, polluted

REACHED = 0.996
"""The share of all cells that comes out exactly. What is missing are rows that are rejected with a reason: what they say cannot be
known from the text alone (which of two names a delimiter stood between, which of two empty cells is one too many)."""


def came(project: Project, made: Polluted) -> tuple[int, int, int, str]:
    """Cells that came out exactly, records loaded, records rejected; and why it was refused, if it was."""
    project.write("s.csv", made.content)
    project.source(**({} if made.header else {"csv": {"header": False}, "person": {"id": "column_1"}}))
    config = project.config()
    source = config.sources["s"]
    [extract] = find(config, "s", source)[0]
    warehouse = project.warehouse
    warehouse.execute("create schema if not exists raw; drop table if exists raw.s")
    try:
        with warehouse.scratch() as scratch:
            layout = probe(warehouse, extract, source)
            reading = read(warehouse, extract, layout, "raw.s", 1, Path(scratch))
    except InputError as refused:
        return 0, 0, 0, str(refused)
    columns = list(warehouse.columns("raw.s"))[2 : 2 + len(HEADER)]
    if made.header and tuple(columns) != HEADER:
        return 0, 0, 0, f"columns {columns}"
    rows = {row[1]: row[2 : 2 + len(HEADER)] for row in warehouse.rows("select * from raw.s")}
    same = sum(
        (cell or "") == truth
        for number, truths in enumerate(made.table, 1)
        for cell, truth in zip(rows.get(number, ()), truths, strict=False)
    )
    return same, len(rows), len(reading.rejects), ""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Polluted, tuple[int, int, int, str]]]]:
    project = Project(tmp_path_factory.mktemp("pollution"))
    yield [(made, came(project, made)) for made in polluted()]
    project.warehouse.close()


def test_most_cells_come_out_exactly(outcomes: list[tuple[Polluted, tuple[int, int, int, str]]]) -> None:
    cells = sum(len(made.table) * len(HEADER) for made, _ in outcomes)
    same = sum(came[0] for _, came in outcomes)
    assert same / cells >= REACHED, (
        f"{same} of {cells} cells of {len(outcomes)} texts came out exactly: {same / cells:.4f}"
    )


def test_no_row_is_lost_and_none_is_moved(outcomes: list[tuple[Polluted, tuple[int, int, int, str]]]) -> None:
    for made, (same, loaded, rejected, refused) in outcomes:
        assert not refused, (made.name, refused)
        assert loaded + rejected == (len(made.table) if made.records is None else made.records), made.name
        wrong = loaded * len(HEADER) - same
        assert wrong == 0, (made.name, wrong)


def test_what_can_be_known_needs_no_reject(outcomes: list[tuple[Polluted, tuple[int, int, int, str]]]) -> None:
    whole = {made.name: came[0] == len(made.table) * len(HEADER) for made, came in outcomes}
    assert [name for name in whole if not whole[name] and not name.startswith(UNKNOWABLE)] == []


UNKNOWABLE = (
    "a cell too many, ", "a cell too few, ", "a cell too few at its beginning, ", "cut off, ", "a delimiter too few, ",
    "a delimiter too many, ", "a quote opened, row 83", "other delimiters, ",
)  # fmt: skip
"""What cannot be known of some of their rows. (The last line of a text may be the beginning of a cell of several.)"""


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("id,n\n1,'tis\n2,'twas\n3,O'Hara\n", ("id", "n")),
        ("id,n\n1,rock 'n' roll\n2,'Bob'\n3,x\n", ("id", "n")),
        ("id,n\n1,\"{'a': 1, 'b': 2}\"\n2,'b'\n", ("id", "n")),
    ],
)
def test_an_apostrophe_is_no_quote(text: str, header: tuple[str, ...]) -> None:
    found = detect(text, ["id"], Csv())
    assert found is not None
    assert (found.quote, found.delimiter, found.header) == ('"', ",", header)


@pytest.mark.parametrize("text", ["Report: id\nnumber,n\n1,a\n", "customer id number\n12\n13\n"])
def test_a_sign_within_cells_is_no_delimiter(text: str) -> None:
    found = detect(text, ["id"], Csv())
    assert found is not None
    assert found.delimiter == ","


def test_every_control_sign_once_is_text_still(project: Project) -> None:
    signs = "".join(map(chr, [*range(1, 9), *range(14, 32)]))
    project.write(
        "s.csv", f"id,n\n1,{signs}\n" + "".join(f"{number},a plain text, as it were\n" for number in range(2, 90))
    )
    project.source()
    summary = project.run().sources[0]
    assert project.column("select n from raw.s where id = '1'") == [signs]
    assert (summary.loaded, summary.rejected) == (1, 88)
