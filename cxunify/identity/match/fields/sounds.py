"""Names that sound alike, however they are spelled and in whatever script: SQL that the fields of both names read."""

from __future__ import annotations

from cxunify.vocabulary.names import consonants

IS_UNREAD = "x.is_unread <> y.is_unread"
"""SQL over two names that are not alike: one is in characters of which nobody can see how they are read, as in Japan."""
IS_SIMILAR = """(
            left(x.sound, 1) = left(y.sound, 1) and least(length(x.sound), length(y.sound)) > 3
            and (levenshtein(x.sound, y.sound) <= 1 or jaro_winkler_similarity(x.sound, y.sound) >= 0.92)
        )"""
"""SQL over two names: they sound much alike."""
IS_ALIKE_UNVOWELLED = f"""(
            x.is_vowelless <> y.is_vowelless and length({consonants("x.latin")}) > 1
            and {consonants("x.latin")} = {consonants("y.latin")}
        )"""
"""SQL over two names, one of a script without vowels: they may be one."""
