"""The whole product: extracts -> staging -> identity -> profile -> quality -> published Parquet, one line per layer.

A layer is built again when its settings, its code or what it is built from have changed; otherwise its tables stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cxunify import __version__, identity, ingest, profile, publish, quality
from cxunify.config import Config
from cxunify.errors import GateError
from cxunify.schema.report import Report
from cxunify.warehouse import Warehouse


@dataclass(frozen=True)
class Request:
    """What a run is asked to do."""

    run_id: str
    until: str = "quality"
    """The last layer to bring up to date."""
    sources: tuple[str, ...] = ()
    """The sources to ingest; none named: all."""
    as_of: datetime | None = None
    """Nothing after it is counted, UTC; default: the latest instant in the data."""
    force: bool = False
    """Build every layer again, whether it is up to date or not."""
    retrain: bool = False
    """Learn anew what tells people apart, in place of the model of an earlier run."""
    gated: bool = False
    """Publish only if every gate passes."""


@dataclass
class Outcome:
    """What a run did: the result of each layer (None where its tables stood), and what it published, if anything."""

    results: dict[str, Any] = field(default_factory=dict)
    published: publish.Published | None = None
    document: Report | None = None
    """The gap report, where it was asked for."""


def _settings(config: Config, *later: str) -> dict[str, Any]:
    """All settings that can change what a layer makes: not where things lie, nor the sections of `later` layers."""
    return config.model_dump(mode="json", exclude={"warehouse", "output", "publish", "limits", *later})


@dataclass(frozen=True)
class Layer:
    """One layer: what builds it, and the settings that its tables depend on."""

    name: str
    build: Callable[[Warehouse, Config, Request], Any]
    settings: Callable[[Config, Request], Any]


LAYERS = (
    Layer(
        "resolve",
        lambda warehouse, config, request: identity.resolve(warehouse, config, request.run_id, retrain=request.retrain),
        lambda config, _: (
            _settings(config, "profile", "quality"),
            identity.decisions(config),
            identity.model_digest(config),
        ),
    ),
    Layer(
        "profile",
        lambda warehouse, config, request: profile.build(warehouse, config, request.as_of),
        lambda config, request: (_settings(config, "quality"), request.as_of),
    ),
    Layer(
        "quality",
        lambda warehouse, config, request: quality.assess(warehouse, config, request.as_of, request.run_id),
        lambda config, request: (_settings(config), request.as_of),
    ),
)
NAMES = ("ingest", *(layer.name for layer in LAYERS))


def run(warehouse: Warehouse, config: Config, request: Request, begin: Callable[[str], None]) -> Outcome:
    """Bring every layer up to `request.until` up to date and publish; `begin` is told the name of each step.

    Raises InputError for extracts that cannot be used and GateError, with nothing published, when a gate fails.
    """
    outcome = Outcome()
    begin("ingest")
    outcome.results["ingest"] = ingest.ingest(warehouse, config, request.sources, request.run_id)
    below = ingest.fingerprint(warehouse, config)
    for layer in LAYERS[: NAMES.index(request.until)]:
        outcome.results[layer.name] = None
        asked = request.force or (request.retrain and layer.name == "resolve")
        if asked or warehouse.fingerprint(layer.name) != _fingerprint(layer, config, request, below):
            begin(layer.name)
            outcome.results[layer.name] = layer.build(warehouse, config, request)
            # Worked out again: `resolve` may just have trained the model that it depends on.
            warehouse.remember(layer.name, _fingerprint(layer, config, request, below), request.run_id)
        below = _fingerprint(layer, config, request, below)
    failed = []
    if request.until == "quality":
        outcome.document = quality.saved(warehouse)
        failed = quality.gates(warehouse, config)
    if failed and request.gated:
        raise GateError(failed)
    if request.until in {"profile", "quality"}:
        begin("publish")
        whole = request.until == "quality"
        documents = publish.report_files(outcome.document) if outcome.document else {}
        outcome.published = publish.publish(
            warehouse, config, request.run_id, complete=whole, afresh=request.force, documents=documents, gates=failed
        )
    return outcome


def stale(warehouse: Warehouse, config: Config) -> tuple[str, ...]:
    """The layers above `ingest` whose tables no longer follow from what lies below them and from their settings."""
    found, below, request = [], ingest.fingerprint(warehouse, config), Request("")
    for layer in LAYERS:
        below = _fingerprint(layer, config, request, below)
        if warehouse.fingerprint(layer.name) != below:
            found.append(layer.name)
    return tuple(found)


def _fingerprint(layer: Layer, config: Config, request: Request, below: str) -> str:
    """What a layer should have been built from: the fingerprint of what lies `below` it, the code, and its settings."""
    text = json.dumps((below, __version__, layer.settings(config, request)), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
