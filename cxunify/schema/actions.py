"""The published tables about what to do next, and the tables of the layer that makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cxunify.schema.effects import CHANNEL_EFFECTS, HOTSPOTS, NEED_CAPTURE, NEED_PURCHASES, NEEDS, WON_TRIGGERS
from cxunify.schema.improvement import (
    CALIBRATION,
    COACHING,
    COMPLAINT_EFFECTS,
    CONTACT_EFFECTS,
    DRIVERS,
    LOST_SALES,
    RETENTION_CURVE,
    VOICE,
)
from cxunify.schema.opportunities import BEST_ACTIONS, LIFECYCLE_DUE, LOYALTY_COVER, NEXT_PRODUCT_CHECKS, NEXT_PRODUCTS
from cxunify.schema.plan import PLAN, PLAN_PRICES, PLAN_TOTALS
from cxunify.schema.predictions import (
    MODELS,
    PREDICTION_CHECKS,
    PREDICTION_TENTHS,
    PREDICTIONS,
    SEGMENT_MOVES,
    SEGMENTS,
)
from cxunify.schema.progress import ROADMAP, SCORECARD
from cxunify.schema.table import Table, columns


@dataclass(frozen=True)
class Action:
    """One row of `actions`: a capability, and what came of it."""

    capability: str
    category: str
    title: str
    status: str
    reason: str | None
    requirement: str | None
    measured: float | None
    required: float | None
    gaps: str | None
    overridden: bool
    tables: str
    customers: int | None
    method: str
    checked_on: date | None
    check: str | None


ACTIONS = Table(
    "actions",
    "One row per capability: whether the data bears it, what comes of it, and how sure that is.",
    ("capability",),
    columns("""
        capability  | VARCHAR   |
        category    | VARCHAR   | customer_orientation, insight, interaction, improvement
        title       | VARCHAR   |
        status      | VARCHAR   | ready; weak: a simple rule does better; refused: the data does not bear it; nothing: it has none
        reason      | VARCHAR   | why it is not ready, in words; null: it is
        requirement | VARCHAR   | of readiness: the first that is not met; null: all are
        measured    | DOUBLE    | of that requirement
        required    | DOUBLE    |
        gaps        | VARCHAR   | gaps that it is due to, joined by commas
        overridden  | BOOLEAN   | the configuration has set another minimum than the shipped one
        tables      | VARCHAR   | published tables that it fills, joined by commas
        customers   | BIGINT    | of whom these tell; null: refused
        method      | VARCHAR   |
        checked_on  | DATE      | the day from which on it was held against what really came; null: nothing to hold it against
        check       | VARCHAR   | what came of that, in words
    """),
)

CONTACT_LIMITS = Table(
    "contact_limits",
    "One row per customer and channel of `actions.contact`: whether and from when on it may be contacted there.",
    ("customer_id", "channel"),
    columns("""
        customer_id    | VARCHAR |
        channel        | VARCHAR |
        has_consent    | BOOLEAN | false where it was never asked
        is_reachable   | BOOLEAN | has an address of its own for the channel
        contacts_7d    | BIGINT  | in this channel, until as_of; contacts of which no channel is known count in each
        contacts_30d   | BIGINT  |
        contacts_90d   | BIGINT  |
        headroom       | BIGINT  | contacts that no cap forbids today; null: there is no cap
        free_from_date | DATE    | first day on which no cap forbids one; null: never
        is_eligible    | BOOLEAN | may be contacted in this channel today
        reason         | VARCHAR | why not: never asked, no consent, no address, shared address, open complaint, held out, cap …
    """),
)

ASSIGNMENTS = Table(
    "assignments",
    "One row per customer, experiment and time for which it was in one arm of it: who is held out, since when.",
    ("customer_id", "experiment", "assigned_at"),
    columns("""
        customer_id | VARCHAR   | as it is known today
        experiment  | VARCHAR   | holdout and its salt
        arm         | VARCHAR   | treated or held_out
        u           | DOUBLE    | 0 to 1, drawn from the id by a keyed hash: held out below the share
        assigned_at | TIMESTAMP | as_of of the run that put it there
        run_id      | VARCHAR   | that run
        ended_at    | TIMESTAMP | when it was put into another arm; null: it is still in it
        is_mixed    | BOOLEAN   | customers of different arms were merged into it: no measurement counts it
    """),
)

ASSIGNED = Table(
    "actions.assignments",
    "One row per customer: the arm of the hold-out that it is in.",
    (),
    columns("""
        customer_no | BIGINT   | of profile.numbers
        customer_id | VARCHAR   |
        experiment  | VARCHAR   |
        arm         | VARCHAR   | treated or held_out
        u           | DOUBLE    | 0 to 1, as it was drawn
        is_mixed    | BOOLEAN   | customers of different arms were merged into it
        assigned_at | TIMESTAMP | as_of, for those that the ledger does not know in this arm
    """),
)

TREATMENTS = Table(
    "treatments",
    "One row per customer who is on a track: what is done with it next, and what keeps it from being contacted.",
    ("customer_id",),
    columns("""
        customer_id      | VARCHAR |
        track            | VARCHAR | the first of `actions.tracks` whose conditions hold
        since_date       | DATE    | day of as_of of the run that put it there
        previous_track   | VARCHAR | where it was before; null: nowhere
        reasons          | VARCHAR | what the track asks for, with the customer's own values; null: nothing
        channel          | VARCHAR | by which it is contacted: the track's, or the one of those allowed where it was last active
        passed_over      | VARCHAR | channels that would have come first and had no capacity left, joined by commas
        offer            | VARCHAR | of the track
        arm              | VARCHAR | treated or held_out: these are contacted by tracks of service alone
        valid_until_date | DATE    |
        blocked_by       | VARCHAR | what forbids every channel of the track, by channel; null: it is to be contacted
    """),
)

TREATMENT_MOVES = Table(
    "treatment_moves",
    "One row per way from one track to another and what had changed: who went it in the last 91 days, and how long that took.",
    ("from_track", "to_track", "cause"),
    columns("""
        from_track  | VARCHAR |
        to_track    | VARCHAR |
        cause       | VARCHAR | complaint, trigger, consent, value, purchase, time; tracks: these did; data: bears no alarms
        customers   | BIGINT  |
        waiting     | BIGINT  | customers of from_track who have changed likewise, whom no track answers
        median_days | INTEGER | from the change to the new track (Kaplan and Meier 1958); null: most wait, or its day is not known
    """),
)

WALKS = Table(
    "actions.walks",
    "One row per customer who is on a track: since when, and where it came from.",
    (),
    columns("""
        customer_no    | BIGINT   | of profile.numbers
        customer_id    | VARCHAR   |
        place          | INTEGER   | of the track's conditions in the list
        reasons        | VARCHAR   |
        track          | VARCHAR   |
        previous_track | VARCHAR   | null: it was on none
        cause          | VARCHAR   | as in treatment_moves; null: it was on none
        changed_date   | DATE      | when that had happened; null: not known
        assigned_at    | TIMESTAMP | as_of of the run that put it there
        rules          | VARCHAR   | digest of the list of tracks
    """),
)

TRIGGERS = Table(
    "triggers",
    "One row per customer and signal that has changed more than chance explains: an alarm.",
    ("customer_id", "signal"),
    columns("""
        customer_id          | VARCHAR       |
        signal               | VARCHAR       | purchases, visits, contacts, any: days on which the customer did that
        direction            | VARCHAR       | drop or rise
        baseline_days        | INTEGER       | length of the time before, from the customer's first day on where this is later
        observed_days        | INTEGER       | length of the time that is judged, until as_of
        baseline             | INTEGER       | active days in the time before, the first ever not among them
        observed             | INTEGER       | active days in the time that is judged
        expected             | DOUBLE        | active days to be expected in it, by the customer's own rate and the season of all
        p                    | DOUBLE        | 0 to 1: how often chance alone brings as much of a change
        expected_false_share | DOUBLE        | 0 to 1: of all alarms of this signal and direction that are at least as strong
        since_date           | DATE          | day after the last active one, else the first of the time that is judged
        value_at_stake       | DECIMAL(18,2) | net spend of a year by the share that changed; null: an alarm of smaller p has it
        rank                 | INTEGER       | 1: the most at stake
    """),
)

TRIGGER_CHECKS = Table(
    "trigger_checks",
    "One row per signal and direction: who could be judged at all, how many alarms are false, and whether they are to be believed.",
    ("signal", "direction"),
    columns("""
        signal              | VARCHAR |
        direction           | VARCHAR | drop or rise
        baseline_days       | INTEGER | length of the time before; null: there is too little history
        observed_days       | INTEGER | length of the time that is judged
        judged              | BIGINT  | customers who were there long enough
        detectable          | BIGINT  | of these, whose alarm would be published, were they alone to change as much as can be
        least_baseline      | INTEGER | active days in the time before from which on that is so; null: no number is enough
        season              | DOUBLE  | activity of all ordinary customers, by what was to be expected
        wander              | DOUBLE  | variance of the factor by which ordinary customers' rates differ from one time to the next
        alarms              | BIGINT  |
        expected_false      | DOUBLE  | of these
        placebo_alarms      | BIGINT  | the same test one time earlier: customers with p of at most 0.01; null: no history for it
        placebo_detectable  | BIGINT  | of so many who could have such a p: one in a hundred is expected, and who really changed
        verdict             | VARCHAR | ready; unchecked: no placebo; refused: no alarm is published; nothing: nobody shows it
        reason              | VARCHAR | why it is not ready
    """),
)

LIFT = Table(
    "lift",
    "One row per campaign with a hold-out (or own hold-out), outcome and estimator: what it changed, and how sure that is.",
    ("experiment", "basis", "outcome", "estimator"),
    columns("""
        experiment       | VARCHAR       | the campaign, or the own hold-out with its salt
        basis            | VARCHAR       | campaign: contacts and held_out among the interactions; own: assignments
        outcome          | VARCHAR       | bought, purchases, spend (net of returns), opted_out, complained
        estimator        | VARCHAR       | plain; adjusted: what was bought in the 91 days before is taken out
        is_told          | BOOLEAN       | of its experiment and outcome the row that is told: adjusted; plain where all is refused
        window_days      | INTEGER       | days that are counted: from the contact on; of the own hold-out, the last ones
        treated          | BIGINT        | customers whose days are over
        held_out         | BIGINT        | likewise
        treated_mean     | DOUBLE        | per customer; a share (0 to 1) of bought, opted_out, complained
        held_out_mean    | DOUBLE        |
        difference       | DOUBLE        | treated less held out
        low              | DOUBLE        | 95 % interval of the difference
        high             | DOUBLE        |
        p                | DOUBLE        | how often chance alone brings as much, of this outcome by itself
        variance_kept    | DOUBLE        | 0 to 1: what adjusting leaves of the variance; about 1: it gains nothing
        split_p          | DOUBLE        | how often a draw by lot makes arms as unlike in what was before; below 0.001: it was none
        least_detectable | DOUBLE        | smallest true difference that is shown with a chance of 80 %
        margin           | DECIMAL(18,2) | of the difference in spend, over all who were treated; null: `actions.margin` is not set
        cost             | DECIMAL(18,2) | of the contacts, by `actions.contact`
        net              | DECIMAL(18,2) | margin less cost
        complete_share   | DOUBLE        | 0 to 1: of all customers of both arms, those whose days are over
        mixed            | BIGINT        | customers who were in both arms: left out
        verdict          | VARCHAR       | works; harms (worse, corrected by Holm for several outcomes); not shown; refused
        reason           | VARCHAR       | why nothing is shown, and what could have been
    """),
)

PUBLISHED = (
    ACTIONS, PREDICTIONS, PREDICTION_CHECKS, MODELS, SEGMENTS, SEGMENT_MOVES, TRIGGERS, TRIGGER_CHECKS, CONTACT_LIMITS, TREATMENTS,
    TREATMENT_MOVES, ASSIGNMENTS, LIFT, NEXT_PRODUCTS, NEXT_PRODUCT_CHECKS, LOYALTY_COVER, LIFECYCLE_DUE,
    PLAN, PLAN_PRICES, PLAN_TOTALS, BEST_ACTIONS,
    LOST_SALES, COACHING, COMPLAINT_EFFECTS, CONTACT_EFFECTS, RETENTION_CURVE, DRIVERS,
    VOICE, CALIBRATION, CHANNEL_EFFECTS, WON_TRIGGERS, HOTSPOTS, NEEDS, NEED_CAPTURE, NEED_PURCHASES,
    SCORECARD, ROADMAP,
)  # fmt: skip
"""What is published of the layer, in the order in which a reader wants it."""
LAYER = (
    *(
        Table(f"actions.{table.name}", table.meaning, table.grain, table.columns)
        for table in PUBLISHED
        if table is not ASSIGNMENTS
    ),
    ASSIGNED,
    WALKS,
    PREDICTION_TENTHS,
)
"""The tables of the layer that others read; of assignments the ledger has the rest."""
