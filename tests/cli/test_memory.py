"""What a project remembers: decisions of people, and what becomes of them."""

from __future__ import annotations

from tests.cli.project import Project

HEADER = "source_a,record_id_a,source_b,record_id_b,decision\n"


def test_decisions_that_contradict_each_other_stop_a_run_and_a_check_and_nothing_else_happens(own: Project) -> None:
    before = own.digests()
    pairs = "crm_contacts,1,pos_customers,2,same\nweb_accounts,3,pos_customers,2,same\ncrm_contacts,1,web_accounts,3,different\n"
    (own.folder / "decisions.csv").write_text(HEADER + pairs)
    for command in ("run", "check"):
        told = own.run(command, expect=65).stderr
        assert (
            "decisions.csv:4: two records are decided to be different, and decisions.csv:2, decisions.csv:3 makes"
            in told
        )
    (own.folder / "decisions.csv").write_text("")
    assert "decisions.csv is empty" in own.run("run", expect=65).stderr
    assert own.digests() == before


def test_decisions_on_records_that_are_not_there_are_told(own: Project) -> None:
    (own.folder / "decisions.csv").write_text(f"{HEADER}crm_contacts,nobody,pos_customers,nobody,same\n")
    assert "1 decision speaks of a record that is not there (of the file, line 2)" in own.run("resolve").stderr
