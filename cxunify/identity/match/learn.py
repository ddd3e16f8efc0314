"""identity.patterns -> identity.model, identity.weights: what tells people apart, learned or kept, and what each pattern says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from cxunify.config import Config
from cxunify.identity.match.fields import Field, fields
from cxunify.identity.match.model import parse, text
from cxunify.identity.match.score import score
from cxunify.identity.match.train import train
from cxunify.schema import Table
from cxunify.schema.identity import MODEL
from cxunify.warehouse import Loop

PATTERNS = "select * from identity.patterns order by pattern"


def copy_path(config: Config) -> Path:
    """Where people can read the model: the file that the configuration names, else one beside the warehouse."""
    written = config.identity.model
    return config.root / written if written else config.warehouse_path.with_name("identity_model.json")


def kept(config: Config, remembered: str | None) -> str | None:
    """The model to go by, as JSON: that of the file that the configuration names, else the one remembered; None: learn one.

    The file beside the warehouse is a copy for people: it counts only where nothing is remembered.
    """
    path = copy_path(config)
    if path.exists() and (config.identity.model or remembered is None):
        return path.read_text(encoding="utf-8")
    return remembered


def reads_as(written: str, config: Config) -> str | None:
    """A model as it is remembered, however its file is laid out; None where it is none, or compares other fields."""
    known = parse(written, fields(config))
    return text(known) if known is not None else None


def digest(model: str | None) -> str:
    """What tells one model from another; empty where there is none."""
    return hashlib.sha256(model.encode()).hexdigest() if model is not None else ""


def model(config: Config, given: str | None) -> Loop:
    """The step of identity.model: the model `given`, where it compares the fields in force; else one that is learned."""
    settings = {"fields": fields(config), "given": given}
    return Loop(MODEL, learned, {"patterns": PATTERNS}, settings, by_content=True)


def learned(patterns: pl.DataFrame, fields: tuple[Field, ...], given: str | None) -> pl.DataFrame:
    """One row: the model as JSON, the one given or one that is learned from these patterns."""
    known = parse(given, fields) if given is not None else None
    # Written and read again: a model used at once and one read from its file score alike.
    written = text(known or train(patterns, fields))
    return pl.DataFrame({"model": [written]})


def weights(config: Config) -> Loop:
    """The step of identity.weights."""
    table = Table("identity.weights", "One row per pattern: what it says.", ("pattern",))
    return Loop(
        table, weighed, {"patterns": PATTERNS, "model": "select model from identity.model"}, {"fields": fields(config)}
    )


def weighed(patterns: pl.DataFrame, model: pl.DataFrame, fields: tuple[Field, ...]) -> pl.DataFrame:
    """What the model says of each pattern, one row each; see `score`."""
    known = parse(model.item(), fields)
    assert known is not None
    return score(patterns, known)
