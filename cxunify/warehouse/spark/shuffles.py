"""A SELECT and how large the tables are that it reads -> what Spark would shuffle for it, at most, and how large its rows are.

What is dealt out anew, and by which key, stands in the statement: both sides of a join, what is grouped, what is put in order.
Rows are those that come in: conditions are taken to keep all of them, and a join to have as many as its larger side. What a side is
to Spark, which sends small ones to every task, is by Spark's own rule: a table by its bytes, a join by the product of its sides'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from cxunify.warehouse.sizes import FIXED, Size
from cxunify.warehouse.spark import clauses
from cxunify.warehouse.spark.dialect import in_duckdb

PACKED = 0.5
"""What is left of rows once they are packed for a shuffle."""
_ON_DISK = 0.25
"""What is left of a table's rows in Parquet, by which Spark judges whether it is small."""
_PAIRS = 1
"""Rows of a table that is joined with itself, each pair once, for each of its own: blocks are small."""
_PARTS = 3
"""What a list or a map is taken apart into."""
_UNKNOWN = 2 * FIXED
"""Bytes of what is worked out."""
_READ_AGAIN = 3
"""To number all rows in ranges they are worked out for a sample, for the sizes of ranges, and for the numbers."""
_TOGETHER = ("group", "distinct", "window")
_FEW = 100.0
"""Rows of a table that may be set beside each of another one."""


@dataclass(frozen=True)
class Shuffle:
    """Rows that are dealt out anew, by a key."""

    kind: str
    """join, group, distinct, window, order or parts: what is connected, of a loop."""
    key: str
    rows: float
    width: float
    """Bytes of one of them, before they are packed."""
    per: str | None = None
    """The table whose every row is one of them; none where they were grouped."""

    @property
    def bytes(self) -> float:
        """All of them, packed."""
        return self.rows * self.width * PACKED


@dataclass(frozen=True)
class Rows:
    """What a part of a statement makes."""

    rows: float
    columns: Mapping[str, float]
    said: float
    """The bytes that Spark takes it for before it has seen any."""
    per: str | None = None
    filled: Mapping[str, float] = field(default_factory=dict)
    lies: frozenset[str] = frozenset()
    """By what its rows lie together already; none: as they come."""

    def of(self, names: set[str] | None) -> float:
        """Bytes of a row of which no more than these columns are read; None: of a whole one."""
        read = [self.columns[name] for name in self.columns if names is None or name in names]
        return FIXED + sum(read)

    @property
    def size(self) -> Size:
        """How large a table of it would be."""
        return Size(self.rows, self.columns, self.filled)

    def only(self, filled: set[str]) -> Rows:
        """Those of them in which these columns say something: as many as of the one that says least."""
        share = min((self.filled.get(name, 1.0) for name in filled), default=1.0)
        return replace(self, rows=self.rows * share, filled={**self.filled, **dict.fromkeys(filled, 1.0)})


Known = Mapping[str, Rows]
"""What the queries make that stand before a part of a statement, by their names."""


