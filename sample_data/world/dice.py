"""Random numbers that are a pure function of (seed, name of the question, who is asked).

A stream of random numbers would shift for everybody as soon as one more is drawn. Here every question has its own
name and every person, record or receipt its own number, so that changing one rate changes only what the rate is about,
and no answer depends on the version of a library.
"""

import hashlib
from typing import TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = NDArray[np.uint64]
Bytes: TypeAlias = NDArray[np.uint8]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Dice:
    """Answers questions about numbered things, the same way every time."""

    def __init__(self, seed: int, *scope: str) -> None:
        """Take the seed of the world and, for a part of it, the part's name."""
        self._seed = seed
        self._scope = scope

    def scoped(self, name: str) -> "Dice":
        """Give the dice of one part of the world."""
        return Dice(self._seed, *self._scope, name)

    def bits(self, question: str, ids: Ints) -> Words:
        """Draw 64 bits for each id (splitmix64 of the question's key plus the id)."""
        text = "/".join((str(self._seed), *self._scope, question))
        key = np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))
        z = (ids.astype(np.uint64) + np.uint64(1)) * _GOLDEN + key
        z = (z ^ (z >> np.uint64(30))) * _FIRST
        z = (z ^ (z >> np.uint64(27))) * _SECOND
        return z ^ (z >> np.uint64(31))

    def unit(self, question: str, ids: Ints) -> Floats:
        """Draw a number in [0, 1) for each id."""
        return (self.bits(question, ids) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def flag(self, question: str, ids: Ints, rate: float | Floats) -> Mask:
        """Say yes for a share `rate` of the ids, each for itself."""
        return self.unit(question, ids) < rate

    def some(self, question: str, ids: Ints, rate: float, among: Mask | None = None) -> Mask:
        """Say yes for exactly `rate` of the ids and for at least one, so that rare traps occur in small worlds too."""
        chosen = np.zeros(len(ids), dtype=np.bool_)
        rows = np.arange(len(ids)) if among is None else np.flatnonzero(among)
        if rate > 0 and len(rows):
            count = min(len(rows), max(1, round(rate * len(rows))))
            chosen[rows[np.argsort(self.bits(question, ids[rows]), kind="stable")[:count]]] = True
        return chosen

    def some_of(self, question: str, ids: Ints, rate: float, among: Mask) -> Mask:
        """As `some`, for groups: ids repeat, and a group is chosen with all its members."""
        groups = np.unique(ids[among])
        return np.isin(ids, groups[self.some(question, groups, rate)])

    def below(self, question: str, ids: Ints, top: int | Ints) -> Ints:
        """Draw a whole number in [0, top) for each id."""
        return (self.unit(question, ids) * top).astype(np.int64)

    def between(self, question: str, ids: Ints, low: int | Ints, high: int | Ints) -> Ints:
        """Draw a whole number in [low, high] for each id."""
        return np.asarray(self.below(question, ids, high - low + 1) + low, dtype=np.int64)

    def choose(self, question: str, ids: Ints, weights: Floats | tuple[float, ...]) -> Ints:
        """Draw the position of one weight for each id, in proportion to the weights."""
        total = np.cumsum(np.asarray(weights, dtype=np.float64))
        at = np.searchsorted(total, self.unit(question, ids) * total[-1], side="right")
        return np.asarray(np.minimum(at, len(total) - 1), dtype=np.int64)

    def count(self, question: str, ids: Ints, mean: Floats | float, cap: int = 200) -> Ints:
        """Draw a skewed count (geometric, as purchases are) with the given mean for each id."""
        mean = np.broadcast_to(np.asarray(mean, dtype=np.float64), ids.shape)
        stay = mean / (1.0 + mean)
        left, power, counts = self.unit(question, ids), np.ones_like(stay), np.zeros(len(ids), dtype=np.int64)
        for _ in range(cap):
            power = power * stay
            more = left < power
            if not more.any():
                break
            counts += more
        return counts


def zipf(size: int, exponent: float = 1.0, flat: float = 2.0) -> Floats:
    """Weights of a skewed list: the first is common, the tail is long."""
    return (np.arange(size, dtype=np.float64) + flat) ** -exponent


def text(matrix: Bytes) -> pl.Series:
    """Turn a matrix of ASCII codes, one row per string of equal width, into strings."""
    rows, width = matrix.shape
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int64)
    data = np.ascontiguousarray(matrix)
    strings = pa.LargeStringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))
    return pl.Series(pl.from_arrow(strings))


def token(words: list[Words], width: int, alphabet: str) -> pl.Series:
    """Spell random bits as identifiers of the given width (an alphabet of at most 64 signs)."""
    signs = np.resize(np.frombuffer(alphabet.encode(), dtype=np.uint8), 64)
    out = np.empty((len(words[0]), width), dtype=np.uint8)
    for column in range(width):
        word = words[column // 8].view(np.uint8).reshape(-1, 8)
        out[:, column] = signs[word[:, column % 8] & 63]
    return text(out)


def uuid(high: Words, low: Words) -> pl.Series:
    """Spell 128 random bits as a UUID of version 4."""
    raw = np.stack([high, low], axis=1).astype(">u8").view(np.uint8).reshape(-1, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    hexed = np.stack([digits[raw >> 4], digits[raw & 15]], axis=2).reshape(-1, 32)
    out = np.full((len(high), 36), ord("-"), dtype=np.uint8)
    out[:, [i for i in range(36) if i not in (8, 13, 18, 23)]] = hexed
    return text(out)


def pick(values: pl.Series, at: Ints) -> pl.Series:
    """Look values up by position; position -1 gives null."""
    at = np.asarray(at)
    found = values.gather(np.maximum(at, 0))
    return found.zip_with(pl.Series(at >= 0), pl.Series([None], dtype=found.dtype)) if (at < 0).any() else found


def where(mask: Mask, yes: pl.Series, no: pl.Series) -> pl.Series:
    """Take `yes` where the mask holds, else `no`."""
    return yes.zip_with(pl.Series(mask), no)


def spell(kinds: Ints, frame: pl.DataFrame, ways: list[pl.Expr]) -> pl.Series:
    """Write each row in the way its kind says; every way sees only its own rows."""
    parts, places = [], []
    for kind, way in enumerate(ways):
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            parts.append(frame[rows].select(way.cast(pl.String).alias("text")).to_series())
            places.append(rows)
    if not parts:
        return pl.Series("text", [], dtype=pl.String)
    order = np.argsort(np.concatenate(places), kind="stable")
    return pl.concat(parts).gather(order)
