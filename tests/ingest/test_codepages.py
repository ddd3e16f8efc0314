"""Texts that say no encoding: read as Western Windows writes where that makes words, else refused with what makes words of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.errors import InputError
from tests.ingest.conftest import Project

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "codepages.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['written']} {case['text'][:12]}")
def test_code_pages(project: Project, case: dict[str, Any]) -> None:
    words = case["text"].split("; ")
    lines = ["id,n", *(f'{number},"{word}"' for number, word in enumerate(words))]
    project.write("s.csv", "\n".join(lines).encode(case["written"]))
    project.source()
    if "as" in case:
        assert project.run().sources[0].loaded == len(words)
        assert project.column("select encoding from raw.files") == [case["as"]]
        assert project.column("select n from raw.s order by source_row") == words
        return
    with pytest.raises(InputError) as caught:
        project.run()
    (problem,) = caught.value.problems
    assert problem.offers == {"encoding": tuple(case["offered"])}
    assert "not UTF-8" in problem.what
    assert f"encoding: {case['offered'][0]}" in problem.fix
    project.source(csv={"encoding": case["written"]})
    assert project.run().sources[0].loaded == len(words)
    assert project.column("select n from raw.s order by source_row") == words


def test_what_was_made_utf8_twice_is_told(project: Project) -> None:
    text = "id,n\n1,Jürgen Groß\n2,Käthe Schäfer\n3,Köln\n"
    project.write("s.csv", text.encode().decode("cp1252", "replace"))
    project.source()
    assert "twice over" in _told(project)
    project.write("s.csv", text)
    assert "twice over" not in _told(project)


@pytest.mark.parametrize(
    ("written", "is_told"),
    [
        ("J&uuml;rgen Gro&szlig;", True), ("Se&#225;n O&#39;Brien", True), ("Smith &amp; Sons", False),
        ("/list?a=1&amp;b=2&lt;3", False), ("Ann; Bo & Cy;", False),
    ],
)  # fmt: skip
def test_letters_of_pages_of_the_web_are_told(project: Project, written: str, is_told: bool) -> None:
    project.write("s.csv", "id,n\n" + "".join(f'{n},"{written}"\n' for n in range(4)))
    project.source()
    assert ("pages of the web" in _told(project)) == is_told


def _told(project: Project) -> str:
    return " ".join(str(note) for note in project.run().sources[0].notes)
