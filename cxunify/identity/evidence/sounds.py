"""identity.features -> identity.sounds: every name in Latin letters, and how it sounds, whatever the spelling of its country."""

from __future__ import annotations

from cxunify.schema import Table
from cxunify.vocabulary import scripts
from cxunify.vocabulary.names import sound
from cxunify.warehouse import Loop, Split, Stage, Step

_NAMES = " union ".join(
    f"select {column} as name from identity.features where {column} is not null"
    for column in ("given", "family", "other_names")
)


def stages() -> tuple[Step, ...]:
    """Names in other scripts, put into Latin letters; then all names. Each distinct one is read once."""
    select = rf"""
with
spelled as materialized (
    select n.name, coalesce(l.latin, n.name) as latin from ({_NAMES}) as n left join temp.latin_names as l on l.name = n.name
)
select
    name, latin, {sound("latin")} as sound,
    -- How a character is read cannot be seen, and Arabic and Hebrew leave vowels out.
    regexp_matches(name, '\p{{Han}}') as is_unread, regexp_matches(name, '[\p{{Arabic}}\p{{Hebrew}}]') as is_vowelless
from spelled
"""
    return (
        Loop(
            Table(
                "temp.latin_names", "One row per name in other than Latin letters: its spelling in these.", ("name",)
            ),
            scripts.latin,
            {"names": f"select name from ({_NAMES}) where regexp_matches(name, '[^ -~]') order by name"},
            split=Split(),
        ),
        Stage(
            Table("identity.sounds", "One row per name: how it is spelled in Latin letters, and sounds.", ("name",)),
            select,
        ),
    )
