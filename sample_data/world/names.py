"""Names with the frequencies of life: a few very common ones, a long tail of rare ones, some from elsewhere."""

import importlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from sample_data.world.dice import Dice, Floats, Ints, pick, zipf

NATIVE, FOREIGN, OTHER_SCRIPT = 0, 1, 2

_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "ı": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "yo",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    ),
)

# Endings that make rare names; the roots are the common names of the place itself.
_ENDINGS = {
    "US": (
        "er",
        "man",
        "son",
        "s",
        "ley",
        "wood",
        "well",
        "field",
        "worth",
        "ham",
        "berg",
        "stein",
        "ski",
        "dale",
        "more",
        "lin",
    ),
    "GB": (
        "son",
        "s",
        "ley",
        "wood",
        "well",
        "field",
        "worth",
        "ham",
        "bury",
        "thorpe",
        "croft",
        "by",
        "dale",
        "stone",
    ),
    "DE": ("mann", "meier", "ing", "hofer", "berger", "ler", "stein", "bach", "ke", "sen", "brink", "kamp", "huber"),
}
_GERMAN_NAMES = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter "
    "Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt "
    "Werner Krause Meier Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Möller "
    "Weiß Jung Hahn Vogel Günther Keller"
)
_GERMAN = _GERMAN_NAMES.split()

# Locales: the common names first, then where the rare and the foreign ones come from.
_LOCALES = {
    "US": ("en_US", ("it_IT", "nl_NL", "en_IE", "de_AT", "pl_PL", "en_IN", "sv_SE", "fr_FR"), "es_ES"),
    "GB": ("en_GB", ("en_IE", "en_US", "en_NZ", "en_IN", "it_IT", "nl_NL"), "pl_PL"),
    "DE": ("de_CH", ("de_DE", "de_AT", "de_CH", "pl_PL", "hr_HR", "nl_BE"), "tr_TR"),
}

_NICKNAMES = {
    "en": "William:Bill,Will,Billy Robert:Bob,Rob,Bobby Richard:Rick,Dick,Rich James:Jim,Jimmy,Jamie "
    "John:Jack,Johnny Michael:Mike,Mick David:Dave Thomas:Tom,Tommy Charles:Chuck,Charlie "
    "Christopher:Chris Daniel:Dan,Danny Matthew:Matt Anthony:Tony Joseph:Joe,Joey Steven:Steve "
    "Stephen:Steve Edward:Ed,Eddie,Ted Andrew:Andy,Drew Kenneth:Ken,Kenny Joshua:Josh Timothy:Tim "
    "Jeffrey:Jeff Nicholas:Nick Jonathan:Jon Benjamin:Ben Samuel:Sam Gregory:Greg Alexander:Alex "
    "Patrick:Pat Raymond:Ray Jacob:Jake Lawrence:Larry Gerald:Jerry Zachary:Zach Donald:Don Ronald:Ron "
    "Phillip:Phil Peter:Pete Philip:Phil Douglas:Doug Nathan:Nate Elizabeth:Liz,Beth,Betty "
    "Jennifer:Jen,Jenny Patricia:Pat,Trish,Patty Katherine:Kate,Kathy Kathryn:Kate Catherine:Cathy,Kate "
    "Margaret:Peggy,Meg,Maggie Susan:Sue,Susie Deborah:Debbie Rebecca:Becky Barbara:Barb Jessica:Jess "
    "Samantha:Sam Kimberly:Kim Christina:Tina,Chris Christine:Chris Victoria:Vicky Jacqueline:Jackie "
    "Theresa:Terri Pamela:Pam Cynthia:Cindy Sandra:Sandy Stephanie:Steph Alexandra:Alex Abigail:Abby "
    "Amanda:Mandy Melissa:Missy Judith:Judy Virginia:Ginny Dorothy:Dot Natalie:Nat",
    "de": "Johannes:Hans,Hannes Josef:Sepp,Jupp Wilhelm:Willi Friedrich:Fritz Heinrich:Heinz "
    "Michael:Micha,Michi Andreas:Andi Stefan:Steff Matthias:Matze Thomas:Tom Christian:Chris "
    "Alexander:Alex Sebastian:Basti Maximilian:Max Benjamin:Ben Tobias:Tobi Daniel:Dani "
    "Elisabeth:Lisa,Else,Sissi Katharina:Kathi,Käthe Margarete:Gretel,Grete Ursula:Uschi,Ulla "
    "Johanna:Hanna Christine:Christl,Tine Susanne:Susi Barbara:Babsi Gabriele:Gabi Brigitte:Gitti "
    "Magdalena:Leni Franziska:Franzi Stefanie:Steffi Alexandra:Alex Maria:Mia Rudolf:Rudi Wolfgang:Wolf "
    "Hans-Peter:Hape Ulrich:Uli Georg:Schorsch Robert:Robi Peter:Pit Martin:Maddin Daniela:Dani "
    "Sandra:Sandy",
}


