"""tests/identity/cases/fifty.yaml -> records in the shape of staging, each case filled in anew for as many turns as wanted."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
NAMES = yaml.safe_load((CASES / "fifty_names.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Case:
    """One pair or triple, with the keys of its records in order."""

    name: str
    why: str
    right: tuple[tuple[int, ...], ...]
    keys: tuple[str, ...]
    records: tuple[dict[str, Any], ...]
    is_doubtful: bool = True
    """A wrong answer passes that is said to be in doubt."""

    def is_right(self, a: int, b: int) -> bool | None:
        """Whether two of its records are to be one customer; None: either is right."""
        of = {place: number for number, group in enumerate(self.right) for place in group}
        return of[a] == of[b] if a in of and b in of else None


def cases(turns: int = 1, seed: int = 1, files: tuple[str, ...] = ("fifty.yaml",)) -> list[Case]:
    """Every case, filled in `turns` times; names, homes and numbers differ from turn to turn."""
    dice = random.Random(seed)
    written = [case for file in files for case in yaml.safe_load((CASES / file).read_text(encoding="utf-8"))]
    return [
        _filled(case, f"{number:02d}{string.ascii_lowercase[turn]}", dice)
        for turn in range(turns)
        for number, case in enumerate(written)
    ]


def _filled(case: dict[str, Any], mark: str, dice: random.Random) -> Case:
    families, men, women, streets = (dice.sample(NAMES[of].split(), 3) for of in ("family", "men", "women", "streets"))
    towns = dice.sample(sorted(NAMES["towns"].items()), 2)
    born = date(1972, 1, 2) + timedelta(days=dice.randrange(9000))
    words: dict[str, Any] = dict(zip("FGHmnowvu", (*families, *men, *women), strict=True))
    words |= {"M": men[0][0], "W": women[0][0]}
    words |= {
        "home": f"{dice.randint(2, 2900)} {streets[0]} Street",
        "away": f"{dice.randint(2, 2900)} {streets[1]} Avenue",
    }
    words |= dict(zip(("zip", "town", "zip2", "town2"), (*towns[0], *towns[1]), strict=True))
    words |= {f"t{number}": _phone(dice) for number in range(1, 5)}
    words["x"] = "".join(dice.choice("bcdfghklmnprstvz") + dice.choice("aeiou") for _ in range(4))
    words |= {
        "b1": born,
        "b2": born + timedelta(days=dice.randint(500, 900)),
        "b30": born - timedelta(days=dice.randint(9900, 12000)),
    }
    records = tuple(
        {"source": ("crm", "pos", "web")[place % 3], "record_id": f"fifty-{mark}-{place}", **_written(record, words)}
        for place, record in enumerate(case["records"])
    )
    count = len(records)
    right = {"apart": [[place] for place in range(count)], "one": [list(range(count))]}.get(
        str(case["right"]), case["right"]
    )
    keys = tuple(f"{record['source']}:{record['record_id']}" for record in records)
    return Case(
        case["name"], case["why"], tuple(tuple(group) for group in right), keys, records, case.get("doubt", True)
    )


def _phone(dice: random.Random) -> str:
    return f"{dice.choice(NAMES['area_codes'].split())}-{dice.randint(220, 989)}-{dice.randint(1000, 9999)}"


def _written(value: Any, words: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _written(part, words) for key, part in value.items()}
    if isinstance(value, list):
        return [_written(part, words) for part in value]
    return value.format(**words) if isinstance(value, str) else value
