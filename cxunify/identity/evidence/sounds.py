"""identity.features -> identity.sounds: every name, and how it sounds, whatever the spelling of its country."""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.vocabulary.names import sound
from cxunify.warehouse import Stage


def stages() -> tuple[Stage, ...]:
    """The table of sounds; each distinct name is read once."""
    select = f"""
with
names as (
    select given as name from identity.features where given is not null
    union
    select family from identity.features where family is not null
)
select name, {sound("name")} as sound from names
"""
    return (Stage(Table("identity.sounds", "One row per given or family name: how it sounds.", ("name",)), select),)
