"""The vocabulary -> identity.nicknames, .masculine_names, .surnames, .country_names: what people know and columns do not say."""

from __future__ import annotations

from cxunify.config import Config
from cxunify.identity.evidence.contact import regions
from cxunify.schema import Table
from cxunify.vocabulary.lists import values
from cxunify.vocabulary.names import masculine, nicknames, sound, surnames
from cxunify.vocabulary.places import countries
from cxunify.warehouse import Stage


def stages(config: Config) -> tuple[Stage, ...]:
    """The word lists that are joined, as tables; others stand in the SQL that asks for them."""
    return (
        Stage(
            Table("identity.nicknames", "One row per short form of a given name.", ("name", "formal")),
            f"from (values {values(nicknames())}) as listed(name, formal)",
        ),
        Stage(
            Table("identity.masculine_names", "One row per man's name and woman's name made of it, by sound.", ()),
            f"select {sound('name')} as name, {sound('woman')} as woman from (values {values(masculine())}) as listed(name, woman)",
        ),
        Stage(
            Table("identity.surnames", "One row per spelling of a Korean or Chinese surname.", ("name", "surname")),
            f"from (values {values(surnames())}) as listed(name, surname)",
        ),
        Stage(
            Table("identity.country_names", "One row per name of a country.", ("name",)),
            f"from (values {values(countries(*regions(config)))}) as listed(name, country)",
        ),
    )
