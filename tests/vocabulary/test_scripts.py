"""Names in other scripts in Latin letters, and the sound of names."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from cxunify.vocabulary.names import consonants, sound
from cxunify.vocabulary.scripts import latin
from cxunify.warehouse import Warehouse


def test_each_script_has_latin_letters() -> None:
    written = {
        "юлия": "yuliya", "щербакова": "shcherbakova", "γιωργος": "giorgos", "παπαδοπουλου": "papadopoulou", "محمد": "mhmd",
        "أحمد": "hmd", "דוד": "dvd", "철수": "cheolsu", "山田": "shantian", "サトウ": "sato", "オオノ": "ono", "ｱｵｲ": "aoi",
        "\uff21\uff2e\uff2e\uff21": "anna", "★": None,
    }  # fmt: skip
    assert dict(latin(pl.DataFrame({"name": list(written)})).iter_rows()) == written


@pytest.mark.parametrize(
    "spellings",
    [
        ("yuliya", "iuliia", "julia"), ("mueller", "muller"), ("joergensen", "jorgensen"), ("aagaard", "agard"),
        ("tchaikovsky", "chaykovskiy"), ("dmitriy", "dmitrij", "dmitry"), ("filip", "philipp"), ("karl", "carl"),
        ("ksenia", "xenia"), ("smirnov", "smirnoff"), ("vandersloot", "van der sloot"), ("sara", "sarah"),
    ],
    ids=str,
)  # fmt: skip
def test_spellings_of_one_name_sound_alike(spellings: tuple[str, ...]) -> None:
    with Warehouse.open() as opened:
        assert len({opened.scalar(f"select {sound('$name')}", {"name": name}) for name in spellings}) == 1


@pytest.mark.parametrize("said", [sound, consonants])
@pytest.mark.parametrize("pair", [("mohammed", "ahmed"), ("khalid", "walid"), ("hassan", "hussam")], ids=str)
def test_different_names_do_not(said: Callable[[str], str], pair: tuple[str, str]) -> None:
    with Warehouse.open() as opened:
        assert len({opened.scalar(f"select {said('$name')}", {"name": name}) for name in pair}) == 2


def test_consonants_are_what_arabic_and_hebrew_write() -> None:
    with Warehouse.open() as opened:
        for written, spelled in (
            ("mhmd", "mohammed"),
            ("fatmh", "fatima"),
            ("ywsf", "yousef"),
            ("dvd", "david"),
            ("khn", "cohen"),
        ):
            found = [opened.scalar(f"select {consonants('$name')}", {"name": name}) for name in (written, spelled)]
            assert found[0] == found[1]
