"""paths -> Findings: every file looked at, alone and beside the others, with what a configuration can say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cxunify import ingest
from cxunify.config import Config
from cxunify.discover import amounts, shipped
from cxunify.discover import draft as drafting
from cxunify.discover.channel import channel
from cxunify.discover.draft import Draft, draft
from cxunify.discover.findings import Choice, Found, Place, Unused
from cxunify.discover.foreign import says, target
from cxunify.discover.guards import Fit
from cxunify.discover.identifiers import alone, share_cards
from cxunify.discover.keys import Key, candidates
from cxunify.discover.places import Seen, places
from cxunify.discover.profile import profile
from cxunify.discover.relations import HALF, is_telling, overlap
from cxunify.discover.rest import leftovers, settings
from cxunify.discover.roles import Role, parents
from cxunify.discover.sample import gather, mapped, series
from cxunify.discover.succession import load
from cxunify.discover.words import words
from cxunify.ingest.bind import Columns
from cxunify.warehouse import Warehouse


@dataclass
class Findings:
    """All that was found out about some files."""

    root: Path
    sources: list[Found] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def used(self) -> list[Found]:
        """The series that become sources."""
        return [found for found in self.sources if found.used]


def look(paths: Sequence[str], root: Path, known: Config | None = None) -> Findings:
    """Look at files, patterns and folders; `root` is where the configuration will lie, `known` the one that is there already."""
    files = gather(paths, root)
    folders = {root, *(path.parent for path in files), *(ingest.folders(known) if known else ())}
    with (
        Warehouse.open(directories=folders) as warehouse,
        warehouse.scratch(),
    ):  # which keeps copies of sheets and archives
        listed, unused = series(warehouse, files, root, known.sources if known else ())
        drafts = [draft(one, profile(warehouse, one.table, one.columns, one.rows)) for one in listed]
        _map(warehouse, drafts, _known(warehouse, known) if known else [])
    findings = Findings(root, [one.found for one in drafts if one.found.used], unused)
    for one in drafts:
        if not one.found.used:
            findings.unused += [Unused(entry, one.role.role, one.role.reason) for entry in one.series.entries]
    findings.places = places(Seen(one.found, one.columns) for one in drafts)
    amounts.settled(findings.sources, next(place.value for place in findings.places if place.key == "currency"))
    return findings


def _known(warehouse: Warehouse, config: Config) -> list[Draft]:
    """The sources of people that a configuration has: new files may point to them."""
    found = []
    for name, source in config.sources.items():
        if source.person and source.person.id and (one := mapped(warehouse, config, name)):
            there = draft(one, profile(warehouse, one.table, one.columns, one.rows))
            there.key = Key(
                tuple(column for wanted in source.person.id.names if (column := Columns(one.columns).find(wanted)))
            )
            there.found.role, there.fixed = "person", True
            card = source.person.identifiers.get("loyalty_id")
            if card and (column := Columns(one.columns).find(card.column)):
                there.add(Choice("person.identifiers.loyalty_id", (column,)))
            found.append(there)
    return found


def _map(warehouse: Warehouse, drafts: list[Draft], known: list[Draft]) -> None:
    """People first, for what happened points to them; then what is a part of something that is mapped."""
    for one in drafts:
        if not one.series.rows:
            one.role = Role("empty", "it has no rows: what its columns hold cannot be seen")
        else:
            shipped.recognised(one)
        one.found.role, one.found.channel = one.role.role, channel(one)
    persons = [one for one in drafts if one.found.role == "person"]
    for one in persons:
        drafting.people(warehouse, one, whole=True)
        if one.shipped:
            shipped.lines(warehouse, one)
    persons += known
    _tie(warehouse, drafts, persons)
    happened = [one for one in drafts if one.found.role in {"interaction", "both"}]
    for one in _without_parts(warehouse, happened, persons):
        _happened(warehouse, one, persons)
    _place_parts(warehouse, drafts)
    used = [*known, *(one for one in drafts if one.found.used)]
    share_cards(warehouse, used)
    alone(used)
    for one in drafts:
        if one.found.used:
            settings(one)
            one.found.settings += load(warehouse, one)
            if one.shipped:
                shipped.settings(one)
            leftovers(one)


def _tie(warehouse: Warehouse, drafts: list[Draft], persons: list[Draft]) -> None:
    """What has a time, and in some column the ids of people, tells of them, whatever that column is called."""
    for one in drafts:
        if one.role.role == "lookup" and one.at is not None and one.at.sure:
            points_to = target(warehouse, one, persons)
            if points_to and points_to.active and points_to.sure:
                one.role = Role("interaction")
                one.found.role = "interaction"


def _happened(warehouse: Warehouse, one: Draft, persons: list[Draft]) -> None:
    """Map what happened; where there is no list of people, those whom its rows describe too."""
    points_to = target(warehouse, one, persons)
    if points_to and points_to.active and (points_to.sure or points_to.others):
        one.taken |= set(points_to.columns)  # the number of a customer is no card beside
    if one.at is not None:
        drafting.happened(warehouse, one, points_to.columns[0] if points_to else None)
    if one.shipped:
        one.found.choices += [points_to] if points_to else []
        if one.found.role == "both":
            drafting.people(warehouse, one, whole=False)
        shipped.lines(warehouse, one)
        return
    if one.role.role == "unknown":
        one.found.role = "unknown"
        return
    if points_to:
        one.add(points_to)
    if not _may_stand(one, points_to):
        one.role = Role("lookup", "nothing in it ties a row to a person")
        one.found.role = "lookup"
        return
    if one.found.role == "both" and persons:
        one.found.role = "interaction"
    elif one.found.role == "both":
        drafting.people(warehouse, one, whole=False)


def _may_stand(one: Draft, points_to: Choice | None) -> bool:
    """Whether rows tell something of customers: tied to them, paid for, or what somebody asked, by an id of its own."""
    if points_to and (points_to.active or (one.at is not None and one.at.sure)):
        return True
    if any(".identifiers." in choice.key or choice.key == "interaction.amount" for choice in one.found.choices):
        return True
    kind = one.found.choice("interaction.kind")
    asked = kind is not None and (
        kind.columns or kind.options.get("value") in {"contact_in", "complaint", "contact_out"}
    )
    return one.key.unique and bool(asked)


def _without_parts(warehouse: Warehouse, happened: list[Draft], persons: list[Draft]) -> list[Draft]:
    """What happened, without what is only a part of another thing: its only tie to people leads through that."""
    kept = []
    for one in happened:
        mine = [
            name
            for name in candidates(one.events.get("id", []))[:1]
            if one.columns[name].distinct >= one.columns[name].filled
        ]
        leads = [name for name in parents(one.columns, tuple(mine)) if _is_of(warehouse, one, name, happened)]
        if leads and not _leads_to_people(warehouse, one, persons):
            why = f"a part of something else: it needs a join by {leads[0]}, through which alone it leads to people"
            one.role = Role("child", why)
            one.found.role = "child"
        else:
            kept.append(one)
    return kept


def _is_of(warehouse: Warehouse, one: Draft, name: str, happened: list[Draft]) -> bool:
    """Whether a column names rows of another series of things that happened: by their ids, or as its file is called."""
    for other in happened:
        if other is one:
            continue
        own = candidates(other.events.get("id", []))[:1]
        if own and overlap(warehouse, one.series, name, other.series, own[0]).share >= HALF:
            return True
        if {word.rstrip("s") for word in words(name)[:-1]} & {
            word.rstrip("s") for word in words(other.series.name)[-1:]
        }:
            return True
    return False


def _place_parts(warehouse: Warehouse, drafts: list[Draft]) -> None:
    """Of what is no source: whose details it holds, by ids that are found there."""
    whole = [one for one in drafts if one.found.used and len(one.key.columns) == 1]
    for one in drafts:
        if one.role.role not in {"lookup", "link", "child"}:
            continue
        ids = [name for name in one.columns if words(name)[-1:] == ("id",) and one.columns[name].filled][:4]
        seen = {
            (name, other.found.name): overlap(warehouse, one.series, name, other.series, other.key.columns[0])
            for name in ids
            for other in whole
            if says(name, other)
            or (name.casefold() == other.key.columns[0].casefold() and is_telling(one.columns[name]))
        }
        led = [(name, other, found) for (name, other), found in seen.items() if found.share >= HALF]
        if led:
            joins = " and ".join(f"to {other} by {name}" for name, other, _ in led[:2])
            one.role = Role(one.role.role if one.role.role == "link" else "child", f"details that need a join {joins}")
            one.found.role = one.role.role


def _leads_to_people(warehouse: Warehouse, one: Draft, persons: list[Draft]) -> bool:
    if any(
        match.fit in {Fit.YES, Fit.HASHED}
        for name in ("identifiers.email", "identifiers.phone", "identifiers.loyalty_id")
        for match in one.events.get(name, [])
    ):
        return True
    good = [match for match in one.events.get("person", []) if match.fit is Fit.YES]
    if not persons:
        return bool(good)
    return any(
        overlap(warehouse, one.series, match.name, other.series, other.key.columns[-1]).found
        for match in good
        for other in persons
        if other.key.columns
    )
