"""A warehouse and some work -> what the work makes, with as little memory as it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cxunify.errors import MemoryShort
from cxunify.warehouse.bounds import modest, most, said
from cxunify.warehouse.connection import Connection
from cxunify.warehouse.stage import literal

Done = TypeVar("Done")


def frugally(warehouse: Connection, work: Callable[[], Done]) -> Done:
    """What `work` makes, with modest memory; where that is short, once more with half as much again, up to all it may have.

    What it has built until then stands. Where people have said how much memory there is, that is it. Raises MemoryShort.
    """
    if not warehouse.may_grow:
        return work()
    memory = modest()
    try:
        while True:
            _allow(warehouse, memory)
            try:
                return work()
            except MemoryShort:
                if memory >= most():
                    raise
            memory = min(memory * 3 // 2, most())
    finally:
        _allow(warehouse, most())


def _allow(warehouse: Connection, memory: int) -> None:
    warehouse.execute(f"set memory_limit = {literal(said(memory))}")
