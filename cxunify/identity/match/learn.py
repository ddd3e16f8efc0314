"""identity.patterns -> identity.model, identity.weights: what tells people apart, learned or kept, and what each pattern says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import polars as pl

from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.identity.match.fields import Field, fields
from cxunify.identity.match.model import MIXTURE, Model, parse, text
from cxunify.identity.match.score import ENOUGH, score
from cxunify.identity.match.taught import ECM, LOGISTIC
from cxunify.identity.match.train import train
from cxunify.schema import Table
from cxunify.schema.identity import MODEL
from cxunify.schema.words import counted
from cxunify.warehouse import Loop

PATTERNS = "select * from identity.patterns order by pattern"
GROWN = 2
"""Times the pairs that a model was trained on, at which it is learned anew."""
SEEN = 300
"""Pairs that show a level which the model never saw: ten times what its expectation counts for."""


def copy_path(config: Config) -> Path:
    """Where people can read the model: the file that the configuration names, else one beside the warehouse.

    It bears the warehouse's name, unless that is the usual one: two warehouses in one folder have two models.
    """
    path = config.warehouse_path
    if config.identity.model:
        return config.root / config.identity.model
    return path.with_name("identity_model.json") if path.stem == "warehouse" else path.with_suffix(".model.json")


def mapped(config: Config) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a model of this configuration is trained on: its sources of persons, each with its mapped fields."""
    return tuple(
        (name, tuple(sorted(field for field in type(source.person).model_fields if getattr(source.person, field))))
        for name, source in sorted(config.sources.items())
        if source.person is not None
    )


def told(model: Model, config: Config) -> str:
    """What is to be said of a model that was trained on other sources or fields than are mapped now; empty of one that fits."""
    if not model.sources or model.sources == mapped(config):
        return ""
    names = ", ".join(source for source, _ in model.sources)
    same = [source for source, _ in model.sources] == [source for source, _ in mapped(config)]
    other = (
        "with other fields than are mapped now" if same else f"which are not the sources that are mapped now ({names})"
    )
    return f"What tells people apart was learned from other data, {other}; `cxunify resolve --retrain` learns it anew."


def outgrown(model: Model, patterns: pl.DataFrame) -> str:
    """Why `model` knows too little of the pairs that there are now; empty where it knows enough.

    It does once it was trained on half of the pairs, and on some of every level that many of them show: what it never saw weighs
    what was expected beforehand. One of so few pairs that its odds are not trusted gives way to the first that is of more.
    So a model is learned anew while data grow, each time they have doubled, and then stands.
    """
    pairs = int(patterns["pairs"].sum())
    if pairs >= GROWN * max(model.pairs, 1) or model.pairs < ENOUGH <= pairs:
        return f"it was learned from {counted(model.pairs, 'pair')}, and there are {pairs:,} now"
    for name in model.untrained:
        field, _, label = name.partition(": ")
        known = next((known for known in model.fields if known.name == field and label in known.labels), None)
        if known is None:
            continue
        seen = int(patterns.filter(pl.col(known.column) == known.number(label))["pairs"].sum())
        if seen >= SEEN:
            return f"no pair that it was learned from showed {name}, and {seen:,} do now"
    return ""


def caution(model: Model, patterns: pl.DataFrame, config: Config) -> str:
    """All that is to be said of the model in force: it was trained on other data, or on too little of these; else empty."""
    if said := told(model, config):
        return said
    if grown := outgrown(model, patterns):
        return f"What tells people apart is kept, though {grown}; `cxunify resolve --retrain` learns it anew."
    return ""


def kept(config: Config, remembered: str | None) -> str | None:
    """The model to go by, as JSON: that of the file that the configuration names, else the one remembered; None: learn one.

    The file beside the warehouse is a copy for people: it counts only where nothing is remembered, and only if it was trained on
    these sources and fields.
    """
    path = copy_path(config)
    if not path.exists() or not (config.identity.model or remembered is None):
        return remembered
    written = path.read_text(encoding="utf-8", errors="replace")
    try:
        model = parse(written, fields(config))
    except ValueError:
        return written  # whoever goes by it refuses it: `sound`
    return None if model is not None and told(model, config) and not config.identity.model else written


