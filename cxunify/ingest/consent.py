"""raw.<source> + mapping -> Words: what each word in a column of consent means; every word is looked at once, not every row.

Where it is the file that says it, or all rows say the same, the words are those that such a file or such rows have.
"""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

from cxunify.config import Flag, Source
from cxunify.ingest.counts import Counts
from cxunify.ingest.rows import Rows, Words
from cxunify.schema import FILES
from cxunify.vocabulary.flags import Meaning, folded, meaning
from cxunify.warehouse import Warehouse, literal

_MOST = 10_000
"""Words of a column that are looked at, the most frequent first; what comes behind them is not understood, and so no consent."""
_TOLD = {True: Meaning.ALLOWED, False: Meaning.REFUSED, None: Meaning.SILENT}
_WORDS = {way: f"{way.value}/" for way in (Meaning.ALLOWED, Meaning.REFUSED, Meaning.SILENT)}
"""What is written for a file of a known meaning: no file has such a name."""


def words(counts: Counts, rows: Rows) -> dict[str, Words]:
    """What the words of each channel mean, by channel; columns that are not there are left out."""
    found = {}
    source, reader = rows.source, rows.reader
    for channel, ref in source.person.consent.items() if source.person else ():
        if not ref.column:
            found[channel] = _by_file(counts.warehouse, rows.name, ref)
        elif reader.has(ref.names):
            found[channel] = sorted_out(_written(counts, rows, ref.column), ref)
            if ref.unless:
                nothing = (Meaning.REFUSED, Meaning.SILENT)
                kept = tuple(word for word in _written(counts, rows, ref.unless) if meaning(word) in nothing)
                found[channel] = replace(found[channel], standing=kept)
    return found


def _written(counts: Counts, rows: Rows, column: str) -> list[str]:
    """The words that stand in a column."""
    said = f"(select {rows.reader.text(column)} as word from {rows.table}) where word is not null"
    return sorted(word for word, _ in counts.values("word", said, _MOST))


def sorted_out(written: list[str], ref: Flag) -> Words:
    """The words as written by what they mean: by the mapping first, which says what is meant of contact whatever `negate` says."""
    own = {folded(word): allowed for word, allowed in ref.map.items()}
    meant = {
        word: _TOLD[own[folded(word)]] if folded(word) in own else meaning(word, negate=ref.negate) for word in written
    }
    by = {way: tuple(word for word, found in meant.items() if found is way) for way in Meaning}
    return Words(by[Meaning.ALLOWED], by[Meaning.REFUSED], by[Meaning.SILENT])


def of_file(source: Source, path: str) -> dict[str, str]:
    """What it means of each channel that a row is in a file, by a word; a file that no pattern fits says its name.

    A pattern with a slash is for the path as people know it, any other for the name behind the last slash.
    """
    consent = source.person.consent if source.person else {}
    return {channel: _word(ref, path) for channel, ref in consent.items() if ref.file}


def _word(ref: Flag, path: str) -> str:
    for pattern, allowed in reversed(ref.file.items()):
        name = path if "/" in pattern else path.rpartition("/")[2]
        if fnmatchcase(name.casefold(), pattern.casefold().replace("[", "[[]")):  # brackets are no pattern here
            return _WORDS[_TOLD[allowed]]
    return path


def _by_file(warehouse: Warehouse, name: str, ref: Flag) -> Words:
    """The words of rows by the file they are in, or of all rows."""
    allowed, refused, silent = ((word,) for word in _WORDS.values())
    if not ref.file:
        return Words(allowed, refused, silent, literal(_WORDS[_TOLD[ref.value]]))
    said: dict[str, list[str]] = {}
    for file_id, path in warehouse.rows(
        f"select file_id, path from {FILES.name} where source = $source and status = 'loaded' order by file_id",
        {"source": name},
    ):
        said.setdefault(_word(ref, path), []).append(str(file_id))
    cases = " ".join(f"when file_id in ({', '.join(ids)}) then {literal(word)}" for word, ids in said.items())
    return Words(allowed, refused, silent, f"case {cases} end" if cases else "null::varchar")
