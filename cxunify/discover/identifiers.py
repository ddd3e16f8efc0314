"""Drafts of all sources -> the identifiers that they share: cards under other names; those that nobody else has are doubted."""

from __future__ import annotations

from cxunify.discover.draft import Draft
from cxunify.discover.findings import Choice
from cxunify.discover.relations import HALF, is_telling, overlap
from cxunify.vocabulary.hashes import HASHES
from cxunify.warehouse import Warehouse


def share_cards(warehouse: Warehouse, drafts: list[Draft]) -> None:
    """Cards under other names: a column whose values are those of a column of cards in another file is one too."""
    known = [
        (one, choice.columns[0])
        for one in drafts
        for choice in one.found.choices
        if choice.key.endswith("identifiers.loyalty_id") and choice.active
    ]
    for card_of, card in known:
        for one in drafts:
            if one is card_of or one.fixed or any(choice.key.endswith("loyalty_id") for choice in one.found.choices):
                continue
            for name, column in one.columns.items():
                spoken = name in one.taken and name not in _identifying(one) and not _is_id(one, name)
                if spoken or not is_telling(column) or not is_telling(card_of.columns[card]):
                    continue
                seen = overlap(warehouse, one.series, name, card_of.series, card)
                alike = column.longest == card_of.columns[card].longest and column.longest >= 8
                if seen.share >= HALF or (alike and seen.share >= 0.05 and seen.found >= 3):
                    part = "interaction" if one.found.role == "interaction" else "person"
                    why = f"{seen} ({card_of.found.name}, {card})"
                    one.add(Choice(f"{part}.identifiers.loyalty_id", (name,), why=why))
                    known.append((one, name))
                    break


def alone(drafts: list[Draft]) -> None:
    """Doubt the identifiers of what happened that no other source has: they lead to nobody."""
    if len(drafts) < 2:
        return
    bearers: dict[str, set[str]] = {}
    for one in drafts:
        for choice in one.found.choices:
            if choice.active:
                bearers.setdefault(_type(choice.key), set()).add(one.found.name)
    for one in drafts:
        for choice in one.found.choices:
            if choice.active and _is_lonely(one, choice, bearers):
                choice.sure = False
                choice.why = "; ".join(filter(None, (choice.why, "nobody else has it: it leads to no other source")))


def _is_lonely(one: Draft, choice: Choice, bearers: dict[str, set[str]]) -> bool:
    """Whether an identifier of a source leads nowhere, and nobody says that it is one."""
    if ".identifiers." not in choice.key or choice.given or bearers[_type(choice.key)] != {one.found.name}:
        return False
    if choice.key.startswith("person.") and _is_id(one, choice.columns[0]):
        return False  # its source knows everybody by it
    if choice.key.startswith("person.") and _type(choice.key) in {"email", "phone"}:
        return False  # which says who the person is, whoever else has it
    # a device carries who somebody is from the rows that say so to those that do not
    says_who = any(line.active and line.key.startswith("interaction.person.") for line in one.found.choices)
    return not (_type(choice.key) == "device_id" and says_who)


def _is_id(one: Draft, name: str) -> bool:
    """Whether a column of cards is the id of its source, too."""
    return one.key.is_card and name in one.key.columns


def _identifying(one: Draft) -> set[str]:
    """The columns in which a preset sees an identifier, which may be what others call a card: a number of the company's own."""
    return {
        name
        for choice in one.found.choices
        if choice.given and ".identifiers." in choice.key
        for name in choice.columns
    }


def _type(key: str) -> str:
    """The type of an identifier: an e-mail address and its hash meet."""
    name = key.rsplit(".", maxsplit=1)[-1]
    return HASHES[name][0] if name in HASHES else name
