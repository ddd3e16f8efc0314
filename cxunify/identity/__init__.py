"""staging.records, staging.traces -> identity.*: who is who, with the evidence for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxunify import ledger, private
from cxunify.config import Config
from cxunify.errors import InputError, Problem, StorageError
from cxunify.schema.identity import MODEL, MOVES
from cxunify.secret import Secret
from cxunify.warehouse import Warehouse

if TYPE_CHECKING:  # the steps are imported when they run
    from cxunify.identity.ask.teach import Lesson
    from cxunify.identity.ask.truth import Labels
    from cxunify.identity.outcome.health import Health
    from cxunify.warehouse import Params, Step

__all__ = ["Resolution", "caution", "check", "current", "is_stale", "params", "remembering", "resolve"]


_RETRAIN = "identity.retrain"
"""Under what it is noted that another model has been asked for."""
_TAUGHT = "identity.taught"
"""Under what a model is noted that labels have taught, until a run is published with it."""


@dataclass(frozen=True)
class Resolution:
    """What `resolve` found."""

    records: int
    customers: int
    largest: int
    compared: int
    """Pairs that the model was trained on."""
    is_trained: bool
    """In this run; otherwise the model of an earlier one was used."""
    health: Health
    """What can be told of the customers without labels."""
    outgrown: str = ""
    """Why the model of an earlier run was replaced unasked; empty where it was not."""
    lesson: Lesson | None = None
    """What labels taught, where some were given."""
    strangers: tuple[int, ...] = ()
    """Lines of the file of decisions that speak of a record which is not there."""


def params(config: Config) -> Params:
    """What the steps bind: the key, the country of those who state none, and what is common, or in too many places, to our mind."""
    from cxunify.identity.evidence import everywhere, hygiene
    from cxunify.identity.outcome import links
    from cxunify.vocabulary import names

    return {
        "region": config.region,
        "rare": hygiene.RARE,
        "usual": hygiene.USUAL,
        "common": hygiene.COMMON,
        "bearers": hygiene.BEARERS,
        "particles": f" {' '.join(names.PARTICLES)} ",
        "doubtful": links.DOUBTFUL,
        "fewest_interactions": everywhere.FEWEST,
        "most_places": everywhere.MOST_PLACES,
        **_key(config),
    }


def _key(config: Config) -> Params:
    """The key by which values of people who were forgotten are known; where none was made yet, nobody was."""
    return Secret.of(config.key_path).params if config.key_path.exists() else {"inner": b"", "outer": b""}


def current(warehouse: Warehouse, config: Config) -> tuple[Step, ...]:
    """The steps as they are to be taken now: with the model that the ledger has, and what people have decided."""
    from cxunify.identity.match import decide, learn
    from cxunify.identity.steps import steps as listed

    if marks := ledger.key_marks(warehouse):
        Secret.that_hashed(config.key_path, marks)
    kept = learn.kept(config, ledger.model(warehouse))
    place = _in_place_of(kept)
    asked, taught = warehouse.noted(_RETRAIN)[0], warehouse.noted(_TAUGHT)
    given = taught[1] if taught[0] == place else None if asked == place else learn.sound(config, kept)
    return listed(config, given, decide.decisions(config))


def resolve(
    warehouse: Warehouse, config: Config, *, retrain: bool = False, afresh: bool = False, labels: Labels | None = None
) -> Resolution | None:
    """Bring identity.* up to date; None where all of it was.

    The model that the ledger has is used, unless it is to `retrain`: then models are learned until a run is published with one.
    What `labels` teach is used from then on, if it proves better on labels that were held out.
    """
    from cxunify.identity.match import decide, learn
    from cxunify.identity.outcome import health

    ledger.prepare(warehouse)
    kept = learn.kept(config, ledger.model(warehouse))
    if retrain:
        warehouse.note(_RETRAIN, _in_place_of(kept))
        warehouse.note(_TAUGHT, "")
    lesson = _learn_from(warehouse, config, labels) if labels is not None else None
    steps = current(warehouse, config)
    built = warehouse.run(steps, params(config), afresh=afresh)
    if not built and lesson is None:
        return None
    warehouse.sweep("identity", [step.table.name for step in steps])
    records, customers, largest = warehouse.rows(
        "select count(*), count(distinct customer_id), coalesce(max(n), 0) from"
        " (select customer_id, count(*) over (partition by customer_id) as n from identity.assignments)"
    )[0]
    text = warehouse.scalar("select model from identity.model")
    is_trained = MODEL.name in built and (
        kept is None or learn.mixture_of(kept, config) != learn.mixture_of(text, config)
    )
    why = (
        learn.why_replaced(kept, config, warehouse.frame(learn.PATTERNS)) if is_trained and kept and not retrain else ""
    )
    pairs = json.loads(text)["trained_on_pairs"]
    away = tuple(decide.strangers(config, lambda keys: _there(warehouse, keys)))
    return Resolution(records, customers, largest, pairs, is_trained, health.told(warehouse), why, lesson, away)


def _there(warehouse: Warehouse, keys: list[str]) -> list[str]:
    """Those of some records, each as `source:record_id`, that are there."""
    key = "source || ':' || record_id"
    return [
        found
        for (found,) in warehouse.rows(f"select {key} from identity.features where {key} in $keys", {"keys": keys})
    ]


def _learn_from(warehouse: Warehouse, config: Config, labels: Labels) -> Lesson:
    """Learn from labels, on top of the mixture of the model in force; what proves better is noted, to be gone by."""
    from cxunify.identity.ask import teach
    from cxunify.identity.match import learn

    # Whoever asks for what labels teach may have asked for it in the configuration too: there is nothing of the sort before.
    plain = config.model_copy(update={"identity": config.identity.model_copy(update={"classifier": "mixture"})})
    warehouse.run(current(warehouse, plain), params(plain))
    lesson = teach.teach(warehouse, plain, labels)
    if lesson.model is not None:
        warehouse.note(_TAUGHT, _in_place_of(learn.kept(config, ledger.model(warehouse))), lesson.model)
    return lesson


def check(config: Config) -> tuple[Problem, ...]:
    """What is wrong with what people decided. Writes nothing."""
    from cxunify.identity.match import decide

    try:
        decide.decisions(config)
    except InputError as error:
        return error.problems
    return ()


def is_stale(warehouse: Warehouse, config: Config) -> bool:
    """Whether `resolve` would build anything."""
    return bool(warehouse.stale(current(warehouse, config), params(config)))


def caution(warehouse: Warehouse, config: Config) -> str:
    """What is to be said of the model in force where it was trained on other data; else empty."""
    from cxunify.identity.match import learn
    from cxunify.identity.match.fields import fields
    from cxunify.identity.match.model import parse

    if not (warehouse.exists(MODEL.name) and warehouse.exists("identity.patterns")):
        return ""
    model = parse(warehouse.scalar(f"select model from {MODEL.name}"), fields(config))
    return learn.caution(model, warehouse.frame(learn.PATTERNS), config) if model else ""


@contextmanager
def remembering(warehouse: Warehouse, config: Config) -> Iterator[None]:
    """While a run is published and the ledger is given its customers: afterwards no move is news, and no table is older for it."""
    with warehouse.settling(lambda: current(warehouse, config), params(config)):
        yield
        if warehouse.exists(MOVES.name):
            warehouse.execute("delete from identity.moves")
        for name in (_RETRAIN, _TAUGHT):
            warehouse.note(name, "")  # what was asked for has been published
    _keep_copy(warehouse, config)


def _keep_copy(warehouse: Warehouse, config: Config) -> None:
    """Write the model that the ledger has where people can read it; in one step, and only if it is another one."""
    from cxunify.identity.match import learn

    text, path = ledger.model(warehouse), learn.copy_path(config)
    if text is None or (
        path.exists() and learn.reads_as(path.read_text(encoding="utf-8", errors="replace"), config) == text
    ):
        return
    try:
        private.write(path, text)
    except OSError as error:
        raise StorageError(
            f"the run is published, but its model cannot be copied to {path}: {error.strerror}",
            "Check the permissions of that folder; the ledger has the model.",
        ) from error


def _in_place_of(kept: str | None) -> str:
    """What is noted with a wish for another model than `kept`: it holds until that one is no longer the one to go by."""
    from cxunify.identity.match import learn

    return f"in place of {learn.digest(kept)}"
