"""The tables between the extracts and everything else: what every source becomes, whatever its shape."""

from __future__ import annotations

from cxunify.schema.table import Table, columns

KINDS = (
    "purchase", "return", "quote", "cart", "checkout", "search", "product_view", "page_view", "visit", "login", "signup",
    "contact_in", "contact_out", "held_out", "response", "complaint", "resolution", "survey", "mystery_shop", "contract_start",
    "contract_end", "optin", "optout", "redemption", "other",
)  # fmt: skip
"""The closed list of kinds of interaction; a value that maps to none is `other`. `kind_value` keeps it as it was.

`held_out`: a campaign's row for a customer whom it could have contacted and deliberately did not. Nothing happened to that
customer: it is no contact, no activity and no visit, and only what a campaign changed is measured by it."""


def row_no(of: str) -> str:
    """The SQL for the number of a staged row, made of its source and its id, the column `of`.

    It is the same for as long as the id is: in whatever file, at whatever place, with whatever beside it. Every ingest makes sure
    that it is unique within its table.
    """
    return f"cast(hash(source, {of}) >> 1 as bigint)"


JOINT = "~"
"""Between the columns of an id that is made of several, and before the number of one that another interaction has already."""

RECORDS = Table(
    "staging.records",
    "One row per source record that describes a person: the newest version of each record id.",
    ("source", "record_id"),
    columns("""
        source        | VARCHAR               | name of the source in the configuration
        record_id     | VARCHAR               | the source's own id, as people write it; made from the content where it has none
        file_id       | INTEGER               | raw.files: the file it came from
        source_row    | BIGINT                | 1 for the first record after the header
        row_no        | BIGINT                | of source and id, see row_no: what other tables refer to
        given_name    | VARCHAR               | as delivered, blanks trimmed, like all text here
        middle_name   | VARCHAR               |
        family_name   | VARCHAR               |
        full_name     | VARCHAR               | where the source has one column for the whole name
        name_suffix   | VARCHAR               | Jr, Sr, III …
        gender        | VARCHAR               |
        company       | VARCHAR               |
        emails        | VARCHAR[]             | in the order of the configuration, the preferred one first
        phones        | VARCHAR[]             | likewise
        street        | VARCHAR               |
        unit          | VARCHAR               | apartment, floor, second address line
        city          | VARCHAR               |
        region        | VARCHAR               | state, province, county
        postal_code   | VARCHAR               |
        country       | VARCHAR               |
        birth_date    | DATE                  |
        identifiers   | MAP(VARCHAR, VARCHAR) | identifier type to value: loyalty_id, login …
        consent       | MAP(VARCHAR, BOOLEAN) | channel to whether contact is allowed; null: not understood; absent: silence
        attributes    | MAP(VARCHAR, VARCHAR) | other columns that were asked to be kept
        merged_into   | VARCHAR               | the record of the same source that this one was merged into, by the source
        merged_ids    | VARCHAR[]             | ids of records of the same source that were merged into this one, by the source
        created_at    | TIMESTAMP             | UTC, by the record's own word
        updated_at    | TIMESTAMP             | UTC, by the record's own word
    """),
)

TRACES = Table(
    "staging.traces",
    "One row per distinct set of identifying values that interactions carry: what they know of their customer.",
    ("trace_id",),
    columns("""
        trace_id         | BIGINT                | made of what it says: equal sayings, equal number
        source           | VARCHAR               | name of the interactions' source
        person_source    | VARCHAR               | source of persons that the foreign key points into
        person_record_id | VARCHAR               | the foreign key; may point to nobody
        identifiers      | MAP(VARCHAR, VARCHAR) | identifier type to value: loyalty_id, device_id, email, phone …
        interactions     | BIGINT                | how many interactions carry it
        first_at         | TIMESTAMP             | UTC, the first of them; null: only opt-outs at an unknown time carry it
        last_at          | TIMESTAMP             | UTC, the last of them
    """),
)

INTERACTIONS = Table(
    "staging.interactions",
    "One row per thing that happened; lines that share an interaction id are one interaction.",
    ("source", "interaction_id"),
    columns("""
        source         | VARCHAR               | name of the source in the configuration
        interaction_id | VARCHAR               | the source's own id; made from the content where it has none
        file_id        | INTEGER               | raw.files: the file it came from
        source_row     | BIGINT                | row of its first line, 1 for the first record after the header
        row_no         | BIGINT                | of source and id, see row_no: what other tables refer to
        trace_id       | BIGINT                | staging.traces: what it says of its customer; null when it says nothing
        occurred_at    | TIMESTAMP             | UTC
        kind           | VARCHAR               | one of the closed list of kinds
        kind_value     | VARCHAR               | the source's own word for the kind
        is_kind_known  | BOOLEAN               | whether that word maps to a kind; otherwise the kind is the mapping's default
        amount         | DECIMAL(18,2)         | money; negative when it flows back to the customer
        currency       | VARCHAR               | ISO 4217
        quantity       | DECIMAL(18,3)         | pieces, summed over the lines
        lines          | INTEGER               | how many rows of the extract made this interaction
        location       | VARCHAR               | store, till, branch
        product        | VARCHAR               | product or category of the first line
        page           | VARCHAR               | URL
        referrer       | VARCHAR               | URL
        session        | VARCHAR               | the source's own session id
        case_id        | VARCHAR               | ties complaint, contact and resolution together
        agent          | VARCHAR               | who served
        campaign       | VARCHAR               |
        reason         | VARCHAR               | reason or topic of a contact or complaint
        outcome        | VARCHAR               | status or result
        score          | DOUBLE                | survey answer
        properties     | MAP(VARCHAR, VARCHAR) | other columns that were asked to be kept
    """),
)

