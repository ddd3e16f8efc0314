"""The fields by which two records are compared, one module each; to change what a level means is to change its field alone."""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.match.fields.address import ADDRESS
from cxunify.identity.match.fields.attribute import attribute
from cxunify.identity.match.fields.birth_date import BIRTH_DATE
from cxunify.identity.match.fields.email import EMAIL
from cxunify.identity.match.fields.family_name import FAMILY_NAME
from cxunify.identity.match.fields.field import BITS, MISSING, Field, Kind, Level, starts
from cxunify.identity.match.fields.gender import GENDER
from cxunify.identity.match.fields.generation import GENERATION
from cxunify.identity.match.fields.given_name import GIVEN_NAME
from cxunify.identity.match.fields.identifier import IDENTIFIER
from cxunify.identity.match.fields.mailbox import MAILBOX
from cxunify.identity.match.fields.origin import ORIGIN
from cxunify.identity.match.fields.other_names import OTHER_NAMES
from cxunify.identity.match.fields.phone import PHONE

__all__ = [
    "ADDRESS",
    "BESIDE_A_NAME",
    "BITS",
    "EMAIL",
    "FIELDS",
    "GIVEN_NAME",
    "MISSING",
    "ORIGIN",
    "PHONE",
    "Field",
    "Kind",
    "Level",
    "fields",
    "starts",
]

FIELDS = (
    GIVEN_NAME, FAMILY_NAME, EMAIL, PHONE, ADDRESS, BIRTH_DATE, IDENTIFIER, MAILBOX, OTHER_NAMES, GENERATION, GENDER, ORIGIN,
)  # fmt: skip
"""Those of every project, in the order of their levels in a pattern."""
BESIDE_A_NAME = (EMAIL, PHONE, BIRTH_DATE, ADDRESS)
"""What a join is named for where the given name agrees too: the first of these that agrees."""


def fields(config: Config) -> tuple[Field, ...]:
    """The fields in force: those of every project and the attributes that are named as evidence."""
    return (*FIELDS, *(attribute(name) for name in config.identity.evidence))