def sound(config: Config, written: str | None) -> str | None:
    """The model `written`, if it can be gone by; None: learn one. Raises InputError, with the way out, where a file is damaged.

    The one that the configuration names is never learned anew unasked: where it is of another version, or compares other fields, it
    is refused too.
    """
    if written is None:
        return None
    path = copy_path(config).name
    again = (
        "Put a whole copy of it there, or learn another in its place with `cxunify resolve --retrain`."
        if config.identity.model
        else f"Put a whole copy of it there, or remove {path}: then another is learned."
    )
    try:
        model = parse(written, fields(config))
    except ValueError as error:
        raise InputError(f"the model {path} cannot be used: {error}", again) from None
    if model is None and config.identity.model:
        raise InputError(f"the model {path} compares other fields, or is of another version of cxunify", again)
    return written if model is not None else None


def reads_as(written: str, config: Config) -> str | None:
    """A model as it is remembered, however its file is laid out; None where it is none, or compares other fields."""
    try:
        known = parse(written, fields(config))
    except ValueError:
        return None
    return text(known) if known is not None else None


def mixture_of(written: str, config: Config) -> str | None:
    """Likewise, without what labels taught: what differs here was trained anew."""
    try:
        known = parse(written, fields(config))
    except ValueError:
        return None
    return text(replace(known, classifiers={}, in_force="")) if known is not None else None


def why_replaced(kept: str, config: Config, patterns: pl.DataFrame) -> str:
    """Why another model was learned in place of the one `kept`, though nobody asked."""
    try:
        known = parse(kept, fields(config))
    except ValueError:
        known = None
    return outgrown(known, patterns) if known is not None else "it compares other fields, or is of another version"


def digest(model: str | None) -> str:
    """What tells one model from another; empty where there is none."""
    return hashlib.sha256(model.encode()).hexdigest() if model is not None else ""


def model(config: Config, given: str | None) -> Loop:
    """The step of identity.model: the model `given`, where it knows enough of these pairs; else one that is learned."""
    settings = {
        "fields": fields(config),
        "given": given,
        "sources": mapped(config),
        "classifier": config.identity.classifier,
        "is_named": config.identity.model is not None,
    }
    return Loop(MODEL, learned, {"patterns": PATTERNS}, settings, by_content=True)


def learned(
    patterns: pl.DataFrame,
    fields: tuple[Field, ...],
    given: str | None,
    sources: tuple[tuple[str, tuple[str, ...]], ...],
    classifier: str | None,
    is_named: bool,
) -> pl.DataFrame:
    """One row: the model as JSON, the one given or one that is learned from these patterns; with the classifier asked for.

    Nobody's own model is learned anew unasked: neither one that the configuration names, nor one that people taught.
    """
    known = parse(given, fields) if given is not None else None
    if known is not None and not is_named and LOGISTIC not in known.classifiers and outgrown(known, patterns):
        known = None
    known = known or replace(train(patterns, fields), sources=sources)
    # Written and read again: a model used at once and one read from its file score alike.
    return pl.DataFrame({"model": [text(_in_force(known, patterns, classifier))]})


def _in_force(model: Model, patterns: pl.DataFrame, classifier: str | None) -> Model:
    """The model with the classifier that weighs pairs: the one asked for; none asked for: what labels taught, where they did."""
    if classifier == ECM and ECM not in model.classifiers:
        from cxunify.identity.match import supervised  # with pandas and scikit-learn it takes more than a second

        model = replace(model, classifiers={**model.classifiers, ECM: supervised.ecm(patterns, model.fields)})
    if classifier == LOGISTIC and LOGISTIC not in model.classifiers:
        raise InputError(
            "identity.classifier is logistic, and no labels have taught it yet",
            "Leave it out, and learn with `cxunify resolve --learn LABELS`: what is learned is used from then on.",
        )
    usual = LOGISTIC if LOGISTIC in model.classifiers else MIXTURE
    wanted = classifier or usual
    return replace(model, in_force="" if wanted == MIXTURE else wanted)


def weights(config: Config, patterns: str = PATTERNS, into: str = "identity.weights") -> Loop:
    """The step of identity.weights, or likewise of other patterns, which a SELECT yields."""
    table = Table(into, "One row per pattern: what it says.", ("pattern",))
    inputs = {"patterns": patterns, "model": "select model from identity.model"}
    return Loop(table, weighed, inputs, {"fields": fields(config)})


def weighed(patterns: pl.DataFrame, model: pl.DataFrame, fields: tuple[Field, ...]) -> pl.DataFrame:
    """What the model says of each pattern, one row each; see `score`."""
    known = parse(model.item(), fields)
    assert known is not None
    return score(patterns, known)