def ascii_name(name: str) -> str:
    """Write a name with the 26 letters, as mailboxes and old tills do."""
    latin = "".join(_CYRILLIC.get(sign.lower(), sign) for sign in name)
    plain = unicodedata.normalize("NFD", latin.translate(_SPECIAL))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@dataclass(frozen=True)
class Pool:
    """A list of names with weights, in three parts: native, foreign, other script."""

    names: pl.Series
    slugs: pl.Series
    latin: pl.Series
    starts: tuple[int, int, int]
    weights: tuple[Floats, Floats, Floats]

    def draw(self, dice: Dice, question: str, ids: Ints, origin: Ints) -> Ints:
        """Draw the position of a name for each id, from the part its origin says."""
        out = np.zeros(len(ids), dtype=np.int64)
        for part, (start, weights) in enumerate(zip(self.starts, self.weights, strict=True)):
            rows = np.flatnonzero(origin == part)
            out[rows] = start + dice.choose(question, ids[rows], weights)
        return out

    def beside(self, at: Ints, step: int) -> Ints:
        """Give another name of the same part, `step` places further."""
        bounds = np.array([*self.starts, len(self.names)])
        part = np.searchsorted(bounds, at, side="right") - 1
        size = bounds[part + 1] - bounds[part]
        beside: Ints = bounds[part] + (at - bounds[part] + step) % size
        return beside

    def name(self, at: Ints) -> pl.Series:
        """Look up the names as written."""
        return pick(self.names, at)


@dataclass(frozen=True)
class Names:
    """All names of one country; positions of given names count men's first, then women's."""

    given: tuple[Pool, Pool]
    surnames: Pool
    nicknames: pl.DataFrame

    def given_as(self, form: str, at: Ints) -> pl.Series:
        """Look up given names in one form: names, slugs or latin."""
        return pick(pl.concat([getattr(pool, form) for pool in self.given]), at)


def _provider(locale: str) -> Any:
    return importlib.import_module(f"faker.providers.person.{locale}").Provider


def _listed(locale: str, kind: str) -> tuple[list[str], Floats]:
    provider = _provider(locale)
    lists = (kind, {"last_names": "unisex_last_names"}.get(kind, kind))
    found = next(values for name in lists if (values := getattr(provider, name, None)) and len(values) > 1)
    if isinstance(found, dict):
        return list(found), np.array(list(found.values()), dtype=np.float64)
    names = list(dict.fromkeys(found))
    return names, zipf(len(names), 0.9, 8.0)


def _slug(name: str, *, german: bool) -> str:
    written = name.lower().translate(_UMLAUTS) if german else name
    return re.sub("[^a-z]", "", ascii_name(written).lower())


