"""Measures against labels: what counting every pair by hand gives, for whatever shape the labels come in."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations, product
from pathlib import Path

import polars as pl
import pytest

from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.identity.ask import truth as labelled
from cxunify.identity.ask.evaluate import Evaluation, _count, evaluate
from cxunify.warehouse import Warehouse
from tests.identity.project import customers_of

Truth = dict[str, str]


@pytest.fixture(scope="module")
def truth(root: Path) -> Truth:
    frame = pl.read_csv(root / "sample_data" / "truth" / "truth.csv", infer_schema=False)
    return {f"{row['source']}:{row['record_id']}": row["person_id"] for row in frame.iter_rows(named=True)}


def _judged(
    config: Config, warehouse: Warehouse, folder: Path, frame: pl.DataFrame, name: str = "labels.csv"
) -> Evaluation:
    path = folder / name
    frame.write_parquet(path) if name.endswith("parquet") else frame.write_csv(path)
    return evaluate(warehouse, labelled.read(path, config))


def _frame(truth: Truth) -> pl.DataFrame:
    rows = [(*key.split(":", 1), person) for key, person in truth.items()]
    return pl.DataFrame(rows, schema=["source", "record_id", "person_id"], orient="row")


@pytest.mark.parametrize("counts", list(product((0, 1, 7), repeat=4)), ids=str)
def test_measures_of_counts_are_their_definitions(counts: tuple[int, int, int, int]) -> None:
    right, wrong, missed, _ = counts
    found = _count(*counts)
    assert (found.right, found.wrong, found.missed, found.apart) == counts
    assert found.precision == pytest.approx(right / (right + wrong) if right + wrong else 1)
    assert found.recall == pytest.approx(right / (right + missed) if right + missed else 1)
    # F1 by counts: no pair to find, none found, is as good as it gets
    assert found.f1 == pytest.approx(2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1)


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_measures_of_clusters_equal_counting_by_hand(
    sample: Config, looked: Warehouse, tmp_path: Path, truth: Truth, share: float
) -> None:
    known = customers_of(looked)
    drawn = sorted(random.Random(5).sample(sorted(truth), int(share * len(truth))))
    some = {key: truth[key] for key in drawn}
    found = _judged(sample, looked, tmp_path, _frame(some))
    pairs = [(known[a] == known[b], some[a] == some[b]) for a, b in combinations(some, 2)]
    right, wrong, missed = (pairs.count(case) for case in ((True, True), (True, False), (False, True)))
    assert (found.pairwise.right, found.pairwise.wrong, found.pairwise.missed) == (right, wrong, missed)
    assert found.pairwise.precision == pytest.approx(right / (right + wrong))
    assert found.pairwise.recall == pytest.approx(right / (right + missed))
    assert (found.labelled, found.unknown) == (len(some), 0)
    precision = recall = 0.0
    for key, person in some.items():
        mine = {other for other in some if known[other] == known[key]}
        theirs = {other for other in some if some[other] == person}
        precision += len(mine & theirs) / len(mine) / len(some)
        recall += len(mine & theirs) / len(theirs) / len(some)
    assert found.clusters is not None
    assert found.clusters.bcubed_precision == pytest.approx(precision)
    assert found.clusters.bcubed_recall == pytest.approx(recall)


def test_thresholds_and_calibration_equal_counting_by_hand(
    sample: Config, looked: Warehouse, tmp_path: Path, truth: Truth
) -> None:
    found = _judged(sample, looked, tmp_path, _frame(truth))
    sql = """
