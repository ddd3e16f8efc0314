"""A column that is gone overnight, through the real command: cron hears of it, the others are published, the source stands."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from tests.cli.project import Project
from tests.cli.test_upkeep import shop


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A shop whose tills renamed a column after the first run, while its CRM has one person more."""
    project = shop(tmp_path_factory.mktemp("drift") / "project")
    project.replace("files: in/tills.csv", 'files: "in/tills*.csv"')
    project.run("run", "--quiet")
    (project.folder / "in" / "tills2.csv").write_text("no,at,total,customer\n99,2024-04-01 10:00,3.00,1\n")
    project.replace("3,Ivo,ivo@x.example", "3,Ivo,ivo@x.example\n4,Una,una@hill.example", "in/crm.csv")
    return project


def test_check_says_what_the_run_then_does(drifted: Project) -> None:
    said = drifted.run("check", expect=65)
    assert "tills: refused; a run would leave what is loaded of it" in said.stdout
    assert "Did you mean `total`?" in said.stderr and "crm.csv" in said.stdout
    done = drifted.run("run", "--quiet", expect=65)
    assert (done.stdout, done.stderr.count("error:")) == ("", 1)
    assert (
        "tills2.csv has no column for interaction.amount, `amount`; what was loaded of it before stands" in done.stderr
    )
    assert "Una" in drifted.run("show", "una@hill.example").stdout
    assert drifted.run("show", "ruf@mill.example").stdout.count("purchase") > 1
    manifest = json.loads((drifted.current / "manifest.json").read_text())
    assert "tills2.csv has no column" in manifest["gates"][0]
    told = " ".join(drifted.run("status").stdout.split())
    assert "refused: source tills: in/tills2.csv has no column for interaction.amount, `amount` (since run" in told
    report = json.loads(drifted.run("quality", "--json", expect=65).stdout)["document"]
    assert "This is not all: the newest extract of tills was refused" in report["headline"][0]
    assert "extract_refused.tills.files" in [gap["gap_id"] for gap in report["gaps"]]


STYLES = {
    "dates": [f"{n},{1 + n % 28}h04h24,5.00,1" for n in range(100, 130)],
    "amounts": [f"{n},2024-04-{1 + n % 28:02} 10:00,about {n},1" for n in range(100, 130)],
}


@pytest.mark.parametrize("style", STYLES)
def test_cells_of_another_style_are_counted_and_nothing_is_published(tmp_path: Path, style: str) -> None:
    project = shop(tmp_path / "project")
    project.replace("files: in/tills.csv", 'files: "in/tills*.csv"')
    project.replace(
        "publish:", "quality: {max_reject_share: 0.9}\npublish:"
    )  # years of good files would hide one bad day
    project.run("run", "--quiet")
    before = project.digests()
    (project.folder / "in" / "tills2.csv").write_text("\n".join(["no,at,amount,customer", *STYLES[style], ""]))
    what = "30 of 30 rows were rejected" if style == "dates" else "30 of 30 cells of amount cannot be read"
    for command in ("check", "run", "run"):
        told = project.run(command, expect=3).stderr
        assert f"tills: of in/tills2.csv, {what} (100%), more than 50%" in told.replace("100.0%", "100%").replace(
            "50.0%", "50%"
        )
    assert project.digests() == before
    (project.folder / "in" / "tills3.csv").write_text("no,at,amount,customer\n130,2024-05-01 10:00,5.00,1\n")
    project.run("run", "--quiet", expect=3)
    assert project.digests() == before
    (project.folder / "in" / "tills2.csv").unlink()
    project.run("run", "--quiet")
    assert project.digests() != before


def test_nothing_moves_while_it_is_refused_and_the_mended_mapping_takes_it_in(drifted: Project, tmp_path: Path) -> None:
    project = drifted.copy(tmp_path / "project")
    project.run("run", "--quiet", expect=65)
    before = project.digests()
    project.run("run", "--quiet", expect=65)
    assert project.digests() == before
    project.run("ingest", "tills", expect=65)
    project.replace("total", "amount", "in/tills2.csv")
    assert project.run("run", "--quiet").stderr == ""
    assert project.run("status").stdout.count("refused") == 0
    assert project.digests() != before


