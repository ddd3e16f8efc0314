"""An id that two customers hold: what carries nothing else is neither's, and it is told by what it is."""

from __future__ import annotations

from pathlib import Path

from cxunify.identity import resolve
from tests.identity import people

CARD = {"loyalty_id": "7000123"}
COUPLE = [
    {
        "record_id": "1",
        "given_name": "Anna",
        "family_name": "Kiefer",
        "emails": ["anna@k.example"],
        "identifiers": CARD,
    },
    {
        "record_id": "2",
        "given_name": "Bert",
        "family_name": "Kiefer",
        "emails": ["bert@k.example"],
        "identifiers": CARD,
    },
    {"record_id": "3", "given_name": "Cleo", "family_name": "Adler", "identifiers": {"loyalty_id": "7000999"}},
]
SAID = [
    {"loyalty_id": "7000123"},
    {"loyalty_id": "7000123", "email": "anna@k.example"},
    {"loyalty_id": "7000999"},
    {"loyalty_id": "7000555"},
]


def test_a_card_of_two_is_told_as_that(tmp_path: Path) -> None:
    traces = [{"source": "tills", "trace_id": number, "identifiers": said} for number, said in enumerate(SAID, 1)]
    opened = people.warehouse(COUPLE, traces)
    resolve(opened, people.config(tmp_path))
    assert opened.rows("select trace_id, type, rule from identity.useless_values order by all") == [
        (1, "loyalty_id", "customers > 1")
    ]
    whose = dict(
        opened.rows("select trace_id, customer_id is null from identity.trace_assignments where trace_id in (1, 2)")
    )
    assert whose == {1: True, 2: False}
