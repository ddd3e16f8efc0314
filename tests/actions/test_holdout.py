"""Who is held out: anybody alike, the same people wherever it is worked out, others with every salt, for as long as they live."""

from __future__ import annotations

import hashlib
import math
from functools import cache
from random import Random
from typing import Any

import duckdb
import pytest

from cxunify.actions import holdout
from cxunify.config import Config
from cxunify.warehouse import Warehouse
from tests.actions.house import AS_OF, build, config, house

IDS = tuple(f"c{number:06d}" for number in range(100_000))


@cache
def drawn(salt: str) -> dict[str, float]:
    """What the SQL draws for a hundred thousand ids."""
    number = holdout.drawn("digest")
    digest = f"sha256(concat('{salt}', '|holdout|', id))"
    return dict(
        duckdb.execute(
            f"select id, {number} from (select id, {digest} as digest from (select unnest($1) as id))", [IDS]
        ).fetchall()
    )


def arms(warehouse: Warehouse) -> dict[str, tuple[str, float, bool]]:
    found = warehouse.rows("select customer_id, arm, u, is_mixed from actions.assignments")
    return {name: (arm, u, mixed) for name, arm, u, mixed in found}


def customers(*names: str) -> dict[str, list[dict[str, Any]]]:
    return {"profile.numbers": [{"customer_id": name, "customer_no": number} for number, name in enumerate(names)]}


def held(chosen: Config, *names: str) -> set[str]:
    with house(customers(*names)) as warehouse:
        build(warehouse, holdout.steps(chosen), salt=chosen.actions.holdout.salt)
        return {name for name, (arm, _, _) in arms(warehouse).items() if arm == holdout.HELD_OUT}


def test_a_draw_is_a_hash_that_anybody_can_work_out() -> None:
    for name in IDS[:1000]:
        assert drawn("1")[name] == int(hashlib.sha256(f"1|holdout|{name}".encode()).hexdigest()[:8], 16) / 2**32


def test_everybody_is_as_likely_to_be_held_out() -> None:
    counts = [0] * 100
    for u in drawn("1").values():
        counts[int(u * 100)] += 1
    # Chi-squared of 99 degrees of freedom: 99 on average, its deviation 14.
    assert 99 - 4 * 14 < sum((count - 1000) ** 2 / 1000 for count in counts) < 99 + 4 * 14


def test_salts_are_drawn_independently() -> None:
    # The correlation of independent draws has a deviation of 1 / sqrt(n); both means are 1/2, both variances 1/12.
    together = sum((u - 0.5) * (drawn("2")[name] - 0.5) for name, u in drawn("1").items()) / len(IDS) * 12
    assert abs(together) < 4 / math.sqrt(len(IDS))


def test_a_larger_share_keeps_everybody_and_nobody_depends_on_others() -> None:
    names = IDS[:3000]
    few, more = (held(config(holdout={"share": share}), *names) for share in (0.05, 0.1))
    assert few < more
    assert held(config(holdout={"share": 0.1}), *names[::-7]) == more & set(names[::-7])
    assert not held(config(holdout={"share": 0}), *names)
    assert held(config(holdout={"share": 1}), *names) == set(names)


def test_what_merges_stays_held_out_and_what_splits_takes_its_number_along() -> None:
    logged = [
        {"run_id": "1", "customer_id": name, "experiment": "holdout 1", "arm": arm, "u": u, "assigned_at": AS_OF}
        for name, arm, u in (
            ("a", "treated", 0.5),
            ("b", "held_out", 0.01),
            ("c", "treated", 0.7),
            ("d", "treated", 0.6),
        )
    ]
    changes = [
        {"run_id": "2", "kind": "merged", "old_id": "b", "new_id": "x", "cause": ""},
        {"run_id": "3", "kind": "merged", "old_id": "x", "new_id": "a", "cause": ""},
        {"run_id": "3", "kind": "split", "old_id": "c", "new_id": "e", "cause": ""},
        {"run_id": "3", "kind": "merged", "old_id": "d", "new_id": "c", "cause": ""},
    ]
    with house({**customers("a", "c", "e"), "ledger.assignments": logged, "ledger.changes": changes}) as warehouse:
        found = arms(build(warehouse, holdout.steps(config())))
    assert found == {"a": ("held_out", 0.01, True), "c": ("treated", 0.6, False), "e": ("treated", 0.6, False)}


@pytest.mark.parametrize("seed", range(3))
def test_arms_stand_over_two_years_of_refreshes(seed: int) -> None:
    """Each month customers come, merge and split, and the share is raised once: who was held out stays so, and nobody else is."""
    dice = Random(seed)
    people = [f"c{number}" for number in range(60)]
    ledger: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    was: dict[str, str] = {}
    for month in range(24):
        run, share = f"{month:03}", 0.1 if month < 12 else 0.25
        came = {name: [name] for name in people}
        for _ in range(3):
            old, new = dice.sample(people, 2)
            people.remove(old)
            came[new] = came[new] + came.pop(old)
            changes.append({"run_id": run, "kind": "merged", "old_id": old, "new_id": new, "cause": ""})
        for number in range(2):
            old, new = dice.choice([name for name in people if not was or name in was]), f"s{month}x{number}"
            changes.append({"run_id": run, "kind": "split", "old_id": old, "new_id": new, "cause": ""})
            people.append(new)
            came[new] = came[old]
        people.append(f"n{month}")
        rows = {**customers(*people), "ledger.assignments": ledger, "ledger.changes": changes}
        with house(rows) as warehouse:
            now = arms(build(warehouse, holdout.steps(config(holdout={"share": share}))))
        for name, (arm, u, _) in now.items():
            before = {was[one] for one in came.get(name, ()) if one in was}
            if "held_out" in before:
                assert arm == "held_out", (month, name)
            elif before and month != 12:
                assert arm == "treated", (month, name)
            assert (arm == "held_out") == (u < share)
        ledger += [
            {"run_id": run, "customer_id": name, "experiment": "holdout 1", "arm": arm, "u": u, "assigned_at": AS_OF}
            for name, (arm, u, _) in now.items()
            if was.get(name) != arm
        ]
        was = {name: arm for name, (arm, _, _) in now.items()}
    assert {"held_out", "treated"} == set(was.values())
