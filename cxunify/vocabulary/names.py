"""What people know of names: short forms, men's and women's forms, particles; and the SQL of how a name sounds."""

from __future__ import annotations

from cxunify.vocabulary.lists import rows

PARTICLES = (
    "of", "the", "de", "del", "della", "dei", "des", "do", "dos", "da", "das", "di", "du", "la", "las", "le", "los", "el", "al",
    "von", "van", "vom", "zu", "zur", "der", "den", "ter", "ten", "af", "av", "bin", "ibn", "bint", "y", "e",
)  # fmt: skip
"""Words in a surname that are no surname by themselves."""

FEMININE = (
    "a", "e", "i", "ia", "ie", "ra", "re", "ria", "la", "le", "na", "ne", "ina", "ine", "ana", "ane", "iana", "iane", "ien", "iene",
    "ene", "eta", "ete", "et", "ota", "ote", "ita", "ela", "ele", "ika", "ike", "isa", "ise",
)  # fmt: skip
"""What makes a woman's name of a man's, behind it or behind its stem: as it sounds."""
_STEM = "(ius|ian|us|os|as|es|is|er|el|io|[eiosu])$"
_SOUNDS = (
    # Sibilants of five languages, then what is spelled k in one and c, ch, kh, q, x in others.
    ("shch|schtsch|sch|sh|sz", "s"), ("tsch|tch|ch|ck|cz|kh|qu|q|c", "k"), ("x", "ks"),
    ("zh", "z"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("off?$", "ov"), ("w", "v"),
    # An umlaut's second letter, vowels that one scheme spells with one letter and another with two, and the half vowels.
    ("ae", "a"), ("oe", "o"), ("oo|ou|ue|eu|eo", "u"), ("ee", "i"), ("[yj]", "i"),
    # An h that is not heard.
    ("h([^aeiou]|$)", r"\1"),
)  # fmt: skip
_DOUBLED = "abdefgiklmnoprstuvz"


def nicknames() -> tuple[tuple[str, str], ...]:
    """Each form of a given name with a formal name that it may stand for; a formal name stands for itself."""
    return tuple(sorted({(name.strip(), forms[0].strip()) for forms in rows("nicknames") for name in forms}))


def masculine() -> tuple[tuple[str, str], ...]:
    """Each man's name with a woman's that is made of it by no rule; with an empty text where there is none."""
    return tuple((name, woman) for name, *women in rows("masculine") for woman in women or [""])


def sound(name: str) -> str:
    """SQL for how a name in plain Latin letters sounds, roughly, whatever country's spelling it has.

    `yuliya`, `iuliia` and `julia` are `iulia`; `mueller` and `muller` are `muler`. It tells that two spellings may be one name,
    never that they are: different names sound alike.
    """
    said = f"replace({name}, ' ', '')"
    for spelled, letters in _SOUNDS:
        said = f"regexp_replace({said}, '{spelled}', '{letters}', 'g')"
    for letter in _DOUBLED:
        said = f"replace({said}, '{letter * 2}', '{letter}')"
    return said


def consonants(latin: str) -> str:
    """SQL for what is left of a name in Latin letters where vowels are not written (Arabic, Hebrew): `mhmd` of `mohammed`."""
    left = f"replace({latin}, ' ', '')"
    for letter in "bdfklmnrstz":
        left = f"replace({left}, '{letter * 2}', '{letter}')"
    for spelled, letters in (
        ("[aeiouyvw]", ""), ("[kc]h", "h"), ("[cq]", "k"), ("([sdtg])h", r"\1"), ("ph", "f"), ("(.)h$", r"\1"),
    ):  # fmt: skip
        left = f"regexp_replace({left}, '{spelled}', '{letters}', 'g')"
    return left


def surnames() -> tuple[tuple[str, str], ...]:
    """Each spelling of a Korean or Chinese surname with the first of a line on which it stands."""
    return tuple(sorted({(name, forms[0]) for forms in rows("surnames") for name in forms}))


def stem(sound: str) -> str:
    """SQL for a man's name, by its sound, without the ending that a woman's name has another one for: `pet` of `peter`."""
    return f"regexp_replace({sound}, '{_STEM}', '')"


def _is_made_of(woman: str, man: str) -> str:
    """SQL: whether the name `woman` is made of the name `man` by an ending; a man's name that lost its last letter is none."""
    ends = ", ".join(f"'{ending}'" for ending in FEMININE)
    behind = " or ".join(
        f"(length({part}) >= 3 and starts_with({woman}.sound, {part}) and substr({woman}.sound, length({part}) + 1) in ({ends}))"
        for part in (f"{man}.sound", stem(f"{man}.sound"))
    )
    return f"({man}.gender = 'm' and {woman}.gender is null and ({behind}) and {woman}.sound <> left({man}.sound, -1))"


IS_OTHER_GENDER = f"coalesce(x.gender <> y.gender or {_is_made_of('y', 'x')} or {_is_made_of('x', 'y')}, false)"
"""SQL over two different names of identity.given_names: one is a man's, the other a woman's, however much alike they look: Paul and
Paula."""