LINES = Table(
    "staging.lines",
    "One row per line of an interaction that has several, where a line says something of its own: a quantity, an amount.",
    ("source", "interaction_id", "line"),
    columns("""
        source         | VARCHAR               |
        interaction_id | VARCHAR               | of staging.interactions
        line           | INTEGER               | 1 for the first
        source_row     | BIGINT                | row of the extract, 1 for the first record after the header
        product        | VARCHAR               | product or category
        quantity       | DECIMAL(18,3)         | pieces
        amount         | DECIMAL(18,2)         | money; negative when it flows back; null where amounts are those of the interaction
        properties     | MAP(VARCHAR, VARCHAR) | other columns that were asked to be kept
    """),
)

INVALID = Table(
    "staging.invalid",
    "One row per cell that could not be read as what it should be; the cell is null in staging.",
    ("file_id", "source_row", "field"),
    columns("""
        source     | VARCHAR | name of the source in the configuration
        file_id    | INTEGER | raw.files: the file it is in
        source_row | BIGINT  | row of the extract, 1 for the first record after the header
        field      | VARCHAR | key of the mapping: birth_date, amount, consent.email …
        reason     | VARCHAR | what it is not: a date, a number, yes or no
        word       | VARCHAR | what the cell says, where a column has few words (consent); null elsewhere
    """),
)

UNREAD = Table(
    "staging.unread",
    "One row per file and field of which cells cannot be read: how many, of how many that say something.",
    ("file_id", "field"),
    columns("""
        source     | VARCHAR | name of the source in the configuration
        file_id    | INTEGER | raw.files: the file
        field      | VARCHAR | key of the mapping: birth_date, amount …
        unreadable | BIGINT  | cells in staging.invalid
        filled     | BIGINT  | cells that say something
    """),
)

REPEATED = "repeated: what stands says the same"
RESTATED = "restated: a later file says it anew"
REPLACED = "replaced: a later file has the id, and nothing else of it"
DROPPED = "dropped: a later file states the rest of it only"
OLDER = "older: a newer version of the record stands"
UNDATED = "undated: another row of the file has the record's id, and nothing says which is newer"
ANOTHER = "another: the record that stands under this id is of somebody else"
NOBODY = "nobody: it says nothing of anybody"
"""Why a row gave way."""

GAVE_WAY = Table(
    "staging.gave_way",
    "One row per loaded row of an extract that is neither a record or a line of an interaction, nor part of one. Per source, the"
    " rows loaded are the rows that stand and these; checked by every ingest.",
    ("subject", "file_id", "source_row"),
    columns("""
        source      | VARCHAR       | name of the source in the configuration
        subject     | VARCHAR       | record, interaction: what the row would have been
        file_id     | INTEGER       | raw.files: the file it is in
        source_row  | BIGINT        | row of the extract, 1 for the first record after the header
        id          | VARCHAR       | record_id or interaction_id of what stands in its place; null where nothing does
        reason      | VARCHAR       | a word and what it means: repeated, restated, replaced, dropped, older …
        occurred_at | TIMESTAMP     | UTC, of an interaction
        amount      | DECIMAL(18,2) | money that the row states
    """),
)

REUSED = Table(
    "staging.reused",
    "One row per interaction whose id another one had before it, in the source's own counting: they are kept apart.",
    ("source", "interaction_id"),
    columns("""
        source         | VARCHAR | name of the source in the configuration
        interaction_id | VARCHAR | of staging.interactions
        stated_id      | VARCHAR | the id as the extract states it
    """),
)

UNDATED_OPTOUTS = Table(
    "staging.undated_optouts",
    "One row per opt-out whose time cannot be read: a rejected row, and no interaction, but an opt-out all the same.",
    ("source", "file_id", "source_row"),
    columns("""
        source     | VARCHAR | name of the source in the configuration
        file_id    | INTEGER | raw.files: the file it is in
        source_row | BIGINT  | row of its first line, 1 for the first record after the header
        row_no     | BIGINT  | of source and id, see row_no
        trace_id   | BIGINT  | staging.traces: what it says of its customer; null when it says nothing
    """),
)

REPEATS = Table(
    "staging.repeats",
    "One row per row of an extract all of whose cells are those of an earlier row of the same file.",
    ("source", "file_id", "source_row"),
    columns("""
        source     | VARCHAR | name of the source in the configuration
        file_id    | INTEGER | raw.files: the file it is in
        source_row | BIGINT  | row of the extract, 1 for the first record after the header
        id         | VARCHAR | the record's, or else the interaction's, as the row states it
    """),
)

STAGING = (RECORDS, TRACES, INTERACTIONS, LINES, INVALID, GAVE_WAY, REUSED, UNDATED_OPTOUTS, UNREAD, REPEATS)
