"""The README says what is so: its tables are generated, its examples are run, its links lead somewhere."""

import re

from tests.docs import README, ROOT, commands, rendered


def test_the_readme_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    assert rendered(text) == text, "run `make docs`"


def test_every_command_is_shown_in_an_example() -> None:
    text = "".join(re.findall(r"```(?:console|sh)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL))
    missing = [name for name in re.findall(r"`cxunify (\w+)`", commands()) if f"cxunify {name}" not in text]
    assert not missing


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", README.read_text(encoding="utf-8"))
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]
