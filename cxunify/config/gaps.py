"""config.quality, config.sources -> the keys of `targets` and `floors` that name nothing: they would do nothing, without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cxunify.config.also import Objection
from cxunify.config.requirements import checks, header
from cxunify.errors import nearest

PERSON = (
    "given_name", "middle_name", "family_name", "full_name", "name_suffix", "gender", "company", "email", "phone", "street",
    "unit", "city", "region", "postal_code", "country", "birth_date", "created_at", "updated_at",
)  # fmt: skip
"""The fields of a person whose cells are counted; its identifiers and consents are, too."""
INTERACTION = (
    "amount", "currency", "quantity", "location", "product", "page", "referrer", "session", "case_id", "agent", "campaign",
    "reason", "outcome", "score",
)  # fmt: skip
"""Likewise of an interaction."""
_FIELDS = re.compile(r"'([a-z_]+\.?)'[^,\n]* as field\b")


def unknown(data: Mapping[str, Any]) -> Iterator[Objection]:
    """What is wrong with each key of `targets` and `floors` that is neither a check nor a gap id, nor, of targets, a field."""
    sources = {name: _mapped(source) for name, source in _mapping(data, "sources").items()}
    quality = _mapping(data, "quality")
    for key in _mapping(quality, "targets"):
        fields = {*PERSON, *INTERACTION, *(field for mapped in sources.values() for field in mapped)}
        source, _, field = key.partition(".")
        if key in fields:
            continue
        if source in sources:
            if field not in sources[source]:
                yield _none(
                    ("quality", "targets", key), f"{source} maps no {field or 'such field'}", field, sources[source]
                )
        else:
            yield from _gap(("quality", "targets", key), key, sources, [*sources, *sorted(fields)])
    for key in _mapping(quality, "floors"):
        yield from _gap(("quality", "floors", key), key, sources)


def _gap(
    at: tuple[str, ...], key: str, sources: Mapping[str, list[str]], others: list[str] | None = None
) -> Iterator[Objection]:
    """A check, or `check.source.field@place`, that no gap can have for its name. `others`: what else the key may begin with."""
    whole, is_placed, _ = str(key).partition("@")
    check, _, rest = whole.partition(".")
    if check not in checks():
        yield _none(at, f"there is no check {check}", check, [*checks(), *(others or ())])
        return
    says, sql = header(checks()[check])
    if is_placed and says.get("apart") != "yes":
        yield Objection(at, f": {check} has no gaps of places", f"Write `{whole}`, which is for all of them.")
    field = rest
    if rest and "null::varchar as source" not in sql:
        source, _, field = rest.partition(".")
        if source not in sources:
            yield _none(at, f"there is no source {source}", source, list(sources))
            return
        known = list(dict.fromkeys(_FIELDS.findall(sql)))
        if not known and says["of"] in {"field", "filled"}:
            known = sources[source]
        # Where a check names no field, it is a reason, or a kind of identifier: what there will be, only a run knows.
        if known and not any(field == one or (one.endswith(".") and field.startswith(one)) for one in known):
            yield _none(at, f"{check} finds no {field or 'gap without a field'} in {source}", field, known)


def _none(at: tuple[str, ...], what: str, name: str, known: list[str]) -> Objection:
    near = nearest(name, known) if name else ""
    meant = f"Did you mean `{near}`? " if near else ""
    return Objection(at, f": {what}", f"{meant}Those are: {', '.join(known) or 'none'}.")


def _mapped(source: Any) -> list[str]:
    """The fields of a source whose cells are counted."""
    found = []
    for subject, plain in (("person", PERSON), ("interaction", INTERACTION)):
        part = _mapping(source, subject)
        found += [name for name in plain if part.get(name)]
        found += [f"{kind}.{name}" for kind in ("identifiers", "consent") for name in _mapping(part, kind)]
    return list(dict.fromkeys(found))


def _mapping(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}