def test_a_file_cut_short_stops_its_own_source_only(tmp_path: Path) -> None:
    project = shop(tmp_path / "project")
    project.replace("files: in/tills.csv", 'files: "in/tills*"')
    assert "no source was loaded" not in project.run("run", "--quiet").stderr
    whole = gzip.compress(b"no,at,amount,customer\n" + b"99,2024-04-01 10:00,3.00,1\n" * 50)
    (project.folder / "in" / "tills2.csv.gz").write_bytes(whole[:-12])
    project.replace("3,Ivo,ivo@x.example", "3,Ivo,ivo@x.example\n4,Una,una@hill.example", "in/crm.csv")
    assert "tills: refused; a run would leave what is loaded of it" in project.run("check", expect=65).stdout
    done = project.run("run", "--quiet", expect=65)
    assert "in/tills2.csv.gz" in done.stderr and "what was loaded of it before stands" in done.stderr
    assert "Una" in project.run("show", "una@hill.example").stdout
    assert project.run("show", "ruf@mill.example").stdout.count("purchase") > 1
    gates = json.loads((project.current / "manifest.json").read_text())["gates"]
    assert "in/tills2.csv.gz" in gates[0] and str(project.folder) not in gates[0]
    assert "extract_refused.tills.files" in project.run("quality", expect=65).stdout.replace("\n", "")
    (project.folder / "in" / "tills2.csv.gz").write_bytes(whole)
    assert project.run("run", "--quiet").stderr == ""


def test_a_new_source_that_is_refused_stops_all_and_says_so(tmp_path: Path) -> None:
    project = shop(tmp_path / "project")
    project.run("run", "--quiet")
    before = project.digests()
    with project.config.open("a") as file:
        file.write("  web:\n    channel: web\n    files: in/web.csv\n    person: {id: id}\n")
    told = project.run("run", "--quiet", expect=65).stderr
    assert "no source was loaded: web would be new" in " ".join(told.split())
    assert project.digests() == before


TILLS = "no,at,amount,customer\n"
GOOD = [f"{n},2024-05-{1 + n % 28:02} 10:00,5.00,1" for n in range(200, 260)]
LARGER = [f"{n},2024-06-{1 + n % 28:02} 10:00,5.00,1" for n in range(1000, 2000)]
BAD = {
    "amounts": [f"{n},2024-05-{1 + n % 28:02} 10:00,n.a. {n},1" for n in range(200, 260)],
    "dates": [f"{n},2024-{'05' if n % 3 else '15'}-{1 + n % 28:02} 10:00,5.00,1" for n in range(200, 260)],
}


