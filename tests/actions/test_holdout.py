"""Who is held out: anybody alike, the same people wherever and whenever it is worked out, others in every experiment."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from cxunify.actions.holdout import ARMS, HELD_OUT, TREATED, arm, draw

IDS = [f"c{number:06d}" for number in range(100_000)]
SHARES = st.floats(0, 1)


def test_a_draw_is_a_hash_that_anybody_can_work_out() -> None:
    # $ printf '1|winter|c000001' | sha256sum
    assert draw(["c000001"], "winter", "1") == [0x000B5C64 / 2**32]


def test_everybody_is_as_likely_to_be_held_out() -> None:
    drawn = draw(IDS, "winter", "1")
    assert all(0 <= u < 1 for u in drawn)
    counts = [0] * 100
    for u in drawn:
        counts[int(u * 100)] += 1
    # Chi-squared of 99 degrees of freedom: 99 on average, its deviation 14.
    assert 99 - 4 * 14 < sum((count - 1000) ** 2 / 1000 for count in counts) < 99 + 4 * 14
    assert abs(sum(arm(u, 0.05) == HELD_OUT for u in drawn) - 5000) < 4 * math.sqrt(100_000 * 0.05 * 0.95)


def test_an_arm_depends_on_nobody_else() -> None:
    drawn = dict(zip(IDS, draw(IDS, "winter", "1"), strict=True))
    some = IDS[5000:100:-7]
    assert draw([*some, "c-new"], "winter", "1")[:-1] == [drawn[name] for name in some]


@given(st.floats(0, 1, exclude_max=True), SHARES, SHARES)
def test_a_larger_share_keeps_everybody_who_was_in(u: float, share: float, other: float) -> None:
    less, more = sorted((share, other))
    assert arm(u, less) in ARMS
    assert arm(u, less) == TREATED or arm(u, more) == HELD_OUT
    assert (arm(u, 0), arm(u, 1)) == (TREATED, HELD_OUT)


def test_experiments_and_salts_are_drawn_independently() -> None:
    drawn = [draw(IDS, *named) for named in (("winter", "1"), ("spring", "1"), ("winter", "2"))]
    n = len(IDS)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        # The correlation of independent draws has a deviation of 1 / sqrt(n); both means are 1/2, both variances 1/12.
        together = sum((u - 0.5) * (v - 0.5) for u, v in zip(drawn[one], drawn[other], strict=True)) / n * 12
        assert abs(together) < 4 / math.sqrt(n)
