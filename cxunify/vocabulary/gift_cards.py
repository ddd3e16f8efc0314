"""The name of an article -> the SQL of whether it is a gift card, in the words of a dozen languages."""

from __future__ import annotations

_CARDS = (
    r"\b(e-?)?gift ?-?(cards?|certificates?|vouchers?)\b", r"\be-?gift\b",
    "(geschenk|wert)-?(gut?schein|karte)", "^gutschein", r"\bgutschein(karte)?\b",
    r"(carte|ch[eè]que|bon)s?[ -]cadeaux?\b", r"(tarjeta|cheque|vale|bono)s?[ -](de )?regalo\b",
    r"(cart[aã]o|vale)[ -](de )?presente", "(buono|carta|buoni)[ -]regalo",
    "cadeau(bon|kaart|card)", "presentkort", "gavekort", "lahjakortti", "(karta|bon) podarunkow",
    r"подарочн\S* (карт|сертификат)", "ギフト(カード|券)", "商品券", "상품권", "기프트 ?카드", "(礼品|禮品|购物)卡",
)  # fmt: skip
_BESIDE = ("holder", "wallet", "envelope", "sleeve", "gift card box", "display", "umschlag", "gutscheinbuch", "hülle")
"""What is sold beside them, and is called so too."""


def is_gift_card(product: str) -> str:
    """SQL: whether an article is a card or voucher that somebody pays with later."""
    text = f"lower({product})"
    return f"regexp_matches({text}, '{'|'.join(_CARDS)}') and not regexp_matches({text}, '{'|'.join(_BESIDE)}')"
