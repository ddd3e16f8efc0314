"""The fields by which the records of every project are compared: names that an attribute of a project may not have again."""

from __future__ import annotations

COMPARED = (
    "given name", "family name", "email", "phone", "address", "birth date", "identifier", "mailbox spells", "other names",
    "generation", "gender", "origin",
)  # fmt: skip
"""In the order of cxunify.identity.match.fields, which holds what each of them is; a test compares the two."""
