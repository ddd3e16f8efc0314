"""cxunify.yaml -> Config: what is wrong is said all at once, with its line and the nearest valid name."""

from pathlib import Path

import pytest
import yaml

from cxunify.config import Config, load, presets
from cxunify.errors import ConfigError

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "mistakes.yaml").read_text())

MINIMAL = """
version: 1
region: NO
currency: NOK
sources:
  contacts:
    channel: crm
    files: a.csv
    person:
      id: Id
      email: [Email, Work Email]
      birth_date: {column: Born, format: "%d.%m.%Y"}
      consent: {email: {column: OptedOut, negate: true}}
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "cxunify.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_mistake_is_reported_once(case: dict, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(_written(tmp_path, case["config"]))
    problems = [str(problem) for problem in caught.value.problems]
    unmatched = [part for part in case["problems"] if not any(part in problem for problem in problems)]
    assert not unmatched, problems
    assert len(problems) == len(case["problems"]), problems


def test_shorthand_and_options_mean_the_same(tmp_path: Path) -> None:
    person = load(_written(tmp_path, MINIMAL)).sources["contacts"].person
    assert person is not None
    assert person.id is not None and person.id.column == "Id"
    assert [email.column for email in person.email] == ["Email", "Work Email"]
    assert person.birth_date is not None and person.birth_date.names == ("Born",)
    assert person.consent["email"].negate


def test_norway_is_a_country(tmp_path: Path) -> None:
    assert load(_written(tmp_path, MINIMAL)).region == "NO"


def test_paths_start_at_the_configuration(tmp_path: Path) -> None:
    config = load(_written(tmp_path, MINIMAL))
    assert config.warehouse_path == tmp_path.resolve() / "warehouse.duckdb"
    assert config.output_path == tmp_path.resolve() / "out"


def test_a_missing_configuration_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no configuration"):
        load(tmp_path / "cxunify.yaml")


def test_what_the_user_writes_wins_over_the_preset(tmp_path: Path) -> None:
    text = """
version: 1
region: US
currency: USD
sources:
  contacts: {channel: crm, files: a.csv, preset: salesforce.contact, person: {given_name: Vorname}}
"""
    person = load(_written(tmp_path, text)).sources["contacts"].person
    assert person is not None and person.given_name is not None and person.family_name is not None
    assert person.given_name.column == "Vorname"
    assert person.family_name.column == "LastName"


def test_nothing_written_over_what_a_preset_has_takes_it_away(tmp_path: Path) -> None:
    text = """
version: 1
region: US
currency: USD
sources:
  contacts:
    {channel: crm, files: a.csv, preset: salesforce.contact, timezone: null, person: {email: null, consent: {email: null}}}
"""
    source = load(_written(tmp_path, text)).sources["contacts"]
    assert source.person is not None and source.person.family_name is not None
    assert (source.person.email, source.person.consent.get("email"), source.timezone) == ((), None, None)


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_a_valid_source(name: str, tmp_path: Path) -> None:
    text = f"version: 1\nregion: US\ncurrency: USD\nsources:\n  s: {{channel: crm, files: a.csv, preset: {name}}}\n"
    preset = presets()[name].mapping
    for target in preset.get("interaction", {}).get("person", {}):
        text += f"  {target}: {{channel: crm, files: b.csv, person: {{id: Id}}}}\n"
    assert isinstance(load(_written(tmp_path, text)), Config)
