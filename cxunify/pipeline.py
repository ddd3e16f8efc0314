"""The whole product: extracts -> staging -> identity -> profile -> quality -> actions -> published Parquet, one line per layer.

Each layer brings its tables up to date and leaves those alone that are. A run is a proposal until it is published: what it would
remember goes into the ledger with the swap of `current`, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cxunify import actions, identity, ingest, profile, publish, quality
from cxunify.config import Config
from cxunify.errors import GateError, Problem
from cxunify.schema.actions import Action
from cxunify.schema.report import Report
from cxunify.warehouse import Warehouse
from cxunify.warehouse.frugal import frugally

if TYPE_CHECKING:
    from cxunify.identity.ask.truth import Labels


@dataclass(frozen=True)
class Request:
    """What a run is asked to do."""

    run_id: str
    until: str = "act"
    """The last layer to bring up to date."""
    sources: tuple[str, ...] = ()
    """The sources to ingest; none named: all."""
    as_of: datetime | None = None
    """Nothing after it is counted, UTC; default: the latest instant in the data."""
    force: bool = False
    """Build every layer again, whether it is up to date or not."""
    labels: Labels | None = None
    """What people know of some records, to learn from."""
    retrain: bool = False
    """Learn anew what tells people apart, in place of the model of an earlier run."""
    gated: bool = False
    """Publish only if every gate passes."""
    dry: bool = False
    """Publish nothing: what the warehouse holds is a proposal."""


@dataclass
class Outcome:
    """What a run did: the result of each layer (None where its tables stood), and what it published, if anything."""

    results: dict[str, Any] = field(default_factory=dict)
    published: publish.Published | None = None
    document: Report | None = None
    """The gap report, where it was asked for."""
    actions: tuple[Action, ...] = ()
    """What each capability can do, where that was asked for."""

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why the newest extracts of some sources were refused, whose rows are those that were loaded before."""
        summary = self.results.get("ingest")
        return summary.refused if summary else ()


NAMES = ("ingest", "resolve", "profile", "quality", "act")


def run(warehouse: Warehouse, config: Config, request: Request, begin: Callable[[str], None]) -> Outcome:
    """Bring every layer up to `request.until` up to date and publish; `begin` is told the name of each step.

    Where memory is short and may grow, it goes on with more of it from what is built.
    Raises InputError for extracts that cannot be used and GateError, with nothing published, when a gate fails. Sources that are
    refused by themselves stand as they were and stop nothing: the outcome tells of them.
    """
    return frugally(warehouse, lambda: _run(warehouse, config, request, begin))


def _run(warehouse: Warehouse, config: Config, request: Request, begin: Callable[[str], None]) -> Outcome:
    outcome, afresh = Outcome(), request.force
    layers: dict[str, Callable[[], Any]] = {
        "ingest": lambda: ingest.ingest(warehouse, config, request.sources, request.run_id, afresh=afresh),
        "resolve": lambda: identity.resolve(
            warehouse, config, retrain=request.retrain, afresh=afresh, labels=request.labels
        ),
        "profile": lambda: profile.build(warehouse, config, request.as_of, afresh=afresh),
        "quality": lambda: quality.assess(warehouse, config, request.as_of, request.run_id, afresh=afresh),
        "act": lambda: actions.act(warehouse, config, afresh=afresh),
    }
    walked = NAMES[: NAMES.index(request.until) + 1]
    for name in walked:
        begin(name)
        outcome.results[name] = layers[name]()
    failed = []
    if "quality" in walked:
        outcome.document = quality.saved(warehouse)
        failed = quality.gates(warehouse, config)
    if failed and request.gated:
        ingest.refuse(warehouse, {problem.source for problem in failed if problem.source})
        raise GateError([*failed, *outcome.refused])
    if "profile" in walked and not request.dry:
        if "act" not in walked and warehouse.exists("actions.actions"):
            # Whom not to contact is published with the customers it is about, or an opt-out would wait for the next run.
            actions.act(warehouse, config, afresh=afresh)
        outcome.actions = actions.saved(warehouse)
        begin("publish")
        outcome.published = _publish(warehouse, config, request, outcome.document, [*failed, *outcome.refused])
    return outcome


def stale(warehouse: Warehouse, config: Config) -> tuple[str, ...]:
    """The layers above `ingest` whose tables no longer follow from what lies below them and from their settings."""
    for number, is_stale in enumerate((identity.is_stale, profile.is_stale, quality.is_stale, actions.is_stale), 1):
        if is_stale(warehouse, config):
            return NAMES[number:]
    return ()


def _publish(
    warehouse: Warehouse, config: Config, request: Request, report: Report | None, gates: list[Any]
) -> publish.Published:
    """Publish, remember, and see to it that what was remembered makes nothing stale that says the same."""
    whole = report is not None
    documents = publish.actions_files(warehouse, config, afresh=request.force)
    if report:
        documents |= publish.report_files(report, None if request.force else config)

    @contextmanager
    def remembering() -> Iterator[None]:
        with (
            actions.remembering(warehouse, config),  # the last to look: it reads what the others settle
            quality.remembering(warehouse, config, request.as_of),
            profile.remembering(warehouse, config),
            identity.remembering(warehouse, config),
        ):
            yield

    published = publish.publish(
        warehouse, config, request.run_id,
        complete=whole, afresh=request.force, documents=documents, gates=gates, remembering=remembering,
    )  # fmt: skip
    ingest.accept(warehouse)
    publish.show(warehouse, config, afresh=request.force)
    return published
