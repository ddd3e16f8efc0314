"""The published tables about purchases to come: what is expected of whom, how far to trust that, and who is in which segment."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

PREDICTIONS = Table(
    "predictions",
    "One row per customer with a day whose purchases exceeded its returns: what is expected from as_of on.",
    ("customer_id",),
    columns("""
        customer_id              | VARCHAR       |
        p_alive                  | DOUBLE        | probability that the customer has not left; null: the data do not tell
        p_purchase_30d           | DOUBLE        | probability of a purchase within 30 days, by the model alone
        p_purchase_90d           | DOUBLE        | likewise within 90 days
        expected_purchases_30d   | DOUBLE        | days with a purchase: model and last quarter blended
        expected_purchases_90d   | DOUBLE        | likewise
        expected_purchases_365d  | DOUBLE        | likewise for the first 90 days; by the model alone for the rest
        next_purchase_date       | DATE          | by then half of such customers will have bought; null: fewer ever do, or later
        next_purchase_from_date  | DATE          | likewise a tenth
        next_purchase_until_date | DATE          | likewise nine tenths
        expected_spend           | DECIMAL(18,2) | per purchase, in the company's currency; null, like all value: refused
        value_90d                | DECIMAL(18,2) | expected spend, discounted, times `actions.margin` (1 where none is set)
        value_365d               | DECIMAL(18,2) | likewise within 365 days
        value_rank               | INTEGER       | by value_365d, 1: the highest; ties in the order of ids
        value_tier               | VARCHAR       | top 1 %, top 5 %, top 10 %, top 25 %, top 50 % or rest, by that rank
        overdue_days             | INTEGER       | days of silence beyond those within which 90 % of such customers who return do
        basis                    | VARCHAR       | blend; model: nothing to learn a blend from; too new: first bought within 91 days
    """),
)

PREDICTION_CHECKS = Table(
    "prediction_checks",
    "One row per quantity and predictor: what was forecast a quarter ago, from what was known then, against what came.",
    ("quantity", "predictor"),
    columns("""
        quantity               | VARCHAR | purchases (days), spend, buys (at all)
        horizon_days           | INTEGER |
        predictor              | VARCHAR | cxunify; model, unblended; last_window, own_rate, recency_frequency_table; nobody: zero
        from_date              | DATE    | first day that was hidden
        until_date             | DATE    | last one
        customers              | BIGINT  | who had bought before
        total_predicted        | DOUBLE  |
        total_actual           | DOUBLE  |
        bias                   | DOUBLE  | mean of predicted less actual
        mean_absolute_error    | DOUBLE  |
        root_mean_square_error | DOUBLE  |
        brier                  | DOUBLE  | of buys: mean squared error of the probability
        auc                    | DOUBLE  | of buys: probability that a buyer had been ranked before another one
        top_decile_share       | DOUBLE  | of purchases and spend: share that came from the tenth of whom most was predicted
        verdict                | VARCHAR | best, tie (within 1 %), beaten_by …: by mean absolute error, of buys by brier
    """),
)

PREDICTION_TENTHS = Table(
    "actions.prediction_tenths",
    "One row per tenth of the customers of a quarter ago, by what was expected of them: what came. For the report's picture.",
    ("tenth",),
    columns("""
        tenth     | INTEGER | 1: those of whom most was expected
        customers | BIGINT  |
        predicted | DOUBLE  | mean days with a purchase in the quarter that was hidden, as forecast from what was known before it
        actual    | DOUBLE  | likewise as they came
    """),
)

MODELS = Table(
    "models",
    "One row per model and parameter.",
    ("model", "parameter"),
    columns("""
        model          | VARCHAR | purchases: MBG/NBD; spend: gamma-gamma; blend
        parameter      | VARCHAR |
        value          | DOUBLE  |
        unit           | VARCHAR |
        customers      | BIGINT  | from whom it was learned
        patterns       | BIGINT  | different histories of theirs
        log_likelihood | DOUBLE  | of the model, with time in days and spend in the company's currency
        at_bound       | BOOLEAN | the data say no more than that it is very small or very large
        fitted_on      | DATE    | day of as_of
    """),
)

CLOSED = {
    "value_tier": ("top 1 %", "top 5 %", "top 10 %", "top 25 %", "top 50 %", "rest"),
    "rhythm": (
        "never bought", "new", "active", "slipping", "overdue", "gone", *(f"recency fifth {fifth}" for fifth in range(1, 6)),
    ),
    "channel_habit": ("store", "web", "both", "other"),
    "basis": ("model", "blend", "too new"),
}  # fmt: skip
"""Columns of predictions and segments that hold one of a few words, and these words."""

SEGMENTS = Table(
    "segments",
    "One row per customer: value and rhythm, today and a quarter ago.",
    ("customer_id",),
    columns("""
        customer_id      | VARCHAR |
        value_tier       | VARCHAR | as in predictions; null: refused, or never bought
        rhythm           | VARCHAR | never bought, new, active, slipping, overdue or gone; forecasts refused: recency fifth 1 to 5
        channel_habit    | VARCHAR | where the customer buys: store, web, both, other; null: never bought
        expressed_need   | VARCHAR | reason of the last contact of the customer's own that has one
        segment          | VARCHAR | value_tier and rhythm
        previous_segment | VARCHAR | by the same rules 91 days ago; null: not known then
    """),
)

SEGMENT_MOVES = Table(
    "segment_moves",
    "One row per segment a quarter ago and today: how many went from one to the other.",
    ("from_segment", "to_segment"),
    columns("""
        from_segment | VARCHAR       | 91 days ago; null: not known then
        to_segment   | VARCHAR       | today
        customers    | BIGINT        |
        share        | DOUBLE        | of those who were in from_segment
        low          | DOUBLE        | of that share: 95 % interval (Wilson 1927)
        high         | DOUBLE        |
        value_before | DECIMAL(18,2) | their value_365d 91 days ago; null: refused
        value_after  | DECIMAL(18,2) | today; null: refused
    """),
)
