"""A header or the name of a file -> its words, and what data/*.csv say that they mean."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from importlib import resources

_FOLDER = resources.files("cxunify") / "discover" / "data"
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NUMERO = re.compile(r"(?i)\bn[°º]\s*|№\s*")
_SHARP = re.compile(r"(?<=\w)\s*#\s*$")
"""What a header of numbers ends with: `Order #`."""
CENTS = {"cents", "pence", "centimes"}
"""Words behind the name of an amount that is counted in them."""
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
SHORT = {"kdnr": "kd nr", "telnr": "tel nr", "bonnr": "bon nr", "belegnr": "beleg nr", "filialnr": "filial nr"}
"""Words that are written together in headers of tills and of customers."""


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a data file, by the names of its columns."""
    text = (_FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def words(written: str) -> tuple[str, ...]:
    """The words of a header in small letters: `MailingStreet` and ` Mailing street` are `mailing`, `street`."""
    text = unicodedata.normalize(
        "NFKD", _HUMP.sub(" ", _SHARP.sub(" no", _NUMERO.sub("no ", written.replace("ß", "ss"))))
    )
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).casefold()
    found = [part for part in re.split(r"[^\w]+|_+", text) if part]
    if len(found) > 1 and found[-1] == "c":  # a field of the customer's own, as Salesforce and Fivetran mark it
        found.pop()
    return tuple(found)


def squash(parts: tuple[str, ...] | str) -> str:
    """Words as they are compared: without blanks; `ä`, `ae` and `a` are one."""
    text = "".join(words(parts) if isinstance(parts, str) else parts)
    for written, meant in _UMLAUTS:
        text = text.replace(written, meant)
    return text


@cache
def synonyms(part: str) -> dict[str, dict[str, int]]:
    """Field -> the words that headers call it, squashed, each with its place: the likeliest is 0."""
    found: dict[str, dict[str, int]] = {}
    for row in table("synonyms"):
        if row["part"] == part:
            named = found.setdefault(row["field"], {})
            for place, word in enumerate(row["words"].split("|")):
                named.setdefault(squash(word), place)
    return found


def forms(header: str) -> list[tuple[str, tuple[str, ...]]]:
    """The ways to read a header: as it is, and without what stands before the field's own name; each with what was left off."""
    parts = words(header)
    found: list[tuple[str, tuple[str, ...]]] = [(squash(parts), ())]
    left: tuple[str, ...] = ()
    while prefix := _prefix(parts):
        kind, length = prefix
        parts, left = parts[length:], (*left, kind)
        found.append((squash(parts), left))
    if len(words(header)) > 1 and words(header)[-1] in _owners():
        found += [(text.removesuffix(words(header)[-1]), (*kinds, "owner")) for text, kinds in found[:1]]
    if parts[-1] in CENTS and len(parts) > 1:
        found.append((squash(parts[:-1]), (*left, "bare")))
    if (bare_parts := without_currency(parts)) != parts:
        found.append((squash(bare_parts), (*left, "bare")))
    for text, kinds in list(found):
        bare = text.rstrip("0123456789")
        if bare and bare != text:
            found.append((bare, (*kinds, "number")))
    return found


def currency_of(parts: tuple[str, ...]) -> str | None:
    """The currency that a header ends with: USD of `revenue_in_usd`."""
    codes = {row["currency"] for row in table("places")}
    last = parts[-1].upper() if len(parts) > 1 else ""
    return last if last in codes else None


def without_currency(parts: tuple[str, ...]) -> tuple[str, ...]:
    """A header without the currency that it ends with."""
    if currency_of(parts) is None:
        return parts
    return parts[:-2] if len(parts) > 2 and parts[-2] == "in" else parts[:-1]


def _prefix(parts: tuple[str, ...]) -> tuple[str, int] | None:
    for kind, prefix in _prefixes():
        if len(parts) > len(prefix) and parts[: len(prefix)] == prefix:
            return kind, len(prefix)
    return None


@cache
def _prefixes() -> tuple[tuple[str, tuple[str, ...]], ...]:
    listed = [(row["kind"], words(row["words"])) for row in table("prefixes") if row["kind"] != "behind"]
    return tuple(sorted(listed, key=lambda item: -len(item[1])))


@cache
def _owners() -> frozenset[str]:
    """The words behind the name of a field that say whose it is."""
    return frozenset(row["words"] for row in table("prefixes") if row["kind"] == "behind")


_FOR = {
    "recipient", "recipients", "receiver", "consignee", "giftee", "beneficiary", "attendee", "honoree", "empfanger", "empfaenger",
    "destinataire", "destinatario", "ontvanger",
}  # fmt: skip
"""Words of whom something is for, who need not be who buys it."""
_BILLED = {
    "billing", "bill", "billed", "invoice", "invoicing", "rechnung", "rechnungs", "facturation", "facturacion", "factuur",
    "fatturazione",
}  # fmt: skip
_SENT = {"ship", "shipping", "delivery", "liefer", "lieferung", "livraison", "envio", "spedizione", "levering"}


def is_for_another(header: str) -> bool:
    """Whether a column speaks of whom something is for: `Recipient Email`, `attendee_name`."""
    return bool(_FOR & set(words(header)))


def is_billed_to(header: str) -> bool:
    """Whether a column speaks of where bills go: to the company or the parents of who is served, it may be."""
    return bool(_BILLED & set(words(header)))


def is_sent_to(header: str) -> bool:
    """Whether a column speaks of whom or where something is sent to."""
    return bool((_FOR | _SENT) & set(words(header)))


def plain(value: str) -> str:
    """A value as words of data/kinds.csv are written: small letters, no accents, one blank for whatever stands between."""
    return " ".join(words(value))


@cache
def of_file(name: str) -> tuple[dict[str, str], ...]:
    """What the words of a file's name say."""
    known = {row["word"]: row for row in table("files")}
    found = [known[word] for word in words(name) if word in known]
    # the pipeline of tickets is no ticket: a word of parts behind the name of a thing that happens
    last = max((place for place, row in enumerate(found) if row["thing"] == "part"), default=-1)
    happens = max((place for place, row in enumerate(found) if row["thing"] == "event"), default=-1)
    return tuple(row for row in found if row["thing"] != "event" or happens > last)
