"""What a word of consent means, and what it never means."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
import yaml

from cxunify.vocabulary.flags import Meaning, folded, meaning
from cxunify.vocabulary.lists import rows

CASES: dict[str, list[list[str]]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "flags.yaml").read_text(encoding="utf-8")
)
MEANS = {
    "allowed": (Meaning.ALLOWED, Meaning.REFUSED),
    "refused": (Meaning.REFUSED, Meaning.ALLOWED),
    "agreed": (Meaning.ALLOWED, Meaning.UNCLEAR),
    "withdrawn": (Meaning.REFUSED, Meaning.REFUSED),
    "silent": (Meaning.SILENT, Meaning.SILENT),
    "unclear": (Meaning.UNCLEAR, Meaning.UNCLEAR),
}
"""What the words of a group mean, and what in a column that says the opposite."""


@pytest.mark.parametrize(
    ("group", "word"), [(group, word) for group in MEANS for word in chain.from_iterable(CASES[group])]
)
def test_a_word_means_what_it_says(group: str, word: str) -> None:
    assert (meaning(word), meaning(word, negate=True)) == MEANS[group]


def test_no_word_has_two_meanings() -> None:
    found: dict[str, set[str]] = {}
    for means, word in rows("flags"):
        found.setdefault(folded(word), set()).add(means)
    assert {word: means for word, means in found.items() if len(means) > 1} == {}
    assert len(found) == len(rows("flags"))


def test_a_yes_is_no_yes_any_more_with_another_word_beside_it() -> None:
    agreeing = [word for means, word in rows("flags") if means in ("yes", "in")]
    assert [
        word
        for word in agreeing
        for more in ("not {}", "{} until 2023", "no longer {}", "un{}", "withdrawn: {}")
        if meaning(more.format(word)) is Meaning.ALLOWED
    ] == []
