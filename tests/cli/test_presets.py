"""`cxunify presets` and `cxunify schema`, as somebody has them who installed the package and nothing else."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from typer.testing import CliRunner, Result

from cxunify.cli import app
from cxunify.config.presets import names
from tests.schema import FILE, rendered

ROOT = Path(__file__).parent.parent.parent


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words, env={"COLUMNS": "80", "NO_COLOR": "1"})


def test_the_list_names_each_preset_with_what_it_is_known_by() -> None:
    shown = run("presets").stdout
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert [line for line in shown.splitlines() if line in names()] == names()
    assert "known by Opened Date, Opened Time, Check Id, Total, and one of" in " ".join(shown.split())
    listed = json.loads(run("presets", "--json").stdout)
    assert [of["name"] for of in listed] == names()
    assert all(of["about"] and of["source"] and of["recognise"]["all"] for of in listed)
    assert run("presets", "--quiet").stdout == ""


def test_one_preset_is_printed_as_it_stands() -> None:
    text = (ROOT / "cxunify" / "ingest" / "presets" / "toast.checks.yaml").read_text(encoding="utf-8")
    assert run("presets", "toast.checks").stdout == text
    found = json.loads(run("presets", "toast.checks", "--json").stdout)
    assert found["mapping"]["interaction"]["id"] == "Check Id" and found["text"] == text
    refused = run("presets", "toast.check")
    assert (refused.exit_code, refused.stdout) == (2, "") and "Did you mean `toast.checks`?" in refused.stderr


def test_the_schema_is_printed() -> None:
    assert run("schema").stdout == rendered()


def test_a_demo_has_the_schema_that_its_configuration_names(tmp_path: Path) -> None:
    from cxunify.cli.demonstration import unpack

    config = unpack(tmp_path / "demo")
    named = config.read_text(encoding="utf-8").splitlines()[0].rpartition("$schema=")[2]
    assert (config.parent / named).read_text(encoding="utf-8") == rendered()


def test_presets_and_schema_travel_in_the_wheel(tmp_path: Path) -> None:
    wheel = Path(next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])))
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
    assert {f"cxunify/ingest/presets/{name}.yaml" for name in names()} <= inside
    assert f"cxunify/bundle/configs/{FILE.name}" in inside


@pytest.mark.parametrize("word", ["run", "check", "status"])
def test_whoever_has_no_configuration_is_told_of_what_there_is(tmp_path: Path, word: str) -> None:
    refused = run(word, "--config", str(tmp_path / "none.yaml"))
    assert refused.exit_code == 78
    assert "`cxunify demo`" in refused.stderr and "`cxunify presets`" in refused.stderr
    assert "configs/" not in refused.stderr
