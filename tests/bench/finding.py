"""What it costs to find out what nobody declared: of the bytes of extracts, and of a hundred files at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench.measure import CXUNIFY, Cost, cost

_FILES = 100


def found_out(folder: Path, extracts: Sequence[Path]) -> str:
    """Two lines: reading that detects against reading that is told, in pairs; and `init` on many files."""
    pairs = [(_read("declared", folder, extracts), _read("detected", folder, extracts)) for _ in range(2)]
    declared, detected = (min(one.cpu_seconds for one in ways) for ways in zip(*pairs, strict=True))
    (folder / "many").mkdir()
    for number in range(_FILES):
        (folder / "many" / f"{'members' if number % 2 else 'orders'}_{number:03}.csv").write_text(
            _members(number) if number % 2 else _orders(number), encoding="utf-8"
        )
    looked = cost((*CXUNIFY, "init", "many/", "--out", "many.yaml"), folder)
    return (
        f"DuckDB reads the extracts declared in {declared:.2f} CPU s; found out, checked and read in {detected:.2f}:"
        f" {detected / declared:.2f} x\ninit on {_FILES} files: {looked.seconds:.1f} s, {looked.cpu_seconds:.1f} CPU s"
    )


def _read(how: str, folder: Path, extracts: Sequence[Path]) -> Cost:
    return cost((sys.executable, Path(__file__).with_name("detect.py"), how, *extracts), folder)


def _members(number: int) -> str:
    rows = (f"M{n:05},Ann,Lee,ann.{n}@mail.example,2024-01-{n % 28 + 1:02}\n" for n in range(number, number + 200))
    return "member_id,first_name,last_name,email,created_at\n" + "".join(rows)


def _orders(number: int) -> str:
    rows = (f"O{number:03}{n:04},M{n:05},2024-02-{n % 28 + 1:02},{n}.50\n" for n in range(200))
    return "order_id,member_id,order_date,total\n" + "".join(rows)
