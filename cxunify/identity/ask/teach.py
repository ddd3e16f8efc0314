"""Labels, identity.* -> what the labels teach, and what that gains on labels that were held out. It writes no table.

A classifier is learned from the labels of four fifths of the customers, all records are resolved by it, and what became of the
labelled pairs of the other fifth is counted; five times, so that each is held out once (cross-validation). The steps are those of
`resolve`, without a single decision, within a transaction that is rolled back.

Labelled pairs are chosen, not drawn: each counts for the pairs that are as likely as it is and met the same fate (Cochran 1977:
post-stratification), and pairs of whose sort no label speaks count for what the mixture says of them. Customers are made of many
pairs, of which the best are joined first; a pair that is a little less likely than even, and the best there is, is more often right
than it looks alone. How far the classifier leans to joining for that is learned by the same count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from cxunify.components import Ints, components
from cxunify.config import Config
from cxunify.errors import InputError
from cxunify.identity import params
from cxunify.identity.ask.truth import Labels, pairs_of
from cxunify.identity.match import decide, learn
from cxunify.identity.match.fields import fields
from cxunify.identity.match.model import Model, parse, text
from cxunify.identity.match.score import UNIT, score
from cxunify.identity.match.taught import LOGISTIC, Floats, Taught
from cxunify.identity.steps import steps
from cxunify.schema.words import counted
from cxunify.warehouse import Warehouse

Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
FOLDS = 5
LEANS = (0.0, 0.5, 1.0)
"""Nats to lean by; beyond one, what is gained is small and wrong joins are many."""
LEAST = 20
"""Labelled pairs of either answer without which nothing is learned: a fold needs some of both."""
ENOUGH = 0.001
"""Share of the compared pairs below which a change of their words is next to nothing."""
DRAWS = 1000
"""Of customers, with replacement, that the interval is worked out from (Efron 1979: bootstrap)."""
BANDS = np.array([-8.0, -5.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0, 8.0])
"""Natural log odds between which pairs are of one sort."""


@dataclass(frozen=True)
class Lesson:
    """What labels taught."""

    labels: int
    """Labelled pairs that were compared, so that their levels are known."""
    same: int
    """Of these: one person."""
    beyond: int
    """Labelled pairs that were never compared: they teach nothing."""
    before: float
    """F1 of customers on held-out labels, without what was learned."""
    after: float
    """With it."""
    low: float
    high: float
    """Between which the gain lies in 95 of 100 draws of customers."""
    moved: int
    """Compared pairs of which the word changes: against what labels taught before, where they did, else against the mixture."""
    compared: int
    """Of so many."""
    is_enough: bool
    """Labels have taught before, and these change next to nothing of it: more of them are not worth asking."""
    model: str | None
    """The model with what was learned, as JSON; None: it gained nothing, and the model stays as it is."""

    @property
    def gain(self) -> float:
        """In F1."""
        return self.after - self.before


@dataclass(frozen=True)
class _Pairs:
    """Every compared pair: arrays of shape (pairs,)."""

    a: Ints
    b: Ints
    pattern: Ints
    """Its row in identity.patterns."""
    labelled: Ints
    """Rows of those that labels speak of, shape (labels,)."""
    same: Bools
    """Their labels."""


def teach(warehouse: Warehouse, config: Config, labels: Labels) -> Lesson:
    """Learn from `labels` and the decisions of the project. Raises InputError where they are too few of either answer."""
    written = warehouse.scalar("select model from identity.model")
    known = parse(written, fields(config))
    assert known is not None
    mixture = replace(known, classifiers={k: v for k, v in known.classifiers.items() if k != LOGISTIC}, in_force="")
    patterns = warehouse.frame(learn.PATTERNS)
    pairs, beyond = _labelled(warehouse, config, labels)
    count, same = len(pairs.labelled), int(pairs.same.sum())
    if min(same, count - same) < LEAST:
        raise InputError(
            f"of {counted(count, 'labelled pair')} that were compared {same} are one person: too few to learn from",
            f"It takes {LEAST} of either answer; `cxunify review` asks for those that teach most.",
        )
    odds = score(patterns, mixture)["weight"].to_numpy() / UNIT
    with warehouse.rehearsal():
        found = _held_out(warehouse, config, mixture, patterns, odds, pairs)
    lean, (before, after, low, high) = found
    lesson = Lesson(count, same, beyond, before, after, low, high, 0, len(pairs.a), False, None)
    if after <= before:
        return lesson
    taught = _fit(mixture, patterns, odds, pairs, np.ones(count, dtype=bool), lean)
    facts = {"labels": count, "same": same, "lean": lean} | {
        name: round(value, 4) for name, value in (("f1_before", before), ("f1_after", after), ("gain", after - before),
                                                  ("gain_low", low), ("gain_high", high))
    }  # fmt: skip
    taught = replace(taught, learned=facts)
    then = _with(mixture, taught)
    last = known.classifiers.get(LOGISTIC)
    sides = [
        score(patterns, model)["weight"].to_numpy() > 0 for model in (_with(mixture, last) if last else mixture, then)
    ]
    moved = int(patterns["pairs"].to_numpy()[sides[0] != sides[1]].sum())
    is_enough = last is not None and moved < ENOUGH * len(pairs.a)
    return replace(lesson, moved=moved, is_enough=is_enough, model=text(then))


def _labelled(warehouse: Warehouse, config: Config, labels: Labels) -> tuple[_Pairs, int]:
    """The compared pairs with their labels, and how many labelled pairs were never compared. Labels go before decisions."""
    nodes = warehouse.frame("select node, source, record_id from identity.features")
    compared = warehouse.frame(
        "select c.a::bigint as a, c.b::bigint as b, p.row from identity.comparisons as c"
        " join (select pattern, row_number() over (order by pattern) - 1 as row from identity.patterns) as p using (pattern)"
        " order by a, b"
    )
    decided = decide.decided(decide.decisions(config)).with_columns((pl.col("decision") == "same").alias("same"))
    known = pl.concat(
        [
            pairs_of(Labels(None, decided.drop("decision")), nodes, compared),
            pairs_of(labels, nodes, compared),
        ]
    ).unique(["a", "b"], keep="last", maintain_order=True)
    placed = compared.with_row_index("place").join(known, on=["a", "b"], how="inner", maintain_order="left")
    a, b, row = (compared[name].to_numpy().astype(np.int64) for name in ("a", "b", "row"))
    pairs = _Pairs(a, b, row, placed["place"].to_numpy().astype(np.int64), placed["same"].to_numpy())
    return pairs, len(known) - len(placed)


def _fit(
    mixture: Model, patterns: pl.DataFrame, odds: Floats, pairs: _Pairs, taken: Bools, lean: float = 0.0
) -> Taught:
    """The classifier that the labels `taken` teach."""
    from cxunify.identity.match import supervised  # with pandas and scikit-learn it takes more than a second

    labelled = pairs.pattern[pairs.labelled[taken]]
    taught = supervised.logistic(patterns, mixture.fields, odds, labelled, pairs.same[taken])
    return replace(taught, intercept=taught.intercept + lean)


def _with(mixture: Model, taught: Taught) -> Model:
    return replace(mixture, classifiers={**mixture.classifiers, LOGISTIC: taught}, in_force=LOGISTIC)


def _held_out(
    warehouse: Warehouse, config: Config, mixture: Model, patterns: pl.DataFrame, odds: Floats, pairs: _Pairs
) -> tuple[float, tuple[float, float, float, float]]:
    """The best lean, and F1 on held-out labels before and after, with the interval of the gain."""
    free = config.model_copy(update={"identity": config.identity.model_copy(update={"classifier": None})})

    def resolved(model: Model) -> Bools:
        """Whether each compared pair is joined under a model, when nobody has decided anything."""
        warehouse.run(steps(free, text(model), []), params(free), until="identity.clusters")
        label = warehouse.frame("select cluster from identity.clusters order by node")["cluster"].to_numpy()
        joined: Bools = label[pairs.a] == label[pairs.b]
        clusters.append(label)
        return joined

    clusters: list[Ints] = []
    as_is = resolved(mixture)
    judge = _Judge(pairs, odds, as_is)
    group = _customers(clusters[0], pairs)
    fold = group % FOLDS
    after = {lean: (np.zeros(len(pairs.labelled), dtype=bool), np.zeros(3)) for lean in LEANS}
    for number in range(FOLDS):
        held = fold == number
        taught = _fit(mixture, patterns, odds, pairs, ~held)
        for lean in LEANS:
            joined, others = after[lean]
            then = resolved(_with(mixture, replace(taught, intercept=taught.intercept + lean)))
            joined[held] = then[pairs.labelled][held]
            after[lean] = joined, others + judge.others(then) / FOLDS
    before = (as_is[pairs.labelled], judge.others(as_is))
    lean = max(LEANS, key=lambda lean: judge.f1(*after[lean]))
    gains = [judge.f1(*after[lean], drawn) - judge.f1(*before, drawn) for drawn in _draws(group)]
    low, high = np.percentile(gains, [2.5, 97.5])
    return lean, (judge.f1(*before), judge.f1(*after[lean]), float(low), float(high))


def _customers(label: Ints, pairs: _Pairs) -> Ints:
    """A number for each labelled pair, shape (labels,): pairs that share a customer, even by way of others, have the same."""
    a, b = label[pairs.a[pairs.labelled]], label[pairs.b[pairs.labelled]]
    component = components(len(label), a, b)
    number: Ints = np.unique(component[a], return_inverse=True)[1]
    return number


def _draws(group: Ints) -> Iterator[Ints]:
    """How often each labelled pair is drawn, when its customer is: shape (labels,) each. The dice are the same every time."""
    dice, groups = np.random.default_rng(7), int(group.max()) + 1
    for _ in range(DRAWS):
        yield np.bincount(dice.integers(0, groups, groups), minlength=groups)[group]


class _Judge:
    """Counts what became of pairs: labelled ones stand for those of their sort, and where none is labelled, the mixture's word."""

    def __init__(self, pairs: _Pairs, odds: Floats, as_is: Bools) -> None:
        of_pair = odds[pairs.pattern]
        sort = np.digitize(of_pair, BANDS) * 2 + as_is
        size, labelled = (np.bincount(of, minlength=2 * len(BANDS) + 2) for of in (sort, sort[pairs.labelled]))
        self._same = pairs.same
        self._each = (size / np.maximum(labelled, 1))[sort[pairs.labelled]]
        self._other = np.flatnonzero(labelled[sort] == 0)
        self._chance = 1 / (1 + np.exp(-of_pair[self._other]))

    def others(self, joined: Bools) -> Floats:
        """Pairs rightly joined, wrongly joined and missed, of the sorts that no label speaks of; `joined`: each compared pair."""
        is_joined, chance = joined[self._other], self._chance
        return np.array([chance[is_joined].sum(), (1 - chance[is_joined]).sum(), chance[~is_joined].sum()])

    def f1(self, joined: Bools, others: Floats, drawn: Ints | int = 1) -> float:
        """Of all pairs; `joined`: each labelled one."""
        each = self._each * drawn
        right = others[0] + each[self._same & joined].sum()
        wrong = others[1] + each[~self._same & joined].sum()
        missed = others[2] + each[self._same & ~joined].sum()
        return float(2 * right / max(2 * right + wrong + missed, 1e-9))
