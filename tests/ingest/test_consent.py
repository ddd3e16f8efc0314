"""Consent that no column says: by the file that a row is in, or the same for all rows."""

from __future__ import annotations

from typing import Any

import pytest

from cxunify.errors import ConfigError
from tests.ingest.conftest import Project

BY_FILE = {"*": None, "*yes*": True, "no*": False, "old/*": False, "kept[1].csv": True}


def _person(**consent: Any) -> dict[str, Any]:
    return {"id": "id", "email": "mail", "consent": consent}


def _said(project: Project) -> dict[str, Any]:
    return dict(project.rows("select record_id, consent['email'] from staging.records order by 1"))


def test_the_last_pattern_that_fits_counts_and_a_path_is_one_with_a_slash(project: Project) -> None:
    files = ("YES.csv", "no yes.csv", "old/yes.csv", "kept[1].csv", "rest.csv")
    for place, name in enumerate(files):
        project.write(name, f"id,mail\n{place},p{place}@x.org\n")
    project.source(files=list(files), load="parts", person=_person(email={"file": BY_FILE}))
    project.run()
    assert _said(project) == {"0": True, "1": False, "2": False, "3": True, "4": None}
    assert project.column("select record_id from staging.records where cardinality(consent) = 0") == ["4"]


def test_what_another_column_takes_back_is_no_consent(project: Project) -> None:
    rows = ["yes,", "yes,no", "yes,X", "yes,2024-03-01", "no,", "no,yes", ",yes", ",", "yes,-", "Yes,perhaps"]
    project.write("s.csv", "id,mail,may,left\n" + "".join(f"{n},p{n}@x.org,{row}\n" for n, row in enumerate(rows)))
    project.source(person=_person(email={"column": "may", "unless": "left"}))
    project.run()
    said = _said(project)
    assert [said[f"{n}"] for n in range(len(rows))] == [
        True, True, False, False, False, False, False, None, True, False
    ]  # fmt: skip
    assert project.rows("select * from staging.invalid") == []


def test_all_rows_alike(project: Project) -> None:
    project.write("s.csv", "id,mail\n1,a@x.org\n2,b@x.org\n")
    project.source(person=_person(email={"value": False}, sms={"value": True}))
    project.run()
    assert project.column("select consent from staging.records") == [{"email": False, "sms": True}] * 2


def test_a_file_that_no_pattern_fits_is_no_consent_and_names_itself(project: Project) -> None:
    project.write("yes.csv", "id,mail\n1,a@x.org\n")
    project.write("who.csv", "id,mail\n2,b@x.org\n")
    project.source(files="*.csv", load="parts", person=_person(email={"file": {"yes*": True}}))
    project.run()
    unclear = "select map_contains(consent, 'email'), consent['email'] from staging.records where record_id = '2'"
    assert project.rows(unclear) == [(True, None)]
    assert project.rows("select field, word from staging.invalid") == [("consent.email", "who.csv")]


def test_a_file_that_is_called_otherwise_says_something_else(project: Project) -> None:
    path = project.write("yes.csv", "id,mail\n1,a@x.org\n")
    project.source(files="*.csv", load="append", person=_person(email={"file": {"yes*": True, "no*": False}}))
    project.run()
    path.rename(project.root / "no.csv")
    project.run()
    assert _said(project) == {"1": False}
    assert project.run().sources[0].new == 0


def test_two_files_of_one_content_that_say_different_things_are_two(project: Project) -> None:
    for name in ("yes.csv", "no.csv"):
        project.write(name, "id,mail\n1,a@x.org\n")
    project.source(files="*.csv", load="parts", person=_person(email={"file": {"yes*": True, "no*": False}}))
    assert project.run().sources[0].loaded == 2
    assert _said(project) == {"1": False}  # of one moment, the refusal counts, whichever file comes last
    assert project.run().sources[0].new == 0


@pytest.mark.parametrize("way", [{}, {"column": "a", "value": True}, {"file": {"*": True}, "negate": True}])
def test_consent_is_said_in_one_way(project: Project, way: dict[str, Any]) -> None:
    project.write("s.csv", "id,mail,a\n1,a@x.org,yes\n")
    project.source(person=_person(email=way))
    with pytest.raises(ConfigError, match=r"consent\.email"):
        project.config()


def test_what_a_project_says_of_files_goes_over_what_its_preset_says(project: Project) -> None:
    own = {"file": {"member list.csv": True}}
    for name, consent in (("files", own), ("value", {"value": False}), ("column", "TAGS")):
        project.source(name, "x.csv", preset="mailchimp.members", person={"consent": {"email": consent}})
    found = {name: source.person.consent["email"] for name, source in project.config().sources.items()}
    assert list(found["files"].file)[-1] == "member list.csv"
    assert "*unsubscribed*" in found["files"].file
    assert (found["value"].value, found["value"].file) == (False, {})
    assert (found["column"].column, found["column"].file) == ("TAGS", {})
