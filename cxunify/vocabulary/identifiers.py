"""The SQL of an identifier (card, login, device) -> the SQL of the form it is compared in, and of whether it is one at all."""

from __future__ import annotations

from cxunify.vocabulary.lists import listed, quoted

NOBODY = (
    *(written for word in listed("word", "null") for written in (word, word.upper(), word.capitalize())),
    *("0" * length for length in range(1, 37)),
    "00000000-0000-0000-0000-000000000000",
    "-1",
)
"""Foreign keys that systems write for a guest, as they are written. Others that mean nothing may be somebody's id: 1, 9999."""

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
        f" when {type_} = 'loyalty_id' then upper({written}) else {written} end)"
    )


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