select x.source || ':' || x.record_id, y.source || ':' || y.record_id, w.probability
from identity.comparisons as c
join identity.weights as w using (pattern)
join identity.features as x on x.node = c.a
join identity.features as y on y.node = c.b
"""
    scored = [(truth[a] == truth[b], chance) for a, b, chance in looked.rows(sql)]
    true = sum(truth[a] == truth[b] for a, b in combinations(truth, 2))
    for at in found.thresholds:
        taken = [same for same, chance in scored if chance >= at.threshold]
        assert (at.counted.right, at.counted.wrong) == (sum(taken), len(taken) - sum(taken))
        assert at.counted.missed == true - sum(taken)
    assert sum(band.number for band in found.calibration) == len(scored)
    for band in found.calibration:
        within = [(s, c) for s, c in scored if band.low <= c < band.high or (band.high == 1 == c)]
        assert band.number == len(within)
        assert band.right == pytest.approx(sum(same for same, _ in within) / len(within))
        assert band.low <= band.promised <= band.high


def test_confidence_is_held_against_whom_most_records_of_the_customer_are(
    sample: Config, looked: Warehouse, tmp_path: Path, truth: Truth
) -> None:
    found = _judged(sample, looked, tmp_path, _frame(truth))
    said = dict(looked.rows("select source || ':' || record_id, confidence from identity.assignments"))
    members: dict[str, list[str]] = {}
    for key, customer in customers_of(looked).items():
        members.setdefault(customer, []).append(key)
    kept = []
    for keys in members.values():
        most = min(Counter(truth[key] for key in keys).items(), key=lambda pair: (-pair[1], pair[0]))[0]
        kept += [(said[key], truth[key] == most) for key in keys if len(keys) > 1]
    assert sum(band.number for band in found.confidence) == len(kept) > 100
    for band in found.confidence:
        within = [is_right for chance, is_right in kept if band.low <= chance < band.high or (band.high == 1 == chance)]
        assert band.number == len(within)
        assert band.right == pytest.approx(sum(within) / len(within))


def test_the_worst_errors_are_errors_by_the_labels(
    sample: Config, looked: Warehouse, tmp_path: Path, truth: Truth
) -> None:
    known = customers_of(looked)
    found = _judged(sample, looked, tmp_path, _frame(truth))
    assert found.wrong and found.missed
    for wrong in found.wrong:
        assert known[wrong.record_a] == known[wrong.record_b] == wrong.customer_id
        assert truth[wrong.record_a] != truth[wrong.record_b]
        assert wrong.records == list(known.values()).count(wrong.customer_id)
    assert [wrong.wrong_pairs for wrong in found.wrong] == sorted((w.wrong_pairs for w in found.wrong), reverse=True)
    for missed in found.missed:
        assert known[missed.record_a] != known[missed.record_b]
        assert truth[missed.record_a] == truth[missed.record_b]
    weights = [missed.weight for missed in found.missed if missed.weight is not None]
    assert weights == sorted(weights, reverse=True)


def test_labelled_pairs_count_and_nothing_else(sample: Config, looked: Warehouse, tmp_path: Path, truth: Truth) -> None:
    known = customers_of(looked)
    pairs = random.Random(3).sample(list(combinations(sorted(truth), 2)), 300)
    pairs += [pair for pair in combinations(sorted(truth), 2) if truth[pair[0]] == truth[pair[1]]][:100]
    pairs = sorted(set(pairs))
    rows = [(*a.split(":", 1), *b.split(":", 1), "yes" if truth[a] == truth[b] else "no") for a, b in pairs]
    frame = pl.DataFrame(rows, schema=["source_l", "unique_id_l", "source_r", "unique_id_r", "Match"], orient="row")
    for name in ("pairs.csv", "pairs.parquet"):
        found = _judged(sample, looked, tmp_path, frame, name)
        said = [(known[a] == known[b], truth[a] == truth[b]) for a, b in pairs]
        assert found.clusters is None
        assert found.labelled == len(pairs)
        assert found.pairwise.right == said.count((True, True))
        assert found.pairwise.wrong == said.count((True, False))
        assert found.pairwise.missed == said.count((False, True))


def test_a_reviewed_file_is_a_file_of_labels(sample: Config, looked: Warehouse, tmp_path: Path, truth: Truth) -> None:
    a, b, c = sorted(truth)[:3]
    frame = pl.DataFrame({"record_a": [a, a, b], "record_b": [b, c, c], "decision": ["same", "different", ""]})
    found = _judged(sample, looked, tmp_path, frame)
    assert (found.labelled, found.unknown) == (2, 0)


def test_labels_of_records_that_are_not_loaded_are_counted(
    sample: Config, looked: Warehouse, tmp_path: Path, truth: Truth
) -> None:
    found = _judged(sample, looked, tmp_path, _frame(truth | {"contacts:elsewhere": "p", "contacts:nowhere": "p"}))
    assert (found.labelled, found.unknown) == (len(truth), 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x,y\n1,2\n", "neither labelled records nor pairs"),
        ("source,record_id,person_id\ncontacts,elsewhere,1\n", "none of the 1 label"),
        ("record_a,record_b,same\ncontacts:1,contacts:2,perhaps\n", "neither yes nor no"),
        ("", "or is empty"),
        (None, "there is no file"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_valid(
    sample: Config, looked: Warehouse, tmp_path: Path, text: str | None, problem: str
) -> None:
    path = tmp_path / "labels.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=problem) as raised:
        evaluate(looked, labelled.read(path, sample))
    assert raised.value.problems[0].fix
    assert "perhaps" not in str(raised.value)
