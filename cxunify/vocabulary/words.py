"""The SQL of a text -> the SQL of whether it says anything, and of its plain form.

Three strengths, since some people are called Null: `word` says nothing wherever it stands; `null` says nothing either, but as a
name it may be somebody's, and is shown; `name` says nothing where a name should stand (Customer), and much elsewhere.
"""

from __future__ import annotations

from cxunify.vocabulary.lists import listed, quoted


def plain(text: str) -> str:
    """SQL for `text` in lower case, without accents, punctuation and double blanks."""
    folded = f"strip_accents(replace(replace(replace(lower({text}), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'))"
    letters = f"translate({folded}, 'łøđðı''’`´.', 'loddi')"
    return rf"trim(regexp_replace({letters}, '[^\p{{L}}\p{{M}}\p{{N}}]+', ' ', 'g'))"


def is_nobodys_name(text: str) -> str:
    """SQL: whether a text is nobody's name, whatever the language of its people."""
    return f"lower({text}) in ({quoted(listed('word'))})"


def is_meaningless(text: str) -> str:
    """SQL: whether a text says nothing."""
    return f"lower({text}) in ({quoted(listed('word', 'null'))})"


def is_no_evidence(text: str) -> str:
    """SQL: whether a text, where a name or a way to reach somebody should stand, tells nothing of who that is."""
    return f"lower({text}) in ({quoted(no_evidence())})"


def no_evidence() -> tuple[str, ...]:
    """What tells nothing of who somebody is, as it is written."""
    return listed("word", "null", "name")
