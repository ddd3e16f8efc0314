"""Splink 5 on the records that cxunify has normalised, set up as its documentation advises; prints what it took as JSON.

    python tests/bench/splink_rival.py RECORDS.parquet OUT.parquet [--lean] THRESHOLD...

RECORDS is what normalised.py writes. OUT receives record_key and, for each threshold, the cluster of each record. Needs an
environment of its own that has `splink`; cxunify does not depend on it.

The settings: Jaro-Winkler at .92, .88 and .7 for names, Splink's own comparisons of dates of birth and e-mails, street and
postcode as one comparison of the address, one edit for identifiers and other attributes, exact phones; term frequencies
wherever Splink offers them. Eleven strict blocking rules, two for each identifier or attribute, and single columns whose pairs
are few; u from a million random pairs, m from two to four passes of EM on different blocks. Columns that are empty in more
than 99 of 100 records are left out, the city where there are postcodes.

`--lean`: as an expert sets it up who is in a hurry: five blocking rules, EM on two of them, no identifiers or attributes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from typing import Any

import duckdb
import splink
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import block_on
from splink.internals.duckdb.database_api import DuckDBAPI
from splink.internals.linker import Linker
from splink.internals.settings_creator import SettingsCreator

NAMES, LEAST_FILLED = [0.92, 0.88, 0.7], 0.01
MOST_PAIRS, AFFORDABLE = 10, 2_000_000
"""Pairs per record that a block may make, or it is left out as Splink advises; and pairs in all, of a block of one column."""
COMPARISONS = {
    "given": cl.JaroWinklerAtThresholds("given", NAMES).configure(term_frequency_adjustments=True),
    "family": cl.JaroWinklerAtThresholds("family", NAMES).configure(term_frequency_adjustments=True),
    "birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True),
    "email": cl.EmailComparison("email"),
    "phone": cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
    "postal_code": cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            cll.And(cll.NullLevel("street"), cll.NullLevel("postal_code")),
            cll.And(cll.JaroWinklerLevel("street", 0.92), cll.ExactMatchLevel("postal_code")),
            cll.JaroWinklerLevel("street", 0.92),
            cll.ExactMatchLevel("postal_code"),
            cll.LevenshteinLevel("postal_code", 1),
            cll.ElseLevel(),
        ],
    ),
    "city": cl.ExactMatch("city").configure(term_frequency_adjustments=True),
    "gender": cl.ExactMatch("gender"),
}
RULES = [
    ("email",), ("phone",), ("given", "family", "postal_code"), ("given", "family", "city"), ("family", "birth_date"),
    ("given", "birth_date"), ("birth_date", "postal_code"), ("street", "given"), ("family", "street"),
    ("given", "postal_code"), ("family", "postal_code"),
]  # fmt: skip
SURE = [
    ("email", "given"),
    ("phone", "given", "family"),
    ("given", "family", "birth_date"),
    ("given", "family", "street"),
]
"""Pairs that are taken for matches when Splink estimates how many there are."""
PASSES = [("email",), ("given", "family"), ("birth_date",), ("phone",)]
LEAN_RULES = [
    ("email",),
    ("phone",),
    ("given", "family", "postal_code"),
    ("family", "birth_date"),
    ("given", "birth_date"),
]
LEAN_PASSES = [("email",), ("given", "family", "postal_code")]
LEAN = frozenset({"given", "family", "birth_date", "email", "phone", "postal_code"})
"""What is compared then."""


def main(records: str, out: str, thresholds: list[float], *, lean: bool = False) -> None:
    """Train, predict, cluster; print what it took."""
    warnings.simplefilter("ignore")
    connection = duckdb.connect()
    connection.execute(
        f"create table records as select * exclude (keys, birth_date), birth_date::varchar as birth_date from '{records}'"
    )
    filled = _filled(connection)
    own = [] if lean else [name for name in filled if name.startswith(("id_", "attribute_"))]
    rules = [rule for rule in _known(LEAN_RULES if lean else RULES, filled) if _is_selective(connection, *rule)]
    rules += [(name, given) for name in own for given in ("given", "family") if given in filled]
    rules += [
        (name,)
        for name in ("birth_date", "street", "postal_code", *own)
        if not lean and name in filled and _is_selective(connection, name, most=AFFORDABLE)
    ]
    # A city says nothing that a postcode has not said.
    comparisons = [
        COMPARISONS[name]
        for name in COMPARISONS
        if name in filled and (name, "postal_code" in filled) != ("city", True) and (name in LEAN or not lean)
    ]
    comparisons += [cl.LevenshteinAtThresholds(name, 1).configure(term_frequency_adjustments=True) for name in own]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        comparisons=comparisons,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection)
    began, spent = time.perf_counter(), _cpu()
    linker = Linker(api.register("records"), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in _known(SURE, filled)], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    passes = [rule for rule in _known(LEAN_PASSES if lean else PASSES, filled) if _is_selective(connection, *rule)]
    failed = [" and ".join(rule) for rule in passes if not _learned(linker, rule)]
    trained = time.perf_counter()
    predictions = linker.inference.predict(threshold_match_probability=min(thresholds))
    predicted = time.perf_counter()
    clusters = [
        linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold) for threshold in thresholds
    ]
    clustered = time.perf_counter()
    used = _cpu() - spent
    joined = " ".join(
        f"join {table.physical_name} as c{place} using (record_key)" for place, table in enumerate(clusters)
    )
    columns = ", ".join(f'c{place}.cluster_id as "{threshold:g}"' for place, threshold in enumerate(thresholds))
    connection.execute(f"copy (select record_key, {columns} from records {joined}) to '{out}' (format parquet)")
    found: dict[str, Any] = {
        "version": splink.__version__,
        "duckdb": duckdb.__version__,
        "train": trained - began,
        "predict": predicted - trained,
        "cluster": clustered - predicted,
        "seconds": clustered - began,
        "cpu_seconds": used,
        "records": connection.execute("select count(*) from records").fetchall()[0][0],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "passes_that_failed": failed,
    }
    json.dump(found, sys.stdout)


def _cpu() -> float:
    """CPU seconds of this process so far, all of its threads together."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _filled(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The columns that say something of enough records."""
    names = [row[0] for row in connection.execute("describe records").fetchall()]
    counts = connection.execute(
        "select count(*), " + ", ".join(f"count(nullif(\"{name}\"::varchar, ''))" for name in names) + " from records"
    ).fetchall()[0]
    return [name for name, count in zip(names, counts[1:], strict=True) if count > LEAST_FILLED * counts[0]]


def _is_selective(connection: duckdb.DuckDBPyConnection, *names: str, most: int | None = None) -> bool:
    """Whether a block of these columns makes few enough pairs, `most` at most."""
    columns = ", ".join(f'"{name}"' for name in names)
    there = " and ".join(f'"{name}" is not null' for name in names)
    pairs, records = connection.execute(
        "select coalesce(sum(n * (n - 1)) // 2, 0), coalesce(sum(n), 0)"
        f" from (select count(*) as n from records where {there} group by {columns})"
    ).fetchall()[0]
    return bool(pairs <= MOST_PAIRS * records and (most is None or pairs <= most))


def _known(rules: list[tuple[str, ...]], filled: list[str]) -> list[tuple[str, ...]]:
    return [rule for rule in rules if set(rule) <= set(filled)]


def _learned(linker: Linker, rule: tuple[str, ...]) -> bool:
    """One pass of EM; False where its block holds nothing to learn from."""
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    except Exception:  # noqa: BLE001 - Splink has no exception of its own for it; the pass is named in what is printed
        return False
    return True


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--lean"]
    main(given[0], given[1], [float(threshold) for threshold in given[2:]], lean="--lean" in sys.argv)
