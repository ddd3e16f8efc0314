"""Whatever happens to a project, in whatever order, it ends with what a run from nothing would publish.

`CXUNIFY_SEQUENCES=500 pytest tests/test_sequences.py` (`make soak`) tries as many; the gate tries a few. Its seed tells a sequence.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cxunify import ledger, pipeline
from cxunify.cli.demonstration import unpack
from cxunify.cli.session import new_run_id, open_warehouse
from cxunify.config import Config, load
from cxunify.errors import GateError
from cxunify.publish import versions
from tests import world

SEQUENCES = int(os.environ.get("CXUNIFY_SEQUENCES", "2"))
LONGEST = 6
SETTINGS = (
    "publish: {personal_data: hashed}",
    "publish: {personal_data: none, csv: [customers]}",
    "profile: {session_minutes: 5}",
    "profile: {survivorship: {email: most_frequent}}",
    "identity: {threshold: 0.9}",
    "identity: {device: none}",
    "quality: {targets: {snapshot_shrunk: 0, contacts.email: 0.5}}",
)
FIXED = "\nquality: {targets: {snapshot_shrunk: 0}, max_shrink_share: 1, max_reject_share: 1}\n"
"""A snapshot that shrank is told by what was before it, which a run from nothing does not know."""


class _Killed(BaseException):
    """What no handler of the product catches."""


class Life:
    """A project and what happens to it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.folder = folder
        self.base = (folder / "cxunify.yaml").read_text(encoding="utf-8")
        self.extracts = {
            path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "extracts").glob("*.csv"))
        }
        self.people = self.clicks = 0
        self.told: list[str] = []
        self.settings("")

    @property
    def config(self) -> Config:
        return load(self.folder / "cxunify.yaml")

    def settings(self, text: str) -> None:
        """Write the configuration with other settings."""
        fixed = FIXED if not text.startswith("quality:") else ""
        (self.folder / "cxunify.yaml").write_text(f"{self.base}{fixed}\n{text}\n", encoding="utf-8")

    def run(self, **wanted: object) -> None:
        """A command, to its end."""
        with open_warehouse(self.config) as warehouse:
            pipeline.run(warehouse, self.config, pipeline.Request(new_run_id(), **wanted), lambda _: None)  # type: ignore[arg-type]

    # -- what may happen ---------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Other extracts, and a run."""
        self.other_extracts()
        self.run(gated=True)

    def other_extracts(self) -> None:
        """An export is cut short, or all come back whole; the web shop has been visited; somebody is new."""
        name = self.dice.choice(sorted(self.extracts))
        match self.dice.choice(("cut", "whole", "clicks", "new")):
            case "cut":
                lines = (self.folder / "extracts" / name).read_text(encoding="utf-8").count("\n")
                world.cut(self.config, name, self.dice.randint(1, max(1, lines // 3))) if lines > 6 else None
            case "whole":
                for one, text in self.extracts.items():
                    (self.folder / "extracts" / one).write_text(text, encoding="utf-8")
            case "clicks" if self.clicks < 9:
                self.clicks += 1
                world.add_clicks(self.config, self.clicks)
            case _:
                self.people += 1
                world.add_person(self.config, self.people)

    def refused(self) -> None:
        """A gate refuses what other extracts bring."""
        before = (self.folder / "cxunify.yaml").read_text(encoding="utf-8")
        self.other_extracts()
        self.settings("quality: {min_identified_revenue: 1, max_shrink_share: 1, max_reject_share: 1}")
        with pytest.raises(GateError):
            self.run(gated=True)
        (self.folder / "cxunify.yaml").write_text(before, encoding="utf-8")

    def changed_settings(self) -> None:
        """Other settings, and a run."""
        self.settings(self.dice.choice(SETTINGS))
        self.run()

    def killed(self) -> None:
        """A run dies while a table is made, or between two steps of publishing."""
        self.other_extracts()
        at, count = self.dice.randint(1, 200), 0

        def built(*_: object) -> None:
            nonlocal count
            count += 1
            if count == at:
                raise _Killed

        where, name = self.dice.choice(
            ((ledger, "propose"), (versions, "swap"), (ledger, "confirm"), (versions, "prune"))
        )
        original, is_after = getattr(where, name), self.dice.random() < 0.5

        def dying(*arguments: object, **named: object) -> None:
            if is_after:
                original(*arguments, **named)
            raise _Killed

        with pytest.MonkeyPatch.context() as patch, pytest.raises(_Killed):
            patch.setattr(where, name, dying)
            warehouse = open_warehouse(self.config)
            warehouse._listener = built
            try:
                pipeline.run(warehouse, self.config, pipeline.Request(new_run_id(), force=True), lambda _: None)
            finally:
                warehouse.close()

    def in_part(self) -> None:
        """Only some layers are brought up to date."""
        self.other_extracts()
        self.run(until=self.dice.choice(("ingest", "resolve", "profile")))

    def learned_anew(self) -> None:
        """Another model is asked for, and published or not."""
        self.run(until=self.dice.choice(("resolve", "quality")), retrain=True)

    def without_warehouse(self) -> None:
        """Somebody deletes the warehouse."""
        self.config.warehouse_path.unlink(missing_ok=True)


HAPPENS: tuple[Callable[[Life], None], ...] = (
    Life.refresh, Life.refused, Life.changed_settings, Life.killed, Life.in_part, Life.learned_anew, Life.without_warehouse,
)  # fmt: skip


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world, published once."""
    config = world.small(tmp_path_factory.mktemp("begun"))
    with open_warehouse(config) as warehouse:
        pipeline.run(warehouse, config, pipeline.Request(new_run_id()), lambda _: None)
    return config.root


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_every_sequence_ends_with_what_a_run_from_nothing_would_publish(seed: int, begun: Path, tmp_path: Path) -> None:
    shutil.copytree(begun, tmp_path / "project", symlinks=True)
    life = Life(tmp_path / "project", seed)
    for happens in life.dice.choices(HAPPENS, k=life.dice.randint(2, LONGEST)):
        life.told.append(happens.__name__)
        happens(life)
    life.run()
    found, expected = world.published(life.config), world.from_nothing(life.config)
    assert found.keys() == expected.keys(), life.told
    assert not [name for name in found if found[name] != expected[name]], life.told


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled sample, published once."""
    folder = tmp_path_factory.mktemp("shown") / "project"
    unpack(folder)
    life = Life(folder, 0)
    life.run()
    (folder / "cxunify.yaml").write_text(life.base, encoding="utf-8")
    return folder


@pytest.fixture
def sample(shown: Path, tmp_path: Path) -> Life:
    """A copy of it."""
    shutil.copytree(shown, tmp_path / "project", symlinks=True)
    return Life(tmp_path / "project", 0)


def test_after_a_refused_refresh_the_timeline_is_whole(sample: Life) -> None:
    """640 of 1,986 interactions were missing here, and 1,320 customer ids differed: tables kept the engine's row numbers."""
    life = sample
    world.cut(life.config, "pos_receipts.csv", 5)
    life.settings("quality: {min_identified_revenue: 0.99}")
    with pytest.raises(GateError):
        life.run(gated=True)
    life.settings("quality: {min_identified_revenue: 0.5}")
    life.run(gated=True)
    expected = world.from_nothing(life.config)
    assert world.published(life.config) == expected
    assert world.owners(life.config)


def test_after_an_ordinary_refresh_hashing_loses_nothing(sample: Life) -> None:
    life = sample
    world.cut(life.config, "pos_receipts.csv", 5)
    life.run(gated=True)
    rows = len(world.published(life.config)["interactions"])
    life.settings("publish: {personal_data: hashed}")
    life.run(gated=True)
    assert len(world.published(life.config)["interactions"]) == rows


def test_ids_survive_the_event_that_gates_exist_for(sample: Life) -> None:
    """Both exports cut short and refused, restored, and one new record: 76 of 80 published ids changed here."""
    life = sample
    before = world.owners(life.config)
    for name in ("crm_contacts.csv", "pos_customers.csv"):
        world.cut(life.config, name, 200)
    life.settings("quality: {max_shrink_share: 0.1}")
    with pytest.raises(GateError):
        life.run(gated=True)
    for name, text in life.extracts.items():
        (life.folder / "extracts" / name).write_text(text, encoding="utf-8")
    life.run(gated=True)
    with open_warehouse(life.config) as warehouse:
        kept = warehouse.rows("select source, record_id, customer_id from identity.assignments")
    assert world.owners(life.config) == {(source, record): customer for source, record, customer in kept} == before
    world.add_person(life.config)
    life.run(gated=True)
    after = world.owners(life.config)
    assert {record: after[record] for record in before} == before
    with open_warehouse(life.config) as warehouse:
        last = "run_id = (select max(run_id) from ledger.runs)"
        assert warehouse.rows(f"select kind, count(*) from ledger.changes where {last} group by kind") == [("new", 1)]
