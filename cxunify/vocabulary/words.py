"""The SQL of a text -> the SQL of whether it says anything, and of its plain form.

Three strengths, since some people are called Null: `word` says nothing wherever it stands; `null` says nothing either, but as a
name it may be somebody's, and is shown; `name` says nothing where a name should stand (Customer), and much elsewhere.
"""

from __future__ import annotations

from cxunify.vocabulary.lists import listed, quoted

_MARKED = "".join(
    rf"\p{{{script}}}"
    for script in (
        "Hiragana", "Katakana", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada",
        "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar",
    )
)  # fmt: skip
"""Scripts whose marks are letters: without them ガ were カ, and no vowel of a Hindi name were left."""


def plain(text: str) -> str:
    """SQL for `text` in lower case, without accents, punctuation and double blanks."""
    spelled = f"replace(replace(replace(lower({text}), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')"
    folded = f"case when regexp_matches({text}, '[{_MARKED}]') then {spelled} else strip_accents({spelled}) end"
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
