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
    """The function of Spark that says it. None: there is none, and batches of rows go through DuckDB's own (an Arrow UDF)."""
    means: str
    """What DuckDB's does and Spark's does not, or how it is written there; of one that Spark has not: what it does."""


FUNCTIONS = (
    Function("jaro_winkler_similarity", None, "how alike two texts are, 0 to 1; a common beginning counts more"),
    Function("strip_accents", None, "letters without their marks: é is e"),
    Function("hamming", None, "in how many places two texts of one length differ"),
    Function("list_median", None, "the middle of a list of numbers; of an even count, the mean of the two"),
    Function("hash", None, "64 bits that stand for the arguments, kept as a key: both engines must make the same"),
    Function("len", "size", "of lists alone; of texts we say length"),
    Function("list", "collect_list", "may name an order: there, structs are collected, sorted and taken apart"),
    Function(
        "list_extract", "try_element_at", "counts from 1 and is null beyond the end, as there; a[i] would count from 0"
    ),
    Function("list_has_any", "arrays_overlap", "passes over nulls: false where Spark does not know"),
    Function("list_has_all", "array_except", "there: size(array_except(these, those)) = 0"),
    Function("list_position", "array_position", "is null, not 0, where there is none"),
    Function("arg_min", "min_by", "passes over rows whose value is null: there, their key must be null too"),
    Function("arg_max", "max_by", "passes over rows whose value is null: there, their key must be null too"),
    Function("quantile_disc", "percentile_disc", "there: percentile_disc(share) within group (order by value)"),
    Function("date_diff", "timestampdiff", "counts the boundaries that are passed, such as midnights, not whole units"),
    Function("to_minutes", "make_dt_interval", "there: make_dt_interval(0, 0, minutes)"),
    Function("to_microseconds", "make_dt_interval", "there: make_dt_interval(0, 0, 0, microseconds / 1000000)"),
    Function("timezone", "from_utc_timestamp", "of a time without a zone it goes the other way: to_utc_timestamp"),
    Function(
        "try_strptime", "try_to_timestamp", "patterns are those of strptime, and may be several; there, Java's, and one"
    ),
    Function("regexp_full_match", "regexp_like", "the whole text: there, ^(?:…)$ around the pattern"),
    Function(
        "regexp_replace",
        "regexp_replace",
        "groups are \\1, there $1; without `g` the first match alone, there every one",
    ),
    Function("suffix", "endswith", "the same by another name"),
    Function("to_json", "to_json", "takes a row by the name of its table: there, struct(*)"),
    Function("url_decode", "try_url_decode", "leaves a plus, and a percent sign without digits, as they are"),
    Function("try", "try_url_decode", "null where what is within fails: there, the try_ of the function within"),
)
