"""The generated world is the same every time, its truth is complete, and every trap of life occurs in it."""

import re
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from sample_data.generate import HERE, SMALLEST, generate, main
from sample_data.world.crm import salesforce_ids
from sample_data.world.files import SLICE
from sample_data.world.rates import CLEAN, DIRTY, SAMPLE, SAMPLE_PEOPLE, SAMPLE_SEED, Rates
from tests.sample_data.traps import DIRT, LIFE, TRAPS, receipts
from tests.sample_data.worlds import KEYS, PEOPLE, World, world


def test_committed_sample_is_what_the_generator_makes() -> None:
    made = world(SAMPLE_PEOPLE, SAMPLE_SEED, "US", SAMPLE)
    for name, content in made.files.items():
        folder = "truth" if name.startswith("truth") else "extracts"
        assert (HERE / folder / name).read_bytes() == content, f"{name}: run python sample_data/generate.py"
    assert sum(map(len, made.files.values())) < 3_500_000


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    main([str(tmp_path), "--people", "300", "--seed", "3"])
    again = World(tmp_path)
    assert again.files == world(300, 3).files
    assert again.files != world(300, 4).files
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.rglob("*") if path.is_file())


def test_slices_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sample_data.world.files.SLICE", 97)
    generate(tmp_path, 300, 3)
    assert len(world(300, 3).lines) < SLICE
    assert World(tmp_path).files == world(300, 3).files


def test_one_rate_changes_only_what_it_is_about() -> None:
    named = world(300, 3, "US", replace(DIRTY, unidentified=0.0))
    changed = {name for name, content in named.files.items() if world(300, 3).files[name] != content}
    assert changed == {"pos_receipts.csv", "truth_campaigns.csv"}  # it tells of what can be known alone
    same = [name for name in named.lines.columns if not name.startswith("Customer")]
    assert named.lines.select(same).equals(world(300, 3).lines.select(same))


def test_truth_covers_every_record_once() -> None:
    for made in (world(), world(rates=CLEAN)):
        for source, (_, key) in KEYS.items():
            truth, name = (made.truth, "record_id") if source in PEOPLE else (made.happened, "interaction_id")
            known = truth.filter(pl.col("source") == source)[name]
            assert known.is_unique().all(), source
            assert set(known) == set(made.table[source][key]), source
        assert made.truth.null_count().sum_horizontal().item() == 0


def test_sizes_grow_with_people() -> None:
    small, large = world(500), world()
    for source in KEYS:
        ratio = len(large.table[source]) / len(small.table[source])
        assert 3 < ratio < 5.5, source
    assert large.contacts["LastName"].n_unique() > 2 * small.contacts["LastName"].n_unique()
    assert large.contacts["MailingCity"].n_unique() > 1.5 * small.contacts["MailingCity"].n_unique()
    assert 2.1 < len(large.truth) / 2000 < 2.5


def test_every_rate_is_explained() -> None:
    text = Path(HERE / "world" / "rates.py").read_text(encoding="utf-8")
    for field in fields(Rates):
        assert re.search(rf'    {field.name}: \w+ = [\d.]+\n    """[A-Z].*\."""\n', text), field.name


def test_salesforce_ids_carry_the_right_check() -> None:
    assert salesforce_ids("003", pl.Series([0, 61, 62 + 10]).to_numpy()).to_list() == [
        "0035f0000000000AAA",
        "0035f000000000zAAA",
        "0035f000000001AAAQ",
    ]


def test_arguments_that_make_no_world(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 40 people"):
        generate(tmp_path, SMALLEST - 1, 1)
    with pytest.raises(ValueError, match="'FR' is none of US, DE, GB"):
        generate(tmp_path, 400, 1, "FR")


@pytest.mark.parametrize("trap", TRAPS)
def test_trap_occurs(trap: str) -> None:
    count, least = TRAPS[trap]
    assert count(world()) >= least


def test_sample_holds_every_trap() -> None:
    sample = world(SAMPLE_PEOPLE, SAMPLE_SEED, "US", SAMPLE)
    assert [trap for trap, (count, _) in TRAPS.items() if count(sample) == 0] == []


@pytest.mark.parametrize("trap", DIRT)
def test_clean_world_has_no(trap: str) -> None:
    assert TRAPS[trap][0](world(rates=CLEAN)) == 0


@pytest.mark.parametrize("trap", LIFE)
def test_clean_world_keeps(trap: str) -> None:
    assert TRAPS[trap][0](world(rates=CLEAN)) > 0


def test_clean_world_names_every_receipt_and_leaves_no_field_empty() -> None:
    clean = world(rates=CLEAN)
    assert receipts(clean)["named"].all()
    for column in ("FirstName", "LastName", "Email", "Phone", "MailingStreet", "MailingPostalCode", "Birthdate"):
        assert clean.contacts[column].null_count() == 0, column
    assert clean.pos["Email Address"].null_count() == 0
    assert clean.web["Email"].null_count() == 0


def test_unidentified_receipts_have_causes_to_find() -> None:
    sold = receipts(world(8000))
    share = 1 - sold.select(pl.col("named").mean()).item()
    assert 0.20 < share < 0.30
    by_store = 1 - sold.group_by("Location").agg(pl.col("named").mean()).sort("named")["named"]
    assert by_store[0] > 2.2 * by_store[-1]
    by_day = dict(sold.group_by("weekday").agg((1 - pl.col("named").mean()).alias("unnamed")).iter_rows())
    assert by_day[6] > by_day[2] + 0.1


def test_a_store_sent_nothing_for_days() -> None:
    store = receipts(world(8000)).filter(pl.col("Location").str.starts_with("Store 002 "))
    days = store["Date"].str.to_date(strict=False).drop_nulls().unique().sort()
    assert days.diff().max() >= timedelta(days=DIRTY.missing_days)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("country", "phone", "postcode", "birth", "amount"),
    [
        ("DE", r"^(\+49|0049|'?0|\(0)", r"^\d{4,5}$", r"^\d\d\.\d\d\.\d{4}$", r"^-?[\d.]+,\d\d €$"),
        ("GB", r"^(\+44|0044|'?0|\(0)", r"^[A-Za-z]+\d+ ?\d[A-Za-z]+$", r"^\d\d/\d\d/\d{4}$", r"^-?£[\d,]+\.\d\d$"),
    ],
)
def test_other_countries_write_their_own_way(country: str, phone: str, postcode: str, birth: str, amount: str) -> None:
    made = world(600, 7, country, CLEAN)
    for table, column, pattern in (
        (made.contacts, "Phone", phone),
        (made.contacts, "MailingPostalCode", postcode),
        (made.pos, "Birthday", birth),
        (made.lines, "Date", birth),
        (made.lines, "Net Sales", amount),
        (made.contacts, "Birthdate", r"^\d{4}-\d\d-\d\d$"),
    ):
        odd = table.filter(~pl.col(column).str.contains(pattern))
        assert odd.is_empty(), (column, odd[column].head(3).to_list())


def test_truth_is_in_no_extract() -> None:
    extracts = {name: content for name, content in world(300, 3).files.items() if not name.startswith("truth")}
    assert len(extracts) == len(KEYS)
    assert [name for name, content in extracts.items() if b"p0000" in content or b"h0000" in content] == []
