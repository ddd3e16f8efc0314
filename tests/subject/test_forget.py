"""Somebody is forgotten: no byte is left in any file of the tool's own, nobody else notices, and no extract brings them back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from cxunify import identity, ledger, memory, pipeline, publish
from cxunify.cli.options import LogFormat, Options
from cxunify.cli.session import new_run_id, open_warehouse, session
from cxunify.config import Config, Spark, load
from cxunify.errors import LookupFailed, StorageError
from cxunify.lock import hold
from cxunify.publish import versions
from cxunify.subject import erase as erasing
from cxunify.subject import published
from cxunify.subject.erase import Receipt, compact_warehouse, erase, is_to_compact, journal, open_for
from cxunify.subject.person import Person, customer_of, person
from cxunify.subject.texts import without_rows, without_words
from cxunify.warehouse import View, Warehouse
from tests import world

SPOKEN = "zz-broken,Rejected,Row,{0},,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n"
"""A line of more cells than the extract has columns, in which somebody's mailbox stands."""


@pytest.fixture(scope="module", autouse=True)
def plain() -> Iterator[None]:
    """Every file holds its bytes as they are: what is compressed is found by no search, erased or not."""
    connect, export = duckdb.connect, Warehouse.export

    def open_plainly(path: str, config: dict[str, Any] | None = None, **others: Any) -> duckdb.DuckDBPyConnection:
        return connect(path, config={**(config or {}), "force_compression": "uncompressed"}, **others)

    def write_plainly(self: Warehouse, select: str, path: Path, options: Any = (), params: Any = None) -> None:
        export(self, select, path, options, params)
        self.execute(
            f"copy (from read_parquet('{path}', hive_partitioning = false)) to '{path}.plain' (format parquet, compression"
            f" uncompressed, kv_metadata {{{_pairs(self, path)}}})"
        )
        path.with_name(f"{path.name}.plain").replace(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", open_plainly)
        patch.setattr(Warehouse, "export", write_plainly)
        yield


def _pairs(warehouse: Warehouse, path: Path) -> str:
    rows = warehouse.rows(f"select decode(key), decode(value) from parquet_kv_metadata('{path}')")
    return ", ".join(f"'{key}': '{value.replace(chr(39), chr(39) * 2)}'" for key, value in rows)


def run(config: Config) -> pipeline.Outcome:
    """What the command of cron does, compaction included."""
    with open_warehouse(config) as warehouse:
        outcome = pipeline.run(warehouse, config, pipeline.Request(new_run_id(), gated=True), lambda _: None)
        leaves_bytes = is_to_compact(warehouse)
    if leaves_bytes:
        compact_warehouse(config)
    return outcome


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A small world, published twice, with CSVs, a decision on the busiest customer, and a reject that quotes it."""
    folder = tmp_path_factory.mktemp("world")
    config = world.small(folder)
    path = folder / "cxunify.yaml"
    path.write_text(path.read_text() + "\npublish: {csv: [customers, interactions, links]}\n")
    run(load(path))
    published = config.output_path / "current"
    customer_id = busiest(config)
    customer = pl.read_parquet(published / "customers.parquet").filter(pl.col("customer_id") == customer_id)
    records = pl.read_parquet(published / "identity_map.parquet").filter(pl.col("customer_id") == customer_id)
    first, second = sorted(records.select("source", "record_id").rows())[:2]
    (folder / "decisions.csv").write_text(
        "source_a,record_id_a,source_b,record_id_b,decision\n"
        + ",".join((*first, *second, "same")) + "\ncrm,nobody,crm,no-one,same\n"
    )  # fmt: skip
    with (folder / "extracts" / "crm_contacts.csv").open("a") as file:
        file.write(SPOKEN.format(customer["email"][0]))
    world.add_person(config)
    run(load(path))
    return load(path)


@pytest.fixture
def project(done: Config, tmp_path: Path) -> Config:
    """A copy of it, to change."""
    return world.copied(done, tmp_path / "project")


def busiest(config: Config) -> str:
    """The customer of several records, with a card, a number and a mailbox of its own, that has bought most."""
    folder = config.output_path / "current"
    values = pl.read_parquet(folder / "identifiers.parquet").filter(
        pl.col("customer_id").n_unique().over("type", "value") == 1
    )
    customers = pl.read_parquet(folder / "customers.parquet").filter(pl.col("records") > 2)
    for kind in ("loyalty_id", "email", "phone"):
        customers = customers.join(values.filter(pl.col("type") == kind), on="customer_id", how="semi")
    return str(customers.sort("store_purchases", "customer_id")["customer_id"][-1])


def found(config: Config, customer_id: str) -> Person:
    with open_for(config, dry=True) as warehouse:
        return person(warehouse, config, customer_id)


def forget(config: Config, customer_id: str, *, dry: bool = False) -> Receipt:
    with hold(config.warehouse_path):
        return erase(config, found(config, customer_id), new_run_id(), dry=dry)


def own_files(config: Config) -> list[Path]:
    """Every file of the project but the extracts, their truth and the configuration."""
    return [
        path
        for path in sorted(config.root.rglob("*"))
        if path.is_file()
        and not {"extracts", "truth"} & set(path.parts)
        and path.name not in {"cxunify.yaml", "cxunify.schema.json"}
    ]


def hits(config: Config, words: list[str]) -> dict[str, list[str]]:
    """The files in which a word stands, byte by byte."""
    held = {str(path.relative_to(config.root)): path.read_bytes() for path in own_files(config)}
    spoken = {name: [word for word in words if word.encode() in content] for name, content in held.items()}
    return {name: there for name, there in spoken.items() if there}


def words_of(config: Config, who: Person) -> list[str]:
    """What nobody else is called: ids, mailboxes, numbers, cards, devices, the name as it is displayed."""
    customers = pl.read_parquet(config.output_path / "current" / "customers.parquet")
    names = customers.filter(pl.col("customer_id").is_in(who.customer_ids))["display_name"].to_list()
    assert len(customers.filter(pl.col("display_name").is_in(names))) == 1
    ids = [key for _, key in (*who.records, *who.interactions) if len(key) > 9]
    return [*who.texts, *names, *ids]


def tables(config: Config) -> dict[str, pl.DataFrame]:
    """Every published Parquet file of every kept run."""
    runs = config.output_path / "runs"
    return {
        str(path.relative_to(runs)): pl.read_parquet(path, hive_partitioning=False)
        for path in sorted(runs.rglob("*.parquet"))
    }


def test_no_byte_is_left_and_nobody_else_notices(project: Config) -> None:
    customer_id = busiest(project)
    who = found(project, customer_id)
    words, before = words_of(project, who), tables(project)
    assert {kind for kind, _ in who.values} >= {"email", "phone", "loyalty_id"}
    spoken = hits(project, words)
    assert {"warehouse.duckdb", "warehouse.ledger", "decisions.csv"} <= spoken.keys()
    assert sum("customers.csv" in name for name in spoken) == 2
    receipt = forget(project, customer_id)
    assert hits(project, words) == {}
    assert not journal(project).exists()
    assert (receipt.decisions, len(receipt.runs), receipt.records) == (1, 2, len(who.records))
    assert (project.root / "decisions.csv").read_text().count("\n") == 2
    changed = 0
    for name, rows in tables(project).items():
        assert rows.schema == before[name].schema
        assert rows.join(before[name], on=rows.columns, how="anti", nulls_equal=True).is_empty(), name
        lost = before[name].join(rows, on=rows.columns, how="anti", nulls_equal=True)
        changed += len(lost)
        for column in {"customer_id", "new_id"} & set(lost.columns):
            assert set(lost[column]) - {None} <= set(who.customer_ids), name
    assert changed > 2 * len(who.interactions)


def test_digests_and_counts_of_what_is_published_are_right_again(project: Config) -> None:
    forget(project, busiest(project))
    for folder in published.runs(project):
        described = versions.read(folder)
        assert described is not None
        for entry in described[1]["tables"]:
            files = [versions_digest(folder, file) for file in entry["files"]]
            assert [{**file, "made_from": ""} for file in entry["files"]] == [
                {**file, "made_from": ""} for file in files
            ]
            assert entry["rows"] == sum(file["rows"] for file in files)
            assert "csv" not in entry or entry["csv"] == versions_digest(folder, entry["csv"])
        for entry in described[1]["documents"]:
            assert entry == versions_digest(folder, entry)


def versions_digest(folder: Path, entry: dict[str, Any]) -> dict[str, Any]:
    from cxunify.publish import manifest

    path = folder / entry["path"]
    rows = entry.get("rows")
    if path.suffix == ".parquet":
        rows = len(pl.read_parquet(path, hive_partitioning=False))
    elif path.suffix == ".csv":
        rows = len(pl.read_csv(path, infer_schema=False))
    return manifest.describe(folder, path, rows)


def test_what_would_go_is_told_and_nothing_is_written(project: Config) -> None:
    before = {path: path.read_bytes() for path in own_files(project)}
    receipt = forget(project, busiest(project), dry=True)
    assert receipt.rows and receipt.ledger and len(receipt.runs) == 2 and receipt.decisions == 1
    assert {path: path.read_bytes() for path in own_files(project) if path.suffix != ".lock"} == {
        path: content for path, content in before.items() if path.suffix != ".lock"
    }


@pytest.mark.parametrize("afresh", [False, True], ids=["a new extract", "a new warehouse"])
def test_no_extract_brings_them_back_and_rows_add_up(project: Config, afresh: bool) -> None:
    customer_id = busiest(project)
    who, ids = found(project, customer_id), world.owners(project)
    words = words_of(project, who)
    forget(project, customer_id)
    if afresh:
        project.warehouse_path.unlink()
    else:
        world.add_person(project, 2)
        world.add_clicks(project, 3)
    summary = run(project).results["ingest"]
    assert hits(project, words) == {}
    skipped = {source.source: source.skipped for source in summary.sources}
    assert skipped["contacts"] >= 1 and sum(skipped.values()) >= len(who.records) + len(who.interactions)
    for source in summary.sources:
        assert source.records == source.loaded + source.rejected + source.skipped
    told = {source.source: " ".join(source.notes) for source in summary.sources}
    assert "1 row is of people who are forgotten, and left out" in told["contacts"]
    after = world.owners(project)
    assert not set(who.records) & set(after)
    others = set(ids) - set(who.records)
    assert others <= set(after)
    with open_for(project, dry=True) as warehouse:
        told = {old for (old,) in warehouse.rows("select old_id from ledger.changes where kind in ('merged', 'split')")}
    # What was known of them is gone from what values are worth: two records of others may be one now, and are told to be.
    assert {ids[key] for key in others if after[key] != ids[key]} <= told
    assert len([key for key in others if after[key] != ids[key]]) <= len(others) / 50
    with pytest.raises(LookupFailed, match="no customer is known"):
        customer_of(project, customer_id)


def test_a_file_that_only_adds_brings_nobody_back(project: Config) -> None:
    """What is kept of a source that appends, so that its new rows can be looked at alone, holds nothing of somebody forgotten."""
    owners = sorted(item for item in world.owners(project).items() if item[0][0] == "web_accounts")
    (_, account), customer_id = owners[0]
    forget(project, customer_id)
    counts = []
    for number in (5, 6, 7):
        world.add_clicks(project, number)
        path = project.root / "extracts" / f"web_events_{number}.ndjson"
        events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for place, event in enumerate(events):
            theirs = place < 3 and number == 6
            event |= {"anonymousId": f"device-{place}", "userId": account if theirs else None}
        path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        run(project)
        with open_for(project, dry=True) as warehouse:
            counts += warehouse.rows(
                "select max_by(coalesce(forgotten, 0), file_id) from raw.files where source = 'web_events'"
            )
            kept = warehouse.rows("select count(*) from staging.kept where source = 'web_events'")
            assert kept == [(0 if number == 6 else 1,)], "what a file says that held somebody forgotten is not kept"
            table = "raw.web_events" if number == 6 else "staging.traces"
            column = '"userId"' if number == 6 else "person_record_id"
            assert warehouse.rows(f"select count(*) from {table} where {column} = $account", {"account": account}) == [
                (0,)
            ]
    assert counts == [(0,), (3,), (0,)]


def test_a_reject_that_quotes_somebody_is_kept_without_its_text(project: Config) -> None:
    sql = "select source, reason, text is null from raw.rejects where source = 'contacts' order by source_row"
    with open_for(project, dry=True) as warehouse:
        before = warehouse.rows(sql)
    assert [told for *_, told in before] == [False] * len(before) and before
    forget(project, busiest(project))
    with open_for(project, dry=True) as warehouse:
        after = warehouse.rows(sql)
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert [told for *_, told in after].count(True) == 1


@pytest.mark.parametrize("moment", ["_remembered", "_loaded", "_decided", "compact_warehouse"])
def test_stopped_anywhere_the_next_command_completes_it(
    project: Config, moment: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    customer_id = busiest(project)
    who = found(project, customer_id)
    words = words_of(project, who)

    class Killed(BaseException):
        pass

    def dying(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(erasing, moment, dying)
        with pytest.raises(Killed):
            forget(project, customer_id)
    assert hits(project, words)
    options = Options(project.root / "cxunify.yaml", False, False, False, LogFormat.TEXT, True)
    with session(options, "ingest") as opened:
        assert opened.warehouse.scalar("select count(*) from ledger.tombstones") == len(who.marks)
    assert "that is done now" in capsys.readouterr().err
    assert hits(project, words) == {}


def test_without_the_key_nobody_is_brought_back_in_silence(project: Config) -> None:
    forget(project, busiest(project))
    project.key_path.unlink()
    memory.path_of(project).unlink()  # from which it would be restored
    world.add_person(project, 2)
    with pytest.raises(StorageError, match=r"people were forgotten, and the key"):
        run(project)


def test_what_others_share_stays_with_them(project: Config) -> None:
    with open_for(project, dry=True) as warehouse:
        shared = warehouse.rows(
            "select any_value(customer_id), type, value from identity.identifiers where type = 'phone' and status = 'valid'"
            " group by type, value having count(distinct customer_id) > 1 order by all limit 1"
        )
    customer_id, kind, value = shared[0]
    who = found(project, customer_id)
    assert (kind, value) not in who.values
    ids = world.owners(project)
    forget(project, customer_id)
    run(project)
    after = world.owners(project)
    assert after == {key: ids[key] for key in ids if key not in set(who.records)}


FAMILY = """
version: 1
region: US
currency: USD
sources:
  crm:
    channel: crm
    files: crm.csv
    person: {id: id, given_name: first, family_name: last, phone: phone, email: email}
  orders:
    channel: web
    files: orders.csv
    interaction: {id: order, at: at, kind: {value: purchase}, amount: amount, identifiers: {phone: phone}}
"""


@pytest.mark.parametrize("afresh", [False, True], ids=["the same warehouse", "a new warehouse"])
def test_what_was_of_two_does_not_become_the_others_own(tmp_path: Path, afresh: bool) -> None:
    """A family's number says nothing of who ordered; that one of them is forgotten makes the other no buyer of it."""
    (tmp_path / "cxunify.yaml").write_text(FAMILY)
    (tmp_path / "crm.csv").write_text(
        "id,first,last,phone,email\n1,Paul,Berg,+12065550142,paul@berg.example\n2,Dora,Berg,+12065550142,dora@berg.example\n"
        "3,Ivo,Lang,+12065550199,ivo@lang.example\n"
    )
    (tmp_path / "orders.csv").write_text(
        "order,at,amount,phone\nA,2024-03-01 10:00:00,20.00,+12065550142\nB,2024-03-02 10:00:00,30.00,+12065550199\n"
    )
    project = load(tmp_path / "cxunify.yaml")

    def buyers() -> dict[str, str | None]:
        rows = pl.read_parquet(project.output_path / "current" / "interactions", hive_partitioning=False)
        return dict(rows.select("interaction_id", "customer_id").rows())

    run(project)
    before, ids = buyers(), world.owners(project)
    assert before == {"A": None, "B": ids["crm", "3"]}
    forget(project, ids["crm", "1"])
    assert "+12065550142" not in json.dumps(_ledger(project))
    if afresh:
        project.warehouse_path.unlink()
    (tmp_path / "crm.csv").write_text((tmp_path / "crm.csv").read_text() + "4,Una,Hill,,una@hill.example\n")
    run(project)
    assert buyers() == before
    assert world.owners(project).items() >= {("crm", "2"): ids["crm", "2"], ("crm", "3"): ids["crm", "3"]}.items()
    project.key_path.unlink()
    memory.path_of(project).unlink()
    with (
        open_for(project, dry=False) as warehouse,
        pytest.raises(StorageError, match=r"people were forgotten, and the key"),
    ):
        identity.resolve(warehouse, project, afresh=True)


def _ledger(project: Config) -> list[Any]:
    with open_for(project, dry=True) as warehouse:
        return [str(row) for table in ledger.LEDGER for row in warehouse.rows(f"from {table.name}")]


def test_the_ledger_of_an_older_version_learns_of_tombstones(project: Config) -> None:
    with open_warehouse(project) as warehouse:
        warehouse.execute("drop table ledger.tombstones")
        warehouse.execute("drop table ledger.once_shared")
        warehouse.execute("update ledger.version set version = 4")
        ledger.prepare(warehouse)
        assert warehouse.rows("from ledger.tombstones") == warehouse.rows("from ledger.once_shared") == []


def test_rows_of_a_csv_go_and_every_other_byte_stays() -> None:
    text = '\ufeffid,note\n1,"two\nlines, ""quoted"""\n2,plain\r\n3,"last"'
    kept, gone = without_rows(text, lambda row: row["id"] == "2")
    assert (kept, gone) == ('\ufeffid,note\n1,"two\nlines, ""quoted"""\n3,"last"', 1)
    kept, gone = without_rows(text, lambda row: row["note"].startswith("two"))
    assert (kept, gone) == ('\ufeffid,note\n2,plain\r\n3,"last"', 1)
    assert without_rows("", lambda _: True) == ("", 0)


def test_words_go_from_documents_however_they_are_written() -> None:
    word = 'Ann <"ann"@x.example>'
    page = f"<p>Ann &lt;&quot;ann&quot;@x.example&gt;</p>{json.dumps(word)}"
    assert without_words(page, [word]) == ('<p>forgotten</p>"forgotten"', 2)


def test_a_catalog_that_shows_the_person_is_named_and_shows_nothing_of_it_after_the_next_run(
    project: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told of the contents that were shown, and of those that may stay: of tables that held the person, none may."""
    asked: list[tuple[dict[str, str], set[str]]] = []

    def show(_: Warehouse, run_id: str, views: Sequence[View], kept: Collection[str], runs: Collection[str]) -> None:
        assert run_id in runs
        asked.append(({view.name: view.content for view in views}, set(kept)))

    monkeypatch.setattr(Warehouse, "show", show)
    there = project.model_copy(update={"spark": Spark(catalog="main.shop")})
    assert forget(project, busiest(project), dry=True).catalog == ""
    for _ in range(2):  # the second time, all is there
        with open_warehouse(project) as warehouse:
            publish.show(warehouse, there)
    receipt = forget(project, busiest(project))
    assert receipt.catalog == "main.shop"
    run(project)
    with open_warehouse(project) as warehouse:
        publish.show(warehouse, there)
    (before, kept), (after, left) = asked
    held = {table for rows in receipt.runs.values() for table in rows}
    assert {"customers", "interactions", "identity_map"} <= held & before.keys()
    assert {name for name in before if name in held and before[name] in left | set(after.values())} == set()
    assert set(before.values()) <= kept and set(after.values()) <= left