@pytest.fixture
def refused(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    """A shop that appends a file of its tills a month, of which a gate has refused the last one."""
    project = shop(tmp_path / "project")
    project.replace("files: in/tills.csv", 'files: "in/tills*.csv"')
    project.run("run", "--quiet")
    (project.folder / "in" / "tills_05.csv").write_text(TILLS + "\n".join(BAD[request.param]) + "\n")
    project.run("run", "--quiet", expect=3)
    return project


def _sold(project: Project) -> dict[str, int]:
    rows = pl.read_parquet(project.current / "interactions", hive_partitioning=False).filter(
        pl.col("source") == "tills"
    )
    return dict(rows.group_by(pl.col("occurred_at").dt.strftime("%Y-%m")).len().rows())


@pytest.mark.parametrize("refused", BAD, indirect=True)
def test_a_file_that_a_gate_refused_is_refused_until_it_is_mended(refused: Project) -> None:
    before = refused.digests()
    (refused.folder / "in" / "tills_06.csv").write_text(TILLS + "\n".join(LARGER) + "\n")
    said = refused.run("run", "--quiet", expect=3).stderr
    assert "tills" in said and refused.digests() == before
    (refused.folder / "in" / "tills_05.csv").write_text(TILLS + "\n".join(GOOD) + "\n")
    told = refused.run("run")
    assert "in/tills_05.csv, which was refused, is another now" in " ".join(told.stdout.split() + told.stderr.split())
    assert (_sold(refused)["2024-05"], _sold(refused)["2024-06"]) == (len(GOOD), len(LARGER))
    assert refused.run("run", "--quiet").stderr == ""


@pytest.mark.parametrize("refused", BAD, indirect=True)
def test_a_file_that_a_gate_refused_and_that_is_taken_away_is_gone(refused: Project) -> None:
    sold = _sold(refused)
    (refused.folder / "in" / "tills_05.csv").unlink()
    told = refused.run("run")
    assert "which was refused, is there no longer" in " ".join(told.stdout.split() + told.stderr.split())
    assert _sold(refused) == sold
    (refused.folder / "in" / "tills_06.csv").write_text(TILLS + "\n".join(LARGER) + "\n")
    refused.run("run", "--quiet")
    assert _sold(refused) == {**sold, "2024-06": len(LARGER)}


def test_a_file_that_was_published_and_is_taken_away_stands(tmp_path: Path) -> None:
    project = shop(tmp_path / "project")
    project.replace("files: in/tills.csv", 'files: "in/tills*.csv"')
    (project.folder / "in" / "tills_05.csv").write_text(TILLS + "\n".join(GOOD) + "\n")
    project.run("run", "--quiet")
    sold = _sold(project)
    (project.folder / "in" / "tills_05.csv").unlink()
    (project.folder / "in" / "tills_06.csv").write_text(TILLS + "\n".join(BAD["dates"]) + "\n")
    project.run("run", "--quiet", expect=3)
    (project.folder / "in" / "tills_06.csv").unlink()
    project.run("run", "--quiet")
    assert _sold(project) == sold


SHRINKING = {
    "parts": ("""
  crm:
    channel: crm
    files: in/crm_*.csv
    load: parts
    person: {id: id, given_name: first, email: mail}
""", {
        f"crm_{part}.csv": ["id,first,mail", *(f"{part}{n},Orla{n},o{part}{n}@brook.example" for n in range(20))]
        for part in range(4)
    }),
    "a table of links": ("""
  tickets:
    channel: support
    from:
      files: {t: in/tickets.csv, l: in/links.csv}
      sql: select t.*, l.mail from t left join l on l.ticket = t.id
    interaction: {id: id, at: at, kind: contact_in, identifiers: {email: mail}}
""", {
        "tickets.csv": ["id,at", *(f"{n},2024-03-{1 + n % 28:02} 10:00" for n in range(40))],
        "links.csv": ["ticket,mail", *(f"{n},o{n}@brook.example" for n in range(40))],
    }),
}  # fmt: skip


@pytest.mark.parametrize("what", SHRINKING)
def test_a_part_of_an_export_that_comes_alone_is_refused(tmp_path: Path, what: str) -> None:
    """Like a snapshot that has shrunk: a half-written export in parts, a table of links with a header alone."""
    source, extracts = SHRINKING[what]
    (tmp_path / "in").mkdir()
    (tmp_path / "cxunify.yaml").write_text(f"version: 1\nregion: GB\ncurrency: GBP\nsources:{source}")
    for name, lines in extracts.items():
        (tmp_path / "in" / name).write_text("\n".join([*lines, ""]))
    project = Project(tmp_path)
    project.run("run", "--quiet")
    before = project.digests()
    project.run("run", "--quiet")
    if what == "parts":
        for name in list(extracts)[1:]:
            (tmp_path / "in" / name).rename(tmp_path / name)
        told = "crm: 20 rows, and 80 in the file before"
    else:
        (tmp_path / "in" / "links.csv").write_text("ticket,mail\n")
        told = "tickets: in/links.csv: 0 rows, and 40 in the file before"
    for _ in range(2):
        assert told in project.run("run", "--quiet", expect=3).stderr
    assert project.digests() == before
    for name, lines in extracts.items():
        (tmp_path / "in" / name).write_text("\n".join([*lines, ""]))
    assert project.run("run", "--quiet").stderr == ""
    assert project.digests() == before
