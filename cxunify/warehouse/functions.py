"""The functions of our SELECTs -> what says the same on Spark, where that is not the function of the same name.

sqlglot says every SELECT in the words of Spark; what it cannot know, or would say wrongly, is here. A test holds the list complete:
every entry is used, and whatever is not here is a function that Spark has.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """A function of DuckDB, and Spark's."""

    name: str
    spark: str | None
    """The function of Spark that says it, by a rule of `spark.dialect`. None: batches of rows go through DuckDB's own."""
    means: str
    """What DuckDB's does and Spark's does not, or how it is written there."""
    yields: str = ""
    """Of what type DuckDB's answer is, where it is DuckDB's."""


TEXT, TRUTH, WHOLE, DOUBLE = "VARCHAR", "BOOLEAN", "BIGINT", "DOUBLE"
"""What functions yield."""
FUNCTIONS = (
    Function(
        "jaro_winkler_similarity", None, "how alike two texts are, 0 to 1; a common beginning counts more", DOUBLE
    ),
    Function("strip_accents", None, "letters without their marks: é is e", TEXT),
    Function("hamming", None, "in how many places two texts of one length differ", WHOLE),
    Function("list_median", None, "the middle of a list of numbers; of an even count, the mean of the two", DOUBLE),
    Function("hash", None, "64 bits that stand for the arguments, kept as a key: both must make the same", "UBIGINT"),
    Function("len", "size", "of lists alone; of texts we say length"),
    Function("list", "collect_list", "keeps nulls, and may name an order: there, structs are put in order"),
    Function("list_extract", "try_element_at", "counts from 1 and is null beyond the end; a[i] would count from 0"),
    Function("list_has_any", None, "passes over nulls: false where Spark does not know", TRUTH),
    Function("list_has_all", None, "likewise", TRUTH),
    Function("list_position", None, "is null, not 0, where there is none", "INTEGER"),
    Function("arg_min", "min_by", "passes over rows whose value is null: there, their key must be null too"),
    Function("arg_max", "max_by", "passes over rows whose value is null: there, their key must be null too"),
    Function("quantile_disc", "percentile_disc", "of instants, which are numbers there"),
    Function("date_diff", None, "counts the boundaries that are passed, such as midnights, not whole units", WHOLE),
    Function("to_minutes", "make_dt_interval", "there: make_dt_interval(0, 0, minutes)"),
    Function("to_microseconds", "make_dt_interval", "there: make_dt_interval(0, 0, 0, microseconds / 1000000)"),
    Function("timezone", None, "of an instant, what the clock of a zone shows then", "TIMESTAMP"),
    Function("try_strptime", None, "patterns are those of strptime, and may be several", "TIMESTAMP"),
    Function("regexp_full_match", None, "RE2's expressions, not Java's; the whole text", TRUTH),
    Function("regexp_replace", None, "RE2's expressions; groups are \\1; without `g` the first match alone", TEXT),
    Function("suffix", None, "whether a text ends so", TRUTH),
    Function("unhex", None, "bytes of digits, and of what is hashed within: there, hashes are of bytes alone", "BLOB"),
    Function("to_json", None, "a structure, or a row by the name of its table, as text", TEXT),
    Function("url_decode", None, "leaves a plus, and a percent sign without digits, as they are", TEXT),
    Function("try", None, "null where what is within fails", TEXT),
)