@dataclass
class Looked:
    """Walks through one statement, and notes what would be shuffled."""

    tables: Mapping[str, Size]
    small: float
    """Bytes below which a side of a join goes to every task."""
    at_once: float
    """Rows that are numbered in one task."""
    found: list[Shuffle] = field(default_factory=list)

    def query(self, node: exp.Expr, known: Known) -> Rows:
        """What a query makes; `known`: what the queries make that stand before it under a name."""
        node = node.unnest()
        if with_ := node.args.get("with_"):
            for held in with_.expressions:
                known = {**known, held.alias: self.query(held.this, known)}
        if isinstance(node, exp.SetOperation):
            sides = [self.query(side, known) for side in (node.this, node.expression)]
            made = replace(
                sides[0],
                rows=sum(side.rows for side in sides),
                said=sum(side.said for side in sides),
                per=None,
                lies=frozenset(),
            )
            if node.args.get("distinct"):
                made = self._dealt("distinct", list(made.columns), made, None)
        else:
            made = self._selected(node, known)
        if order := node.args.get("order"):
            made = self._dealt("order", [in_duckdb(part.this) for part in order.expressions], made, None)
        return made

    def _dealt(self, kind: str, key: list[str], rows: Rows, names: set[str] | None) -> Rows:
        """Rows dealt out by a key, unless they lie so already: what comes together for a part of it, comes together for all."""
        by = frozenset(part.rpartition(".")[2] for part in key)
        is_there = rows.lies == by or (kind in _TOGETHER and rows.lies and rows.lies <= by)
        if is_there:
            return rows
        self.found.append(Shuffle(kind, ", ".join(key), rows.rows, rows.of(names), rows.per))
        return replace(rows, lies=frozenset() if kind == "order" else by)

    # -- one SELECT ----------------------------------------------------------------------------------------------------

    def _selected(self, node: exp.Expr, known: Known) -> Rows:
        names = clauses.read(node)
        from_ = node.args.get("from_")
        made = self._source(from_.this, known) if from_ else Rows(1, {}, 1)
        for join in node.args.get("joins") or ():
            made = self._joined(made, join, known, names)
        made = made.only(clauses.filled(node))
        for asked in clauses.asked(node):
            made = self._held(made, asked, known, names)
        for part, ordered in clauses.windows(node):
            if part:
                made = self._dealt("window", part, made, names)
            elif ordered:
                again = _READ_AGAIN if made.rows > self.at_once else 1
                self._dealt("order", ordered, replace(made, rows=again * made.rows), names)
        grouped = self._grouped(node, made, names)
        parts = _PARTS if any(isinstance(part.unalias(), exp.Explode) for part in node.expressions) else 1
        filled = {
            part.alias_or_name: made.filled[part.unalias().name]
            for part in clauses.plain(node)
            if part.unalias().name in made.filled
        }
        if clauses.read(node) is None:
            filled = {**made.filled, **filled}
        out = Rows(
            grouped.rows * parts,
            clauses.columns(node, made.columns, _UNKNOWN),
            grouped.said * parts,
            grouped.per,
            filled,
            grouped.lies,
        )
        return self._dealt("distinct", list(out.columns), out, None) if node.args.get("distinct") else out

    def _grouped(self, node: exp.Expr, made: Rows, names: set[str] | None) -> Rows:
        if not node.args.get("group"):
            return Rows(1, {}, 1) if clauses.gathers(node) else made
        return replace(self._dealt("group", clauses.keys(node), made, names), per=None)

    def _source(self, node: exp.Expr, known: Known) -> Rows:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            if not node.db and node.name in known:
                return known[node.name]
            name = f"{node.db}.{node.name}" if node.db else node.name
            size = self.tables.get(name, Size(0, {}))
            return Rows(size.rows, size.columns, size.rows * size.width * _ON_DISK, name, size.filled)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
            return self.query(node.this, known)
        if isinstance(node, exp.Subquery | exp.Pivot):
            inner = self._source(node.this, known)
            if isinstance(node, exp.Subquery):
                return inner
            into = node.args.get("into")
            names = [inner_name.name for inner_name in into.find_all(exp.Column)] if into else []
            wide = {**inner.columns, **dict.fromkeys(names, _UNKNOWN)}
            times = sum(inner.filled.get(column.name, 1.0) for column in node.expressions)
            return replace(inner, rows=inner.rows * times, columns=wide, per=None, filled={}, lies=frozenset())
        few = float(len(node.expressions)) if isinstance(node, exp.Values) else 1.0
        return Rows(few, dict.fromkeys(node.alias_column_names, _UNKNOWN), few * FIXED)

    def _joined(self, left: Rows, join: exp.Join, known: Known, names: set[str] | None) -> Rows:
        right = self._source(join.this, known)
        kept = join.kind in {"SEMI", "ANTI"}
        key, is_pair = clauses.equal(join)
        columns = dict(left.columns) if kept else {**left.columns, **right.columns}
        filled = dict(left.filled) if kept or join.side else {**right.filled, **left.filled}
        said = left.said if kept else left.said * right.said
        if not key:
            rows = left.rows if kept else left.rows * right.rows if right.rows <= _FEW else max(left.rows, right.rows)
            return Rows(rows, columns, said, left.per, filled, left.lies)
        left, right = self._met(key, left, right, names, may_send_left=not join.side and not kept)
        is_left = kept or join.side == "LEFT" or left.rows >= right.rows  # what is looked up makes no more rows
        rows, per = (left.rows, left.per) if is_left else (right.rows, right.per)
        return Rows(rows * (_PAIRS if is_pair else 1), columns, said, None if is_pair else per, filled, left.lies)

    def _held(self, made: Rows, asked: exp.Expr, known: Known, names: set[str] | None) -> Rows:
        """Rows of which it is asked whether another query has them, or what it says."""
        query = asked.args.get("query") if isinstance(asked, exp.In) else asked.this
        assert isinstance(query, exp.Expr)
        other = self.query(query, known)
        if isinstance(asked, exp.In):
            made, _ = self._met([in_duckdb(asked.this)], made, other, names, may_send_left=False)
        elif isinstance(asked, exp.Exists):
            made, _ = self._met(clauses.equal(query)[0], made, other, names, may_send_left=False)
        return made

    def _met(
        self, key: list[str], left: Rows, right: Rows, names: set[str] | None, *, may_send_left: bool
    ) -> tuple[Rows, Rows]:
        """Both sides of a join, dealt out unless Spark takes one for small."""
        if right.said < self.small or (may_send_left and left.said < self.small):
            return left, right
        return self._dealt("join", key, left, names), self._dealt("join", key, right, names)


def shuffles(query: exp.Query, tables: Mapping[str, Size], small: float, at_once: float) -> tuple[list[Shuffle], Rows]:
    """What Spark would shuffle for a query, and what it makes. `small`: bytes that go to every task; `at_once`: as in Looked."""
    looked = Looked(tables, small, at_once)
    made = looked.query(query, {})
    return looked.found, made
