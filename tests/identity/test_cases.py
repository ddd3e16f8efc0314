"""Names, contacts, people and traces, case by case; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import yaml

from cxunify.identity import params, resolve
from cxunify.identity.evidence import contact, lists, normalise
from cxunify.vocabulary.words import plain
from cxunify.warehouse import Warehouse
from tests.identity import people

CASES = Path(__file__).parent / "cases"


def _cases(name: str) -> Any:
    return yaml.load((CASES / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only


def _plain(value: Any) -> Any:
    """BaseLoader keeps texts as texts; only null has to be said."""
    return None if value == "null" else value


def _normalised(tmp_path: Path, records: list[dict[str, Any]], country: str = "US") -> Warehouse:
    opened = people.warehouse(records)
    project = people.config(tmp_path).model_copy(update={"region": country})
    for part in (lists, normalise, contact):
        opened.build(part.stages(project), params(project))
    return opened


@pytest.mark.parametrize("case", _cases("names"), ids=str)
def test_name(tmp_path, case):
    fields = ("given_name", "middle_name", "family_name", "full_name", "name_suffix", "company")
    opened = _normalised(tmp_path, [{name: case.get(name) for name in fields}])
    found = opened.rows("select given, family, suffix, other_names from identity.features")[0]
    assert found == tuple(_plain(case.get(name)) for name in ("given", "family", "suffix", "other_names"))


@pytest.mark.parametrize("country", ["US", "GB", "DE", "FR", "IT", "AU", "ES", "BR", "IN", "JP", "PL", "CH"])
def test_numbers_are_what_the_library_makes_of_them(tmp_path, country):
    styles = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    known = [number for kind in kinds if (number := phonenumbers.example_number_for_type(country, kind))]
    written = {
        phonenumbers.format_number(number, style): phonenumbers.format_number(
            number, phonenumbers.PhoneNumberFormat.E164
        )
        for number in known
        for style in styles
    }
    opened = _normalised(tmp_path, [{"phones": list(written)}], country)
    assert dict(opened.rows("select written, value from identity.numbers")) == written


def test_postcodes_that_a_spreadsheet_ate(tmp_path):
    written = {
        "1905": "01905",
        "1905-4834": "01905",
        "019054834": "01905",
        "00000": None,
        "99999": None,
        "10001": "10001",
    }
    opened = _normalised(tmp_path, [{"record_id": code, "postal_code": code} for code in written])
    assert dict(opened.rows("select record_id, postal_code from identity.features")) == written


def test_streets(tmp_path):
    written = ["810 Walnut Place, Unit 259", "810 WALNUT PL #259", "810 Walnut Pl."]
    german = ["Hauptstraße 12a", "Hauptstr. 12a", "HAUPTSTRASSE 12A"]
    opened = _normalised(tmp_path, [{"street": street} for street in (*written, *german)])
    assert set(opened.rows("select house, way from temp.streets")) == {("810", "walnut"), ("12a", "haupt")}


@pytest.mark.parametrize("case", _cases("people"), ids=lambda case: case["name"])
def test_people(tmp_path, case):
    if "decisions" in case:
        lines = ["source_a,record_id_a,source_b,record_id_b,decision", *case["decisions"]]
        (tmp_path / "decisions.csv").write_text("\n".join(lines))
    opened = people.warehouse(case["records"])
    resolve(opened, people.config(tmp_path, "pos", free=tuple(case.get("free", ()))))
    together = {group for group in people.customers(opened) if len(group) > 1}
    assert together == {frozenset(group) for group in case["together"]}


@pytest.mark.parametrize("case", _cases("traces"), ids=lambda case: case["name"])
def test_traces(tmp_path, case):
    traces = [{key: value for key, value in trace.items() if key not in {"is", "by"}} for trace in case["traces"]]
    opened = people.warehouse(case["records"] or [], traces)
    resolve(opened, people.config(tmp_path))
    of_records = dict(opened.rows("select record_id, customer_id from identity.assignments"))
    found = opened.rows("select customer_id, identified_by from identity.trace_assignments order by trace_id")
    assert [by for _, by in found] == [_plain(trace["by"]) for trace in case["traces"]]
    groups: dict[str, str] = dict(of_records)
    for (customer_id, _), trace in zip(found, case["traces"], strict=True):
        if trace["is"] == "null":
            assert customer_id is None
        else:
            assert groups.setdefault(trace["is"], customer_id) == customer_id
    assert len(set(groups.values())) == len(groups)


def test_normalising_twice_changes_nothing(tmp_path):
    texts = ["Dr. Zoë  O’Hara-Łuk", "İstanbul", "ÅNGSTRÖM", "  x  ", "Ещё", "a.b,c"]
    opened = people.warehouse([])
    for text in texts:
        once = opened.scalar(f"select {plain('$text')}", {"text": text})
        assert opened.scalar(f"select {plain('$text')}", {"text": once}) == once
