"""How often each thing happens in the world: one sentence per number."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Rates:
    """The stable rates of a world; a share is of the things it names, between 0 and 1."""

    # Life: true of any customer base, however well its data is kept.
    contacts: float = 0.75
    """Share of people who are in the CRM."""
    pos_customers: float = 0.65
    """Share of people whom the tills know."""
    web_accounts: float = 0.60
    """Share of people with a web shop account."""
    receipts_per_person: float = 4.9
    """Mean number of receipts of a person whom the tills know."""
    events_per_person: float = 9.0
    """Mean number of web events of a person with an account."""
    regulars: float = 0.02
    """Share of people who come twenty-five times as often as others."""
    newcomers: float = 0.3
    """Share of people who first come at some day of the two years, not from the beginning on."""
    leavers: float = 0.3
    """Share of people, regulars aside, who come no more from some day of the two years on."""
    changers: float = 0.05
    """Share of regulars who from about the last quarter on come a tenth as often, or, one of four, five times as often."""
    bursts: float = 0.0
    """Share of quarters in which a person stays away, to come the more in the others."""
    purses: float = 0.6
    """Share of receipts whose article is of the price class of its buyer."""
    mailed: float = 1.0
    """Share of contacts with a mailbox who agreed to e-mails that campaigns are for; a small campaign takes a part of them."""
    lift: float = 1.0
    """How much of what campaigns are planted to change they do change: 1 as planted, 0 nothing."""
    long_receipts: float = 1.0
    """How much of the usual share of receipts has several lines."""
    loyalty: float = 0.55
    """Share of people who hold a loyalty card."""
    twins: float = 0.06
    """Share of households of four or more with twins: same birth date, surname and address, another given name."""
    juniors: float = 0.06
    """Share of households of three or more where a son bears his father's name; the suffix is often left out."""
    married: float = 0.08
    """Share of women who change surname within the two years; older records bear the former one."""
    moved: float = 0.10
    """Share of people, and of households, who move within the two years; older records bear the former address."""
    shared_mailbox: float = 0.14
    """Share of households of several people who use one mailbox for all of them."""
    shared_card: float = 0.015
    """Share of partners who shop with the card of the head of the household as their own."""
    opaque_mailbox: float = 0.17
    """Share of mailboxes that do not spell their owner's name."""
    second_mailbox: float = 0.25
    """Share of people who use a second mailbox now and then."""
    nicknames: float = 0.14
    """Share of records under a nickname, among names that have one."""
    initials: float = 0.04
    """Share of records with the initial only."""
    typos: float = 0.025
    """Share of names, streets and mailboxes with a slip of the keyboard, each."""
    swapped_names: float = 0.008
    """Share of records with given name and surname in each other's place."""
    odd_case: float = 0.13
    """Share of names typed all in capitals or all in small letters."""
    accents_lost: float = 0.45
    """Share of accented names that lost their accents on the way."""
    plus_tags: float = 0.03
    """Share of web accounts with a tag in the mailbox (ann+shop@…)."""
    foreign_names: float = 0.12
    """Share of households whose names come from another language with accents."""
    non_latin: float = 0.012
    """Share of households whose names are written in another script."""
    shared_device: float = 0.10
    """Share of web sessions that a person has on the device of another member of the household."""
    opted_out: float = 0.18
    """Share of contacts who opted out of e-mail."""
    returns: float = 0.04
    """Share of receipts that are refunds, with negative amounts."""
    voids: float = 0.012
    """Share of receipts cancelled at the till; they stay in the export and are no revenue."""

    # Dirt: what a gap report should find.
    missing: float = 1.0
    """How much of the usual share of empty fields is empty: 1 as in life, 0 none."""
    placeholders: float = 0.02
    """Share of mailboxes, phones, birth dates, streets and names, each, filled with a placeholder."""
    damaged_postcodes: float = 0.05
    """Share of postcodes that a spreadsheet damaged: leading zero lost, or an apostrophe in front."""
    duplicates: float = 0.16
    """Share of people entered again in the same source; a third of such contacts bear a merge pointer."""
    duplicate_rows: float = 0.003
    """Share of rows that an export repeats exactly."""
    unidentified: float = 1.0
    """How much of the usual share of receipts of known people names no customer: 1 as in life, 0 none."""
    stranger_receipts: float = 0.5
    """Mean number of receipts of a person whom the tills do not know."""
    anonymous_visits: float = 1.0
    """How much of the usual share of web sessions never logs in: 1 as in life, 0 none."""
    cashier_card: float = 0.004
    """Share of receipts where the cashier scans the own card for a stranger; all in one store."""
    kiosk: float = 0.03
    """Share of logged-in sessions on the one kiosk device that stands in a store."""
    orphans: float = 0.008
    """Share of receipts, cases and logged-in sessions that point to a person who is in no extract."""
    unlinked_cases: float = 0.10
    """Share of cases that name no contact."""
    unmapped_events: float = 0.02
    """Share of web events of kinds that no shop's mapping knows."""
    unparseable: float = 0.001
    """Share of dates, times, amounts and scores that are not one."""
    late: float = 0.02
    """Share of web events that arrive days after they happened."""
    missing_days: int = 6
    """Days for which one store sent nothing."""
    early: float = 1.0
    """How much of the usual share of receipts and cases is older than the record that they name."""
    early_ends: float = 1.0
    """How much of the usual fortnight the exports of cases and web events end before that of the tills."""
    split_consent: float = 1.0
    """Share of records whose answer on e-mails is asked for anew, whatever the person told another system."""
    birth_slips: float = 1.0
    """How much of the usual share of birth dates is mistyped."""
    bare_orders: float = 1.0
    """Share of web orders that name no product."""
    household_answers: float = 1.0
    """How much of the usual share of survey answers comes from a mailbox that a household shares or that is mistyped."""


DIRTY = Rates()
"""A world as found in life."""

CLEAN = replace(
    DIRTY,
    newcomers=0.0,  # nobody buys before the own record: that alone has most of them come later
    missing=0.0,
    placeholders=0.0,
    damaged_postcodes=0.0,
    duplicates=0.0,
    duplicate_rows=0.0,
    unidentified=0.0,
    stranger_receipts=0.0,
    anonymous_visits=0.0,
    cashier_card=0.0,
    kiosk=0.0,
    orphans=0.0,
    unlinked_cases=0.0,
    unmapped_events=0.0,
    unparseable=0.0,
    late=0.0,
    missing_days=0,
    early=0.0,
    early_ends=0.0,
    split_consent=0.0,
    birth_slips=0.0,
    bare_orders=0.0,
    household_answers=0.0,
)
"""The same people without anything a gap report should find; tests plant one gap at a time into it."""

SAMPLE = replace(
    DIRTY,
    receipts_per_person=6.0,
    events_per_person=2.2,
    regulars=0.08,
    changers=0.25,
    long_receipts=0.3,
    kiosk=0.04,
    cashier_card=0.004,
    unidentified=0.38,
    stranger_receipts=0.15,
    anonymous_visits=0.5,
    split_consent=0.06,
    orphans=0.0015,
)
"""The rates of the committed sample: its files stay small, and most receipts name their customer, so that there is something to do
with them; more are regulars, and more of these change, than in life, or none of so few people could be seen to do so."""

SAMPLE_PEOPLE = 1200
SAMPLE_SEED = 7
