"""Splink 5 on the records that cxunify staged, with a sensible expert configuration: seconds, memory and scores as JSON.

    python tests/bench/splink_rival.py RECORDS.parquet OUT.parquet [THRESHOLD]

RECORDS has record_key, given_name, family_name, email, phone, birth_date, street, city, postal_code, already normalised
(small letters, ten-digit phones, ISO dates). OUT receives record_key and cluster_id. Runs in an environment of its own that
has `splink` installed; cxunify does not depend on it.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import block_on
from splink.internals.duckdb.database_api import DuckDBAPI
from splink.internals.linker import Linker
from splink.internals.settings_creator import SettingsCreator

RULES = [
    block_on("email"),
    block_on("phone"),
    block_on("given_name", "family_name", "postal_code"),
    block_on("family_name", "birth_date"),
    block_on("given_name", "birth_date"),
    block_on("street", "given_name"),
    block_on("family_name", "street"),
]


def main(records: str, out: str, threshold: float) -> None:
    """Train, predict, cluster; print what it took."""
    connection = duckdb.connect()
    connection.execute(f"create table records as select * from read_parquet('{records}')")
    api = DuckDBAPI(connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        blocking_rules_to_generate_predictions=RULES,
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("family_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("email"),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("postal_code", 1),
            cl.JaroWinklerAtThresholds("street", [0.92]),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    began = time.perf_counter()
    linker = Linker(api.register("records"), settings, log_level=40)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("email", "given_name"), block_on("phone", "given_name", "family_name")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("email"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given_name", "family_name"))
    trained = time.perf_counter()
    predictions = linker.inference.predict(threshold_match_probability=threshold)
    predicted = time.perf_counter()
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold)
    clustered = time.perf_counter()
    connection.execute(
        f"copy (select record_key, cluster_id from {clusters.physical_name}) to '{out}' (format parquet)"
    )
    json.dump(
        {
            "train": trained - began,
            "predict": predicted - trained,
            "cluster": clustered - predicted,
            "seconds": clustered - began,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 0.95)
