"""headers + Columns -> for each field the columns that may be it, the best first: by what they are called and by their values."""

from __future__ import annotations

from dataclasses import dataclass

from cxunify.discover.guards import Fit, fit
from cxunify.discover.profile import Column
from cxunify.discover.words import forms, is_billed_to, is_for_another, is_sent_to, squash, synonyms, words

_BARE_ONLY = {"id", "person", "session", "kind", "at", "time", "campaign", "score", "reason", "case_id", "product"}
"""Fields whose name means something else behind the name of an owner: `customer_id` is no `id`."""
LEAST = 55
"""The score of a match below which a name says too little."""
LOOSE = 56
"""The score of a column that is only called like a field."""
_AMOUNTS = {
    "amount", "amt", "revenue", "total", "betrag", "summe", "umsatz", "montant", "importe", "bedrag", "importo", "value", "charge",
    "charges", "charged", "paid", "billed", "cotisation", *(_FEES := {"fee", "fees"}),
}  # fmt: skip
_KEPT = {"commission", "provision", "kommission", "comision", "commissione"}
"""Words of what a platform keeps, which nobody paid."""
_WHOLE = {"total", "grand", "net", "gesamt", "totaal", "totale"}
_SAID_LAST = {
    "state": {"status", "state", "statut", "etat", "estado", "stato"},
    "kind": {"type", "typ", "art", "tipo", "kind"},
}
"""What columns are called last that say of which kind a row is: `Reservation Status`, `Gift Type`."""
_OF_ELSE = {
    "fulfillment", "fulfilment", "shipping", "shipment", "delivery", "versand", "liefer", "marketing", "consent", "subscription",
    "customer", "client", "kunden", "account", "member", "membership", "card", "payment", "user", "contact", "email", "lead",
    "product", "item", "article", "room", "device", "browser", "page", "content", "tax", "vat", "currency", "address",
}  # fmt: skip
"""What such a column says it of where it is no state or kind of what happened."""
_KINDS_OF_ANIMALS = {"species", "breed", "tierart", "tierrasse", "espece", "especie", "raza", "razza"}
_ANIMALS = {"patient", "pet", "animal", "tier", *_KINDS_OF_ANIMALS}
_KEEPERS = {"owner", "client", "customer", "halter", "besitzer", "proprietaire", "propietario", "proprietario"}
_BORN = {"birth", "birthdate", "birthday", "dob", "geburtsdatum", "sex", "gender", "geschlecht", "sexe", "sexo"}
"""Words of practices of animals: what rows are, whose they are, and what is the animal's where it is not called the keeper's."""
_COST = {"bare": 1, "owner": 6, "place": 8, "other": 40, "number": 12}


@dataclass(frozen=True)
class Match:
    """A column that may be a field."""

    field: str
    column: Column
    score: float
    fit: Fit

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name


def matches(part: str, columns: dict[str, Column]) -> dict[str, list[Match]]:
    """For each field of a part of the mapping the columns whose name says so, those that their values contradict included."""
    found: dict[str, list[Match]] = {}
    of_animals = any(_KINDS_OF_ANIMALS & set(words(name)) for name in columns)
    for name, column in columns.items():
        ways = _ways(name, part, of_animals=of_animals)
        for field, known in synonyms(part).items():
            score = max((_score(field, known, text, left) for text, left in ways), default=0.0)
            if score > 0:
                found.setdefault(field, []).append(Match(field, column, score, fit(field.rstrip("!"), column)))
    if part == "interaction" and not any(match.fit is Fit.YES for match in found.get("amount", [])):
        found["amount"] = [*found.get("amount", []), *_like_amounts(columns)]
    for field in ("state", "kind") if part == "interaction" else ():
        if not any(match.fit is Fit.YES for match in found.get(field, [])):
            found[field] = [*found.get(field, []), *_like_states(field, columns)]
    return {
        field: sorted(_of_one(field, listed), key=lambda one: (-_worth(one), one.name))
        for field, listed in found.items()
    }


def _ways(name: str, part: str, *, of_animals: bool) -> list[tuple[str, tuple[str, ...]]]:
    """The ways to read a header. Where rows are animals, the owner is the person, and what is said of a patient is not."""
    said = words(name)
    if not of_animals or part != "person":
        return forms(name)
    if _ANIMALS & set(said) or (said[-1] in _BORN and not _KEEPERS & set(said)):
        return []
    return forms(" ".join("customer" if word in _KEEPERS else word for word in said))


def _of_one(field: str, listed: list[Match]) -> list[Match]:
    """Of columns that speak of two people, those of who buys: who gets it, or where bills and parcels go, may be others."""
    others = [is_for_another]
    if field.rsplit(".", maxsplit=1)[-1] in {"email", "phone"}:
        others += [is_sent_to, is_billed_to]
    for is_other in others:
        own = [match for match in listed if not is_other(match.name)]
        listed = own if any(match.fit in {Fit.YES, Fit.HASHED} for match in own) else listed
    return listed


def _like_amounts(columns: dict[str, Column]) -> list[Match]:
    """Columns of numbers that are called some amount, where none is called as those of what was paid: `RoomRevenue`."""
    return [
        Match("amount", column, LOOSE + (words(name)[0] in _WHOLE) - (words(name)[-1] in _FEES), Fit.YES)
        for name, column in columns.items()
        if len(words(name)) > 1
        and words(name)[-1] in _AMOUNTS
        and not _KEPT & set(words(name))
        and column.is_number
        and not column.is_date
    ]


def _like_states(field: str, columns: dict[str, Column]) -> list[Match]:
    """Columns of few words that are called some state or kind, where none is called as those of what happened."""
    return [
        Match(field, column, LOOSE, fit(field, column))
        for name, column in columns.items()
        if len(words(name)) > 1
        and words(name)[-1] in _SAID_LAST[field]
        and not _OF_ELSE & set(words(name))
        and column.few
        and column.share("letters") >= 0.9
    ]


def hints(columns: dict[str, Column]) -> dict[str, list[str]]:
    """The columns whose names are hints: of deletion, of tests, of loading, of companies, of staff."""
    found: dict[str, list[str]] = {}
    for name in columns:
        texts = {text for text, left in forms(name) if set(left) <= {"bare"}}
        for hint, known in synonyms("hint").items():
            if texts & known.keys():
                found.setdefault(hint, []).append(name)
    return found


def is_stamp(name: str) -> bool:
    """Whether a column says when or by what the row was loaded, not when anything happened."""
    return squash(name) in synonyms("hint")["load"] or name.casefold().lstrip().startswith(
        ("_fivetran_s", "_fivetran_e", "_airbyte_", "_sdc_", "_dlt_", "_etl")
    )


def _score(field: str, known: dict[str, int], text: str, left: tuple[str, ...]) -> float:
    place = known.get(text)
    if place is None or "agent" in left:
        return 0.0
    if field in _BARE_ONLY and not set(left) <= {"bare"}:
        return 0.0
    if "number" in left and field not in {"email", "phone", "street", "consent.email"}:
        return 0.0
    return 100 - place * 0.5 - sum(_COST[kind] for kind in left)


def _worth(match: Match) -> float:
    """What is filled goes before what is empty, and both before what its values contradict."""
    return match.score + {Fit.YES: 100, Fit.HASHED: 90, Fit.EMPTY: 0, Fit.NO: -200}[match.fit] + 5 * match.column.fill
