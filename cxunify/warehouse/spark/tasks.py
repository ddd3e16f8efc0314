"""jobs -> the folder of each, with what a task of Spark has left there: Spark is told the names of folders, and no row."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow

from cxunify.warehouse.fingerprint import ENGINES
from cxunify.warehouse.spark.answers import agree

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def done(spark: SparkSession, work: Callable[[Any, Path], None], jobs: Sequence[Any], folder: Path) -> list[Path]:
    """Have a task do each of the jobs; of one that is tried more than once, the folder of the attempt that counts."""
    numbers = spark.range(0, len(jobs), 1, len(jobs))
    answers = numbers.mapInArrow(_task(work, list(jobs), str(folder)), "job bigint, room string").collect()
    rooms = dict(map(tuple, answers))
    return [folder / rooms[place] for place in range(len(jobs))]


def _task(
    work: Callable[[Any, Path], None], jobs: list[Any], folder: str
) -> Callable[[Iterator[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
    """What a task does with the numbers of jobs."""
    engines = ENGINES

    def task(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        agree(engines)
        for batch in batches:
            numbers = batch.column(0).to_pylist()
            rooms = [uuid.uuid4().hex for _ in numbers]
            for number, room in zip(numbers, rooms, strict=True):
                (Path(folder) / room).mkdir(mode=0o700)
                work(jobs[number], Path(folder) / room)
            yield pyarrow.RecordBatch.from_pydict({"job": pyarrow.array(numbers, pyarrow.int64()), "room": rooms})

    return task
