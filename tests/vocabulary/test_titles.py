"""Titles: those of one person, of two, of a company; what is none."""

from __future__ import annotations

import duckdb
import pytest

from cxunify.vocabulary import companies, titles

ONE = [
    "Mr", "Mrs.", "Herr", "Frau Dr.", "Prof. Dr.", "M.", "Mme", "Sr.", "Sra.", "Sig.ra", "Dhr.", "Paní", "Mx", "Mr/Mrs", "M./Mme",
]  # fmt: skip
TWO = [
    "Mr & Mrs", "Mr and Mrs", "MR + MRS", "Dr. & Mrs.", "Herr und Frau", "Herrn Dr. und Frau Dr.", "M. et Mme", "M Mme",
    "Monsieur et Madame", "Sr. y Sra.", "Don y Doña", "Sr. e Sra.", "Sig. e Sig.ra", "Dhr. en Mevr.", "Pan i Pani", "Pán a Paní",
    "Hr. og Fru", "Familie", "Eheleute", "Fam.", "Messrs.", "Firma", "Société",
]  # fmt: skip
NONE = ["CEO", "Head of R & D", "Product page", "Dr I Lord", "Mend", "D", "Manager", "Mrs Dalloway", "Moud"]


@pytest.mark.parametrize("written", [*ONE, *TWO, *NONE])
def test_titles(written: str) -> None:
    [(nobodys,)] = duckdb.execute(f"select {titles.is_nobodys('w')} from (select ? as w)", [written]).fetchall()
    assert nobodys == (written in TWO)
    assert titles.is_one(written) == (written in [*ONE, *TWO, "D"])


@pytest.mark.parametrize(
    ("written", "several"),
    [
        ("Mr & Mrs J Smith", True), ("Sr. y Sra. Ortega", True), ("Sig. e Sig.ra Rossi", True), ("M Mme Dupont", True),
        ("Firma Huber", True), ("José Ortega y Gasset", False), ("Dr I Lord", False), ("Mend Osten", False), ("Don Pedro", False),
        ("Sra. Ana e Silva", False), ("Mrs Mme Kamau", False), ("M Madame", True),
    ],
)  # fmt: skip
def test_names_of_several(written: str, several: bool) -> None:
    sql = companies.is_company("w", "lower(w)")
    assert duckdb.execute(f"select {sql} from (select ? as w)", [written]).fetchall() == [(several,)]
