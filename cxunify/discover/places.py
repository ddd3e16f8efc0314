"""Columns of all sources -> region, time zone and currency, each by evidence; what cannot be known is marked unsure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from cxunify.discover.findings import Found, Place
from cxunify.discover.profile import Column, country_of
from cxunify.discover.words import squash, synonyms, table, words
from cxunify.schema.words import counted
from cxunify.vocabulary import currencies, phone, timezones
from cxunify.vocabulary.places import POSTCODES

_LANGUAGES = {
    "DE": {
        "vorname", "nachname", "strasse", "plz", "ort", "datum", "betrag", "kundennummer", "umsatz", "belegnr", "menge", "filiale",
        "geburtsdatum",
    },
    "FR": {"prenom", "nom", "rue", "ville", "montant", "date de naissance", "quantite", "commande", "code postal"},
    "ES": {"nombre", "apellidos", "calle", "ciudad", "fecha", "importe", "cantidad", "codigo postal"},
    "NL": {"voornaam", "achternaam", "straat", "plaats", "bedrag", "aantal", "geboortedatum"},
    "IT": {"nome", "cognome", "indirizzo", "citta", "importo", "quantita", "cap"},
    "JP": {
        "氏名", "名前", "お名前", "メールアドレス", "電話番号", "郵便番号", "都道府県", "住所", "生年月日", "性別", "会員番号",
        "顧客番号", "注文番号", "受注番号", "注文日", "注文日時", "購入日", "合計金額", "商品名", "個数", "単価", "店舗", "店舗名",
        "注文者氏名", "注文者メールアドレス",
    },
    "KR": {
        "이름", "성명", "이메일", "전화번호", "휴대폰번호", "우편번호", "주소", "생년월일", "회원번호", "주문번호", "주문일시",
        "주문일", "결제금액", "상품명", "수량", "주문자명", "주문상태", "매장명",
    },
    "CN": {
        "姓名", "邮箱", "手机", "手机号", "邮编", "地址", "出生日期", "会员编号", "会员号", "订单编号", "订单号", "订单状态",
        "下单时间", "订单创建时间", "总金额", "商品名称", "宝贝标题", "门店", "收货人姓名", "收货地址", "买家会员名",
    },
}  # fmt: skip
"""Headers that no other language has: the largest country that speaks it."""
_ALONE = {"JP", "KR"}
"""Countries whose language is that of no other."""


@dataclass(frozen=True)
class Seen:
    """A source with the profile of its columns."""

    found: Found
    columns: dict[str, Column]


def places(seen: Iterable[Seen]) -> list[Place]:
    """The three things that a configuration says once for all sources."""
    used = [one for one in seen if one.found.used]
    region = _region(used)
    return [region, _timezone(used, region), _currency(used, region)]


def _region(used: list[Seen]) -> Place:
    votes: Counter[str] = Counter()
    from_columns: list[str] = []
    beside = [
        column
        for one in used
        if one.found.role == "interaction"
        for column in one.columns.values()
        if squash(column.name) in synonyms("person")["country"] and column.country >= 0.5
    ]
    for column in [*_of(used, "country"), *beside]:
        for word, count in column.words:
            if code := country_of(word):
                votes[code] += count
                from_columns.append(column.name)
    if votes:
        (best, count), *rest = votes.most_common(3)
        of = counted(votes.total(), "country", "countries")
        told = f"{count / votes.total():.0%} of {of} in {', '.join(dict.fromkeys(from_columns))}"
        return Place("region", best, count >= 0.5 * votes.total(), told, tuple(code for code, _ in rest))
    phones = Counter(code for column in _of(used, "phone") for word, _ in column.words if (code := phone.country(word)))
    if phones:
        (best, count), *rest = phones.most_common(3)
        return Place(
            "region",
            best,
            count >= 0.8 * phones.total(),
            "phone numbers begin with its code",
            tuple(c for c, _ in rest),
        )
    zones = [country for one in _zones(used) if (country := timezones.country(one))]
    if zones:
        return Place("region", zones[0], sure=True, why="the time zone that a column names lies there")
    shapes = _postcodes(used)
    language = _language(used)
    if shapes and (language is None or language in POSTCODES):  # whose own shape is not known may look like any
        why = "postcodes look like its own" + (", and headers are in its language" if shapes[0] == language else "")
        sure = len(shapes) == 1 or shapes[0] == language
        return Place("region", shapes[0], sure=sure, why=why, others=tuple(shapes[1:4]))
    if language:
        return Place("region", language, sure=language in _ALONE, why="headers are in its language", others=())
    if own := _of_money(used):
        return Place("region", own, sure=False, why="amounts are in its currency, and nothing else says it")
    return Place("region", "US", sure=False, why="nothing in the files says it", others=("GB", "DE", "FR"))


def _of_money(used: list[Seen]) -> str | None:
    """The one country whose currency all amounts are in, where they name it and no other country has it."""
    amounts = [word for one in used for column in _columns(one, "interaction.amount") for word, _ in column.words]
    named = [word for column in _of(used, "currency", "interaction") for word, _ in column.words]
    signs = {*named, *filter(None, map(_sign, amounts))}
    codes = {meant.code if meant else None for meant in map(currencies.sense, signs)}
    countries = [row["country"] for row in table("places") if {row["currency"]} == codes]
    return countries[0] if len(countries) == 1 else None


def _timezone(used: list[Seen], region: Place) -> Place:
    named = Counter(_zones(used))
    if named:
        (best, _), *rest = named.most_common(3)
        return Place(
            "timezone", best, len(named) == 1, "a column of time zones names it", tuple(zone for zone, _ in rest)
        )
    times = [one for one in used if one.found.choice("interaction.at")]
    if times and all(map(_says_its_zone, times)):
        row = _place(region.value)
        return Place(
            "timezone",
            row["zone"] if row else "UTC",
            sure=True,
            why="times name their own, or their presets do; this is what days are told in",
        )
    row = _place(region.value)
    if row is None:
        return Place("timezone", "UTC", sure=False, why="nothing in the files says it")
    doubt = "no file names the zone of its times; exports of cloud systems are often UTC"
    return Place("timezone", row["zone"], sure=False, why=doubt, others=("UTC",))


def _currency(used: list[Seen], region: Place) -> Place:
    votes: Counter[str] = Counter()
    for column in _of(used, "currency", "interaction"):
        for word, count in column.words:
            means = currencies.sense(word)
            if means and means.code:
                votes[means.code] += count
    if votes:
        (best, _), *rest = votes.most_common(4)
        return Place(
            "currency",
            best,
            sure=True,
            why="the most frequent in the columns of currencies",
            others=tuple(c for c, _ in rest),
        )
    row = _place(region.value)
    own = row["currency"] if row else "USD"
    amounts = [column for one in used if not _has_one_currency(one) for column in _columns(one, "interaction.amount")]
    if not amounts:
        return Place("currency", own, sure=True, why="no source has amounts that name none")
    signs = {sense for column in amounts for word, _ in column.words if (sense := _sign(word))}
    if len(signs) == 1:
        meaning = currencies.sense(next(iter(signs)))
        meant = meaning.within(own) if meaning else None
        if meant:
            return Place("currency", meant, sure=True, why=f"amounts bear {next(iter(signs))}")
    return Place("currency", own, sure=False, why=f"no amount names a currency; this is that of {region.value}")


def _says_its_zone(one: Seen) -> bool:
    """Whether the times of what happened need no zone of the company's."""
    at = one.found.choice("interaction.at")
    stated = one.found.setting("timezone") is not None or (at is not None and "timezone" in at.options)
    times = _columns(one, "interaction.at")
    return stated or (bool(times) and all(column.share("zoned") >= 0.99 for column in times))


