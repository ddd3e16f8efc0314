"""raw.<source> + mapping -> Words: what each word in a column of consent means; every word is looked at once, not every row."""

from __future__ import annotations

from cxunify.config import Flag
from cxunify.ingest.rows import Reader, Words
from cxunify.vocabulary.flags import Meaning, folded, meaning
from cxunify.warehouse import Warehouse

_MOST = 10_000
"""Words of a column that are looked at, the most frequent first; what comes behind them is not understood, and so no consent."""


def words(warehouse: Warehouse, table: str, reader: Reader, consent: dict[str, Flag]) -> dict[str, Words]:
    """What the words in each channel's column mean, by channel; columns that are not there are left out."""
    found = {}
    for channel, ref in consent.items():
        if not reader.has([ref.column]):
            continue
        written = warehouse.rows(
            f"select word from (select {reader.text(ref.column)} as word from {table})"
            f" where word is not null group by word order by count(*) desc, word limit {_MOST}"
        )
        found[channel] = sorted_out([word for (word,) in written], ref)
    return found


def sorted_out(written: list[str], ref: Flag) -> Words:
    """The words as written by what they mean: by the mapping first, which says what is meant of contact whatever `negate` says."""
    own = {folded(word): allowed for word, allowed in ref.map.items()}
    told = {True: Meaning.ALLOWED, False: Meaning.REFUSED, None: Meaning.SILENT}
    meant = {
        word: told[own[folded(word)]] if folded(word) in own else meaning(word, negate=ref.negate) for word in written
    }
    by = {way: tuple(word for word, found in meant.items() if found is way) for way in Meaning}
    return Words(by[Meaning.ALLOWED], by[Meaning.REFUSED], by[Meaning.SILENT])
