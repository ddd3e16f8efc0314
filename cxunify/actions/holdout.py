"""customer ids -> who is held out: a keyed hash, so that everybody's arm can be worked out again anywhere, from nothing but ids.

A list of who was drawn would be lost, and a generator of random numbers would draw anew with every order of the rows. A hash of the
id stays: over refreshes, machines and orders; who joins changes nobody else's arm; a larger share keeps everybody who was in; and
two experiments, or two salts, are as good as independent draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

TREATED = "treated"
HELD_OUT = "held_out"
ARMS = (TREATED, HELD_OUT)
"""The two arms of every experiment."""


def draw(customer_ids: Iterable[str], experiment: str, salt: str) -> list[float]:
    """For each id a number u, 0 <= u < 1, alike likely everywhere: the first 32 bits of sha256(salt | experiment | id) / 2^32."""
    start = hashlib.sha256(f"{salt}|{experiment}|".encode())
    drawn = []
    for customer_id in customer_ids:
        whole = start.copy()
        whole.update(customer_id.encode())
        drawn.append(int.from_bytes(whole.digest()[:4]) / 2**32)
    return drawn


def arm(u: float, share: float) -> str:
    """The arm of who drew `u`, where a `share` of customers (0 to 1) is held out."""
    return HELD_OUT if u < share else TREATED