def _has_one_currency(one: Seen) -> bool:
    """Whether all amounts of a source are of the currency that its preset says."""
    currency = one.found.choice("interaction.currency")
    return one.found.setting("currency") is not None or (currency is not None and not currency.columns)


def _sign(word: str) -> str | None:
    text = "".join(sign for sign in word if not sign.isdigit() and sign not in ".,-+()' \u00a0")
    return text if text and currencies.sense(text) else None


def _of(used: list[Seen], field: str, part: str = "person") -> list[Column]:
    keys = {f"{part}.{field}", f"interaction.identifiers.{field}"}
    return [column for one in used for key in keys for column in _columns(one, key)]


def _columns(one: Seen, key: str) -> list[Column]:
    return [
        one.columns[name]
        for choice in one.found.choices
        if choice.key == key and choice.active
        for name in choice.columns
        if name in one.columns
    ]


def _zones(used: list[Seen]) -> list[str]:
    """The zones that columns name: those of tills first, of what happened there."""
    return [
        zone
        for one in used
        if "interaction" in one.found.role and one.found.setting("timezone") is None
        for column in one.columns.values()
        if squash(column.name) in synonyms("hint")["zone"] and column.zone >= 0.9 and column.longest >= 3
        for word, _ in column.words
        if isinstance(zone := timezones.zone(word), str)
    ]


def _postcodes(used: list[Seen]) -> list[str]:
    """The countries whose postcodes have the shape of those in the files; many share one shape."""
    import re

    texts = [word.casefold().strip("'") for column in _of(used, "postal_code") for word, _ in column.words]
    if not texts:
        return []
    fitting = [
        code
        for code, pattern in POSTCODES.items()
        if sum(bool(re.fullmatch(pattern, text)) for text in texts) >= 0.9 * len(texts)
    ]
    language = _language(used)
    first = [code for code in (language, "US", "DE") if code in fitting]
    return list(dict.fromkeys([*first, *fitting]))


@cache
def _languages() -> dict[str, frozenset[str]]:
    """The same words as headers are compared: without accents, and what is written in syllables in its parts."""
    return {country: frozenset(" ".join(words(word)) for word in listed) for country, listed in _LANGUAGES.items()}


def _language(used: list[Seen]) -> str | None:
    """The country whose language headers are in: by words that no other language has."""
    told = Counter(
        country
        for one in used
        for name in one.columns
        for country, listed in _languages().items()
        if " ".join(words(name)) in listed
    )
    return told.most_common(1)[0][0] if told and told.most_common(1)[0][1] >= 2 else None


def _place(country: str) -> dict[str, str] | None:
    return next((row for row in table("places") if row["country"] == country), None)
