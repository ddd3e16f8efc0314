"""field, Column -> whether the values can be what the header says: a name that its values contradict is not taken."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from cxunify.discover.profile import Column
from cxunify.vocabulary import titles


class Fit(Enum):
    """What the values say to the header."""

    YES = "yes"
    HASHED = "hashed"
    EMPTY = "empty"
    NO = "no"


_HASHABLE = {
    "given_name", "middle_name", "family_name", "full_name", "company", "city", "street", "unit", "region", "postal_code", "email",
    "phone", "country",
}  # fmt: skip


def fit(name: str, column: Column) -> Fit:
    """Whether a column can be this field, by its values."""
    if not column.filled:
        return Fit.EMPTY
    bare = name.removeprefix("identifiers.") if name in {"identifiers.email", "identifiers.phone"} else name
    if column.hash and bare in _HASHABLE:
        return Fit.HASHED
    fits = _consent if name.startswith("consent.") else _FITS.get(bare, _any)
    return Fit.YES if fits(column) else Fit.NO


def _any(column: Column) -> bool:
    return column.share("json") < 0.5


def _email(column: Column) -> bool:
    return column.share("email") >= 0.5


def _phone(column: Column) -> bool:
    return column.share("phone") >= 0.5 and not column.is_date


def _date(column: Column) -> bool:
    return column.is_date


def _clock(column: Column) -> bool:
    return column.share("clock") >= 0.9


def _number(column: Column) -> bool:
    return column.is_number


def _score(column: Column) -> bool:
    return column.share("number") >= 0.7


def _consent(column: Column) -> bool:
    return column.flag >= 0.5 or (column.few and column.share("letters") >= 0.9 and column.longest <= 40)


def _currency(column: Column) -> bool:
    return column.currency >= 0.9


def _country(column: Column) -> bool:
    return column.country >= 0.5


def _postcode(column: Column) -> bool:
    return column.share("digit") >= 0.6 and column.longest <= 12 and not column.is_date


def _gender(column: Column) -> bool:
    return column.few and column.distinct <= 12 and column.longest <= 20


def _title(column: Column) -> bool:
    """A column that is called a title: those of positions, of pages and of articles are called so too."""
    known = [1 for word, _ in column.words if titles.is_one(word)]
    return column.few and len(known) >= 0.5 * len(column.words)


def _id(column: Column) -> bool:
    is_words = column.share("letters") >= 0.9 and column.share("blank") >= 0.3
    is_other = column.share("email", "url", "json", "ip") >= 0.5  # an address of a network is nobody's
    return not column.is_date and not is_other and column.longest <= 120 and not is_words


def _name(column: Column) -> bool:
    return not _is_odd(column) and column.share("digit") < 0.3


def _part_of_name(column: Column) -> bool:
    """A column that is called a given or a family name: test data numbers them, and no name of a thing is called so."""
    return not _is_odd(column) and column.share("integer") < 0.3


def _place(column: Column) -> bool:
    is_state_of_things = column.flag >= 0.3 and column.longest > 3  # enabled, disabled: no state of a country
    return not _is_odd(column) and column.share("digit") < 0.5 and not is_state_of_things


def _line(column: Column) -> bool:
    return not _is_odd(column) and column.share("integer") < 0.5


def _unit(column: Column) -> bool:
    return not _is_odd(column)


def _kind(column: Column) -> bool:
    return (
        not column.is_date
        and column.longest <= 120
        and column.share("email", "url", "json") < 0.5
        and column.distinct <= 200
    )


def _address(column: Column) -> bool:
    return column.share("url") >= 0.5 or column.share("letters") < 1


_FITS: dict[str, Callable[[Column], bool]] = {
    "email": _email, "phone": _phone, "birth_date": _date, "created_at": _date, "updated_at": _date, "at": _date, "time": _clock,
    "amount": _number, "unit_price": _number, "quantity": _number, "score": _score, "currency": _currency, "country": _country,
    "postal_code": _postcode, "gender": _gender, "attributes.salutation": _title,
    "id": _id, "person": _id, "case_id": _id, "session": _id, "merged_into": _id,
    "identifiers.loyalty_id": _id, "identifiers.device_id": _id,
    "given_name": _part_of_name, "family_name": _part_of_name, "middle_name": _name,
    "full_name": _name, "city": _place, "region": _place, "company": _line, "street": _line, "unit": _unit, "kind": _kind,
    "state": _kind, "arm": _kind, "outcome": _kind, "reason": _kind, "page": _address, "referrer": _address,
}  # fmt: skip


def _is_odd(column: Column) -> bool:
    """Whether values are something else than words."""
    is_flag = column.filled >= 5 and column.flag >= 0.9 and column.distinct <= 2 and column.share("letters") >= 0.9
    return column.share("email", "url", "json", "uuid", "ip") >= 0.5 or column.is_date or is_flag