def _pool(
    native: tuple[list[str], Floats],
    foreign: tuple[list[str], Floats],
    other: list[tuple[str, str]],
    *,
    german: bool,
) -> Pool:
    names = [*native[0], *foreign[0], *(name for name, _ in other)]
    latin = [*native[0], *foreign[0], *(spelt for _, spelt in other)]
    slugs = [_slug(name, german=german) for name in latin]
    starts = (0, len(native[0]), len(native[0]) + len(foreign[0]))
    weights = (native[1], foreign[1], zipf(len(other), 0.6))
    return Pool(pl.Series(names), pl.Series(slugs), pl.Series(latin), starts, weights)


def _other_script(kind: str) -> list[tuple[str, str]]:
    russian = _provider("ru_RU")
    cyrillic = getattr(russian, f"first_names_{kind}" if kind != "surname" else "last_names_male")
    pairs = [(name, ascii_name(name).title()) for name in cyrillic[:80]]
    japanese = _provider("ja_JP")
    rows = getattr(japanese, f"first_name_{kind}_pairs" if kind != "surname" else "last_name_pairs")
    return pairs + [(row[0], row[2]) for row in rows]


def _rare(country: str, common: list[str], people: int) -> list[str]:
    """Rare surnames, more of them the larger the world, in an order that does not depend on its size."""
    listed = [name for locale in _LOCALES[country][1] for name in _listed(locale, "last_names")[0]]
    roots = [
        name.removesuffix("s").removesuffix("e").removesuffix("er")
        for name in common[:600]
        if len(name) < 7 and " " not in name
    ]
    made = [root + ending for root in roots for ending in _ENDINGS[country] if 2 < len(root) < 6]
    double = [f"{one}-{two}" for two in common[80:200] for one in common[:80]]
    known = set(common)
    single = [name for name in dict.fromkeys([*listed, *made]) if name not in known]
    names = [*single, *double[: len(single) // 15]]
    size = min(len(names), 3000 + people // 8)
    order = np.argsort(Dice(0, "rare", country).bits("order", np.arange(len(names))), kind="stable")
    return [names[i] for i in order[:size]]


def _joined(common: tuple[list[str], Floats], rare: list[str], share: float) -> tuple[list[str], Floats]:
    first, tail = common[1] / common[1].sum(), zipf(len(rare), 0.5, 5.0)
    return [*common[0], *rare], np.concatenate([first * (1 - share), tail / tail.sum() * share])


def _nicknames(country: str) -> pl.DataFrame:
    table = _NICKNAMES["de" if country == "DE" else "en"]
    rows = [entry.split(":") for entry in table.split()]
    return pl.DataFrame({"name": [row[0] for row in rows], "nicknames": [row[1].split(",") for row in rows]}).unique(
        "name", keep="first", maintain_order=True
    )


@lru_cache(maxsize=4)
def load(country: str, people: int) -> Names:
    """Build the name pools of a country for a world of the given size."""
    home, _, abroad = _LOCALES[country]
    given = []
    for gender in ("male", "female"):
        names, weights = _listed(home, f"first_names_{gender}")
        known = set(names)
        tail = [
            name
            for name in _listed(
                "en_IE" if country == "GB" else "de_DE" if country == "DE" else "en_NZ",
                f"first_names_{gender}",
            )[0]
            if name not in known
        ]
        given.append(
            _pool(
                _joined((names, weights), tail, 0.08),
                _listed(abroad, f"first_names_{gender}"),
                _other_script(gender),
                german=country == "DE",
            ),
        )
    common = (_GERMAN, zipf(len(_GERMAN), 0.7)) if country == "DE" else _listed(home, "last_names")
    roots = [*common[0], *_listed("de_DE", "last_names")[0]] if country == "DE" else common[0]
    surnames = _joined(
        common,
        _rare(country, roots, people)
        if country != "DE"
        else [name for name in _rare(country, roots, people) if name not in set(_GERMAN)],
        0.5,
    )
    pool = _pool(surnames, _listed(abroad, "last_names"), _other_script("surname"), german=country == "DE")
    return Names((given[0], given[1]), pool, _nicknames(country))
