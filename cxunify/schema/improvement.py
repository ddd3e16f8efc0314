"""The published tables about what to do better: sales that were lost, and who needs help."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

LOST_SALES = Table(
    "lost_sales",
    "One row per step, channel and what came of it: carts, checkouts and quotes of known customers, by day.",
    ("step", "channel", "outcome", "bought_in"),
    columns("""
        step            | VARCHAR       | cart, quote or checkout: the furthest that the day reached
        channel         | VARCHAR       |
        outcome         | VARCHAR       | completed: bought there by the next day; recovered: bought within 7 days; lost: not
        bought_in       | VARCHAR       | of recovered: the channel of the purchase
        tries           | BIGINT        | customers' days
        customers       | BIGINT        |
        share           | DOUBLE        | of the tries of that step and channel, 0 to 1
        amount          | DECIMAL(18,2) | as stated by carts, checkouts and quotes, in the company's currency; null: they state none
        recovered_spend | DECIMAL(18,2) | of recovered: spent on the day of that purchase, in that channel
        usual_share     | DOUBLE        | of these tries: bought in another channel in the week four weeks before
    """),
)

COACHING = Table(
    "coaching",
    "One row per unit and item: how often something fails there in a year, and whether chance explains it.",
    ("unit_kind", "unit", "item"),
    columns("""
        unit_kind    | VARCHAR | agent or location
        unit         | VARCHAR |
        item         | VARCHAR | case not closed in 7 days; low score (6 or less of 10, 4 of 7, 2 of 5, by the scale of its source)
        counted      | BIGINT  | cases, or answers with a score, of the last 365 days; at least 20
        failed       | BIGINT  |
        share        | DOUBLE  | failed by counted
        usual_share  | DOUBLE  | of all units of the kind together
        limit_share  | DOUBLE  | a share above it is no chance
        deviations   | DOUBLE  | from what is usual, in standard deviations; wider where units differ by nature (Laney 2002)
        flag         | VARCHAR | worse, better: 3 deviations and more; null: as usual
        share_lately | DOUBLE  | share of the last quarter; null: nothing was counted in it
    """),
)

COMPLAINT_EFFECTS = Table(
    "complaint_effects",
    "One row per speed of resolution, and one over all: how much less customers buy after a complaint than customers like them.",
    ("resolved",),
    columns("""
        resolved           | VARCHAR       | fast: within 72 hours; slow: within eight weeks; not: not by then; all
        complaints         | BIGINT        | first ones, of two years, eight weeks old, at most four weeks after a purchase
        matched            | BIGINT        | of these, with others who had bought as long ago and as often; at least 30
        others             | BIGINT        | days of customers without a complaint until then, that they are held against
        before             | DOUBLE        | days with a purchase in the eight weeks before the last one, per complaint
        after              | DOUBLE        | likewise in the eight weeks after the complaint
        usual_after        | DOUBLE        | likewise of the others
        difference         | DOUBLE        | after against usual_after: -0.4 are two fifths less
        low                | DOUBLE        | of its 95 % interval
        high               | DOUBLE        |
        lost_spend         | DECIMAL(18,2) | what that is in purchases of the usual size; negative: gained
        lost_spend_low     | DECIMAL(18,2) |
        lost_spend_high    | DECIMAL(18,2) |
        earlier_difference | DOUBLE        | the same of the eight weeks before those of `before`: it should be 0
        earlier_low        | DOUBLE        | of its 99 % interval
        earlier_high       | DOUBLE        |
        basis              | VARCHAR       | association: nobody complains by lot
        verdict            | VARCHAR       | fewer, more, not shown; differed before: the interval of earlier leaves 0 out
    """),
)

CONTACT_EFFECTS = Table(
    "contact_effects",
    "One row per channel and place of a contact in a row without an answer: what followed contacts of the last year.",
    ("channel", "unanswered"),
    columns("""
        channel             | VARCHAR |
        unanswered          | INTEGER | 1: the first, or the first since an answer; 2: the first had none; 10: the tenth and later
        contacts            | BIGINT  | days with a contact; at least 100
        answered_share      | DOUBLE  | had a response within 14 days, before the next contact
        answered_low        | DOUBLE  | of its 95 % interval
        answered_high       | DOUBLE  |
        opted_out_share     | DOUBLE  | had an opt-out within 14 days, before the next contact
        opted_out_low       | DOUBLE  | of its 95 % interval
        opted_out_high      | DOUBLE  |
        more_opted_out      | DOUBLE  | than after the first contact; an association: who has not answered so often is another kind
        more_opted_out_low  | DOUBLE  | of its 95 % interval
        more_opted_out_high | DOUBLE  |
        bought_share        | DOUBLE  | bought anything within 14 days; an association
        bought_low          | DOUBLE  | of its 95 % interval
        bought_high         | DOUBLE  |
        held_out            | BIGINT  | customers at that place who were held out of the contact
        brought             | DOUBLE  | buyers more than among them, campaign by campaign; null: fewer than 100, or not comparable
        brought_low         | DOUBLE  | of its 95 % interval
        brought_high        | DOUBLE  |
        basis               | VARCHAR | of brought: effect, by a hold-out; association: there was none, and brought is null
        verdict             | VARCHAR | of more_opted_out: tires, less, not shown; null: the first
    """),
)

RETENTION_CURVE = Table(
    "retention_curve",
    "One row per kind, cohort and months since its beginning: how many customers are still there, or buy, and how many will be.",
    ("kind", "cohort", "months_since"),
    columns("""
        kind            | VARCHAR | contracts: until they end; purchases: buys in that month, where nobody knows who has left
        cohort          | VARCHAR | year in which the contract began or the first purchase was; all; at least 200 customers
        months_since    | INTEGER | twelve by twelve where contracts are yearly
        customers       | BIGINT  | whose months are over, and of contracts who were there until the last of them; null: projected
        share           | DOUBLE  | observed: still there (Kaplan and Meier), or buyers by customers; null: projected
        low             | DOUBLE  | of its 95 % interval
        high            | DOUBLE  |
        projected_share | DOUBLE  | by the shifted beta-geometric model; null: of purchases, and where fewer than 30 have left
        projected_low   | DOUBLE  | 95 % interval, by the fit alone
        projected_high  | DOUBLE  |
        residual_months | DOUBLE  | discounted (actions.discount): how long who is there then stays yet
        basis           | VARCHAR | observed; projected: that month has not been yet
    """),
)

DRIVERS = Table(
    "drivers",
    "One row per unit and whole month: what the change in sales against the same month a year before is made of.",
    ("unit_kind", "unit", "month_date"),
    columns("""
        unit_kind         | VARCHAR       | all, channel, location
        unit              | VARCHAR       |
        month_date        | DATE          | first day of the month
        sales             | DECIMAL(18,2) | net of returns, in the company's currency
        sales_before      | DECIMAL(18,2) | of the same month a year before
        change            | DECIMAL(18,2) | the four parts add up to it, to the cent
        by_customers      | DECIMAL(18,2) | of known customers: how many buy; all of it where one of the months has no sales
        by_frequency      | DECIMAL(18,2) | how often they do in the month
        by_basket         | DECIMAL(18,2) | what they spend each time, net of returns
        by_unknown        | DECIMAL(18,2) | sales that belong to nobody
        average           | DECIMAL(18,2) | net sales by purchases, of everybody; null: fewer than 30 purchases in a month
        average_before    | DECIMAL(18,2) |
        average_by_pieces | DECIMAL(18,2) | of its change: pieces in a purchase; null: some purchases do not say how many
        average_by_price  | DECIMAL(18,2) | what a piece costs; the two add up to the change, to the cent
        basis             | VARCHAR       | account: every sale is counted and nothing is estimated; it names no cause
        left_out          | DECIMAL(18,2) | sales of both months by sources that tell of one only; in nothing else of the row
    """),
)

VOICE = Table(
    "voice",
    "One row per unit and survey: what customers said of it in a year, how sure that is, and how many of them said it.",
    ("unit_kind", "unit", "source"),
    columns("""
        unit_kind    | VARCHAR | agent, location, channel
        unit         | VARCHAR |
        source       | VARCHAR | the survey: two may ask on two scales
        measure      | VARCHAR | nps (0 to 10: 9 and more less 6 and less, -1 to 1); top_two (the two best of 5 or 7); mean
        answers      | BIGINT  | with a score, of the last 365 days; at least 10
        answer_share | DOUBLE  | of known customers who bought there, who answered there; null: of agents, and where nobody bought
        value        | DOUBLE  |
        low          | DOUBLE  | of its 95 % interval, by chance alone: who answers is not drawn by lot
        high         | DOUBLE  |
        usual        | DOUBLE  | of all units of the kind
        shrunk       | DOUBLE  | drawn to what is usual, as far as units differ by chance: the better guess of the next year
    """),
)

CALIBRATION = Table(
    "calibration",
    "One row per unit that both customers and observers (mystery shops) judged: whether they agree, as they do elsewhere.",
    ("unit_kind", "unit"),
    columns("""
        unit_kind        | VARCHAR | agent or location
        unit             | VARCHAR |
        shops            | BIGINT  | with a score, of the last 365 days; at least 5
        shop_score       | DOUBLE  | mean, on a scale of 0 to 1
        answers          | BIGINT  | of customers, likewise
        customer_score   | DOUBLE  | mean, on a scale of 0 to 1
        difference       | DOUBLE  | customers less observers
        low              | DOUBLE  | of its 95 % interval
        high             | DOUBLE  |
        usual_difference | DOUBLE  | median over the units of the kind
        limit_low        | DOUBLE  | limits of agreement: one of a thousand ordinary units is outside
        limit_high       | DOUBLE  |
        deviations       | DOUBLE  | of the difference from what is usual
        flag             | VARCHAR | observers kinder, customers kinder: outside the limits; null: within
        rank_correlation | DOUBLE  | of both scores over all units of the kind (Spearman); null: one of them is the same everywhere
    """),
)
