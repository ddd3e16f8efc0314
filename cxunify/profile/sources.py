"""config -> profile.sources, profile.channels: what each source's rows are and how far they are trusted."""

from __future__ import annotations

from cxunify.config import Config
from cxunify.schema.profile import CHANNELS, SOURCES
from cxunify.warehouse import Stage, literal

WEB = ("web", "app")
"""Channels in which people move by themselves, in visits."""
STORE = ("pos", "store")
"""Channels in which people buy over a counter."""

CONSENT = ("email", "phone", "sms", "mail", "push")
"""Channels of which a source whose channel they are speaks where people opt in and out."""


def sources(config: Config) -> Stage:
    """The stage of profile.sources. Sources that `source_priority` leaves out share the lowest trust."""
    ranked = config.profile.source_priority
    rows = ", ".join(
        f"({literal(name)}, {literal(source.channel)},"
        f" {len(ranked) - ranked.index(name) if name in ranked else 0}, {number})"
        for number, (name, source) in enumerate(sorted(config.sources.items()))
    )
    return Stage(
        SOURCES,
        f"""
select
    source, channel, priority::bigint as priority, source_no::bigint as source_no,
    channel in {WEB} as is_web, channel in {STORE} as is_store,
    channel in {CONSENT} as is_consent
from (values {rows}) as listed(source, channel, priority, source_no)""",
    )


def channels() -> Stage:
    """The stage of profile.channels."""
    return Stage(
        CHANNELS,
        "select distinct channel, is_web, is_store from profile.sources",
    )
