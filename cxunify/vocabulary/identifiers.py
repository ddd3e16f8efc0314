"""The SQL of an identifier (card, login, device) -> the SQL of the form it is compared in, and of whether it is one at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cxunify.vocabulary import hashes
from cxunify.vocabulary.lists import listed, quoted

GUESTS = (
    *(written for word in listed("word", "null") for written in (word, word.upper(), word.capitalize())),
    *("0" * length for length in range(1, 37)),
    "00000000-0000-0000-0000-000000000000",
    "-1",
)
"""Foreign keys that systems write for a guest: ingest takes them for none. Others that mean nothing may be somebody's: 1, 9999."""

UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\ufeff"
"""Marks that nobody sees: where a word may be broken or runs the other way, and what some files begin with."""


def compared(type_: str, written: str) -> str:
    """SQL for an identifier as it is compared: as text, without the decimals that numbers get on the way.

    Cards are typed in any case; of other ids, case may be what tells two apart (Salesforce's of 15 letters). Marks without width
    come from web pages and tell nothing apart.
    """
    written = f"translate({written}, '{UNSEEN}', '')"
    return (
        f"trim(case when ends_with({written}, '.0') then left({written}, length({written}) - 2)"
        f" when {type_} = 'loyalty_id' then upper({written})"
        f" when {is_long_salesforce(written)} then left({written}, 15) else {written} end)"
    )


def is_long_salesforce(written: str) -> str:
    """SQL: whether this is a Salesforce id of 18 characters: of 15 and three that say which of these are capitals.

    Both name the same record: exports by the interface have the long form, reports the short one.
    """
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    check = " || ".join(
        f"substr('{signs}', 1 + "
        + " + ".join(
            f"case when substr({written}, {first + place}, 1) between 'A' and 'Z' then {2**place} else 0 end"
            for place in range(5)
        )
        + ", 1)"
        for first in (1, 6, 11)
    )
    return (
        f"case when length({written}) = 18 then regexp_full_match({written}, '[0-9A-Za-z]{{15}}[A-Z0-5]{{3}}')"
        f" and right({written}, 3) = {check} else false end"
    )


def short_salesforce(written: str) -> str:
    """SQL for the 15 characters of what may be a Salesforce id; null for what is none."""
    return (
        f"case when length({written}) = 15 and regexp_full_match({written}, '[0-9A-Za-z]{{15}}') then {written}"
        f" when {is_long_salesforce(written)} then left({written}, 15) end"
    )


def loosened(written: str, ignored: Iterable[str]) -> str:
    """SQL for an identifier without what does not count: `blanks`, `hyphens`, `case`, leading `zeros`.

    Hyphens stand for all that people put between digits; zeros lead also behind the letters that a card begins with.
    """
    steps = {
        "blanks": r"regexp_replace({}, '[\s\x{{A0}}]+', '', 'g')",
        "hyphens": r"regexp_replace({}, '[-_./\x{{2010}}-\x{{2015}}]+', '', 'g')",
        "case": "upper({})",
        "zeros": r"regexp_replace({}, '^([^0-9]*)0+([0-9])', '\1\2')",
    }
    ignored = set(ignored)
    for what, sql in steps.items():
        if what in ignored:
            written = sql.format(written)
    return written


def form(type_: str, written: str, ignored: Mapping[str, Iterable[str]], hashed: Iterable[str]) -> str:
    """SQL for an identifier as it is compared where some spellings do not count, by type, and some types are hashes."""
    plain = compared(type_, written)
    cases = [f"when {type_} = '{key}' then {loosened(plain, what)}" for key, what in ignored.items()]
    cases += [f"when {type_} = '{key}' then {hashes.spelled(written, key)}" for key in hashed]
    return f"case {' '.join(cases)} else {plain} end" if cases else plain


def is_placeholder(written: str) -> str:
    """SQL: whether an identifier stands for nobody."""
    return (
        f"(lower(trim({written})) in ({quoted(listed('word', 'null', 'identifier'))})"
        f" or replace(replace({written}, '0', ''), '-', '') = '' or replace(lower({written}), 'x', '') = ''"
        f" or (length({written}) > 3 and replace({written}, '9', '') = '')"
        # What a spreadsheet shows where its column is too narrow.
        f" or replace({written}, '#', '') = ''"
        # LC9999999999: one digit, again and again, is what is keyed in to get past the question.
        f" or (regexp_matches({written}, '[0-9]{{8}}$') and replace(right({written}, 8), right({written}, 1), '') = ''))"
    )
