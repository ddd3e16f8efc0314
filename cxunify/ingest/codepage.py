"""Extract -> the encoding of a text that says none: UTF-8, else what Western Windows writes; refused where that makes no words.

Any bytes are letters in one code page or another: Łódź of cp1250 is £ódŸ in cp1252, without a byte that cannot be read. What no
language writes (signs within words, capitals behind small letters, words of accents alone) tells the one from the other.
"""

from __future__ import annotations

import html
import re
import unicodedata

from cxunify.errors import InputError, Problem
from cxunify.ingest.find import Extract
from cxunify.ingest.streams import open_bytes

WESTERN = "cp1252"
_EURO = "iso8859-15"
_OTHERS = (
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp932",
    "euc_jp",
    "cp949",
    "gb18030",
    "big5hkscs",
    "cp850",
    "mac_roman",
    "koi8_r",
)
"""What texts are written in elsewhere, and by older systems, the likeliest first."""
_WIDE = {"cp932": "JAPANESE", "euc_jp": "JAPANESE", "cp949": "HANGUL", "gb18030": "CJK", "big5hkscs": "CJK"}
_SURE = {"cp932", "euc_jp", "cp949"}
"""What no other text makes kana or Hangul of."""
_EVERYDAY = {"cp932": ("cp932", 0x88, 0x98), "gb18030": ("gb2312", 0xB0, 0xF7), "big5hkscs": ("big5", 0xA4, 0xC6)}
"""Code page -> where its ideographs of everyday lie: a page that has no others, and the first bytes there."""
_KANA = {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH"}
_LOOKED_AT = 1_000_000
"""Bytes of lines beyond ASCII that are looked at."""
_ODD = 0.1
"""The share of words beyond ASCII that may look like none: people are called all sorts of things."""
_ENTITY = re.compile("&(?:[A-Za-z]{2,8}|#[0-9]{2,5}|#x[0-9A-Fa-f]{2,4});")
_WORD = re.compile(r"[^\s\x00-&(-,./:-@\[-`{-\x7f]+")
_LOW, _HIGH = "a-zß-öø-ÿšœž", "A-ZÀ-ÖØ-ÞŠŒŽŸ"
_SIGNS = "¡-©«-±´¶¸»-¿×÷ƒˆ‰‹›†‡•˜„¤²³¹µªº"  # noqa: RUF001 - these, and not what they look like
_AHEAD = "¢£¥§©®±¶¸¹²³µ¬¯¦¾"  # noqa: RUF001
_NO_WORD = re.compile(
    r"[\ufffd\x80-\x9f]"  # bytes that mean nothing
    rf"|[{_LOW}{_HIGH}][{_SIGNS}][{_LOW}]|(?:^|')[{_AHEAD}][{_LOW}]"  # signs within words, and before them
    rf"|[a-zß-öø-ÿšœž][À-ÖØ-ÞŠŒŽŸ]|[A-Z][À-ÖØ-ÞŠŒŽŸ][a-zß-öø-ÿ]"  # a capital behind a small letter, or before one
    rf"|^[À-ÖØ-öø-ÿŠŒŽšœžŸ]{{3,}}$"  # accents alone: Cyrillic, Greek
    rf"|[ìù][{_LOW}]|ø.*[áíýìèù]|[áíýìèù].*ø|iæ$"  # Czech, Slovak, Croatian
    rf"|[ýþð].*[çü]|[çü].*[ýþð]|[a-z]þ[aeiou]|[a-z]ý[a-z].*[þð]"  # Turkish
)


def judge(extract: Extract) -> str:
    """The encoding of a text that states none and bears no mark: `utf-8` too where only some lines are something else.

    Raises InputError where it is not UTF-8, and cp1252 makes no words of it.
    """
    good = bad = kept = 0
    lines = []
    with open_bytes(extract) as stream:
        for line in stream:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
                if kept < _LOOKED_AT:
                    lines.append(line)
                    kept += len(line)
    if not bad or good * 50 > bad:
        return "utf-8"
    sample = b"".join(lines)
    euro = b"\xa4" in sample and not re.search(rb"[\x80-\x9f]", sample)  # ¤ stands in no text: it is € there
    if euro and makes_words(sample.decode(_EURO)):
        return _EURO
    if makes_words(sample.decode(WESTERN, "replace")):
        return WESTERN
    fitting = [name for name in _OTHERS if _reads(sample, name)]
    narrow = [name for name in fitting if name not in _WIDE]
    fitting = narrow[:3] or [name for name in fitting if name in _SURE][:1] or fitting
    offered = f"It makes words in {' and in '.join(fitting)}: state which it is" if fitting else "State its encoding"
    fix = f"{offered} (`csv: {{encoding: {fitting[0] if fitting else '…'}}}`), or export it as UTF-8."
    raise InputError(
        [
            Problem(
                f"source {extract.source}: {extract.name} is not UTF-8, and not what Western Windows writes (cp1252)",
                fix,
                offers={"encoding": tuple(fitting)},
            )
        ]
    )


def makes_words(text: str) -> bool:
    """Whether the words of a text beyond ASCII are such as Western languages write."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    odd = sum(1 for word in words if _NO_WORD.search(word))
    letters = "".join(words).casefold()
    if (
        letters.count("õ") > 0.05 * len(re.findall("[^\\x00-\\x7f]", letters))
        and "á" in letters
        and not set("ãäç") & set(letters)
    ):
        return False  # Hungarian: who writes õ writes ã (Portuguese) or ä (Estonian) too
    return odd < 2 or odd < _ODD * len(words)


def is_twice(text: str) -> bool:
    """Whether a text in UTF-8 holds what was in UTF-8 before, and was taken for cp1252: `MÃ¼ller`."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    twice = sum(1 for word in words if _is_utf8(word.encode(WESTERN, "replace")))
    return twice >= 3 and twice >= 0.5 * len(words)


def is_markup(text: str) -> bool:
    """Whether letters are written as in pages of the web: `M&uuml;ller`, `O&#39;Brien`. In an address `&amp;` says nothing."""
    found = [html.unescape(written) for written in _ENTITY.findall(text)]
    return sum(1 for sign in found if len(sign) == 1 and (sign.isalpha() or sign in "'’")) >= 3


def _is_utf8(word: bytes) -> bool:
    try:
        return not word.isascii() and bool(word.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _reads(sample: bytes, encoding: str) -> bool:
    """Whether an encoding makes words of a sample, of one script each."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if encoding in _WIDE:
        told = "".join(dict.fromkeys(words))  # a word that stands in each row says no more than in one
        return _is_of(_WIDE[encoding], told) and _is_everyday(encoding, told)
    odd = sum(1 for word in words if not _is_word(word))
    return odd < 2 or odd < _ODD * len(words)


def _is_of(script: str, text: str) -> bool:
    """Whether signs are those that a script uses every day."""
    names = _scripts(text)
    own = {script, "FULLWIDTH", "IDEOGRAPHIC", *({"CJK", *_KANA} if script == "JAPANESE" else ())}
    return sum(name in own for name in names) >= 0.9 * len(names)


def _is_everyday(encoding: str, text: str) -> bool:
    """Whether ideographs are such as people write: any bytes are ideographs in some code page, and then mostly rare ones."""
    names = _scripts(text)
    kana = sum(name in _KANA for name in names)
    if kana or encoding == "euc_jp":
        return _WIDE[encoding] != "JAPANESE" or kana >= 0.05 * len(names)
    if encoding not in _EVERYDAY:
        return True
    page, first, last = _EVERYDAY[encoding]
    written = [sign.encode(page, "replace") for sign in text if _script(sign) == "CJK"]
    return sum(first <= sign[0] <= last for sign in written) >= 0.8 * len(written)


def _scripts(text: str) -> list[str]:
    return [_script(sign) for sign in text if not sign.isascii()]


def _script(sign: str) -> str:
    """The script of a sign, by the first word of its name."""
    return unicodedata.name(sign, "?").split()[0]


def _is_word(word: str) -> bool:
    """Whether a word is of letters of one script, small ones behind the first or capitals throughout."""
    letters = [sign for sign in word if sign.isalpha()]
    scripts = {_script(sign) for sign in letters if sign not in "ªº"}
    inner = re.search(r"[^\W\d_][^\w\s'’–-][^\W\d_]|^[^\w\s'’„“«»¿¡–-][^\W\d_]|[ªº]", word)
    if len(letters) > 2 and scripts == {"LATIN"} and not any(sign.isascii() for sign in letters):
        return False
    return len(scripts) <= 1 and not inner and (word.isupper() or not any(sign.isupper() for sign in letters[1:]))
