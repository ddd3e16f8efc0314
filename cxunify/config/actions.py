"""The section `actions:` of the configuration: what may be asked of customers, whom nothing reaches, and what an alarm may cost."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from cxunify.config.columns import Model
from cxunify.config.offers import Offer
from cxunify.config.tracks import NOBODY, Condition, Track, shipped
from cxunify.config.values import Name, Share
from cxunify.errors import nearest

WINDOWS = (7, 30, 90)
"""The days over which contacts are counted."""


class Contact(Model):
    """What one person may be asked to bear in a channel, and what a contact costs."""

    per_7d: int | None = Field(None, ge=0, description="Most contacts in 7 days; null: any number. 0: none at all.")
    per_30d: int | None = Field(None, ge=0, description="Likewise in 30 days.")
    per_90d: int | None = Field(None, ge=0, description="Likewise in 90 days.")
    cost: float = Field(0, ge=0, description="Of one contact, in the company's currency.")
    capacity: int | None = Field(
        None,
        ge=0,
        description="Most contacts that the channel can make until the next run; who is beyond it goes by another one.",
    )

    def most(self, days: int) -> int | None:
        """Most contacts in so many days."""
        cap: int | None = getattr(self, f"per_{days}d")
        return cap


class Holdout(Model):
    """Customers whom no treatment but a service reaches, so that what treatments bring can be measured."""

    share: Share = Field(0.05, description="Of all customers; 0: nobody is held out, and no effect can be measured.")
    salt: str = Field("1", min_length=1, description="Another one draws other customers.")


def _usual() -> dict[Name, Contact]:
    """What is asked of people where nothing is said: as much as most companies allow themselves."""
    return {
        "email": Contact(per_7d=2, per_30d=6),
        "sms": Contact(per_30d=2),
        "phone": Contact(per_90d=1),
        "all": Contact(per_7d=3),
    }


class Actions(Model):
    """What to do next with each customer."""

    margin: Share | None = Field(
        None,
        description="Share of net spend that remains; null: not known, values are revenue, and nothing is called profit.",
    )
    discount: float = Field(0.1, ge=0, le=1, description="Of value that comes a year later.")
    holdout: Holdout = Holdout()
    false_alarms: float = Field(
        0.2,
        ge=0,
        le=0.5,
        description="Expected share of false ones among the alarms of changed behaviour that are published.",
    )
    contact: dict[Name, Contact] = Field(
        default_factory=_usual,
        description="By channel (email, sms, phone, mail …): what one person may be asked to bear. all: over all of them.",
    )
    transactional: tuple[str, ...] = Field(
        (), description="Campaigns that no cap counts, such as [order_*, password_*]; * stands for anything."
    )
    tracks: tuple[Track, ...] = Field(
        default_factory=shipped,
        description="What is done with whom: the first track whose conditions hold. A name may come twice.",
    )
    offers: dict[Name, Offer] = Field(default_factory=dict, description="What `cxunify plan` may offer, by its name.")
    budget: float | None = Field(None, ge=0, description="Of one plan, in the company's currency; null: no limit.")
    per_plan: int = Field(1, ge=1, description="Most offers that one plan makes to one customer.")

    @model_validator(mode="after")
    def _tracks_lead_somewhere(self) -> Self:
        if not self.tracks:
            raise ValueError("tracks: an empty list puts nobody anywhere; leave it out for those that are shipped")
        first = next((place for place, track in enumerate(self.tracks) if not track.when), len(self.tracks))
        if behind := self.tracks[first + 1 :]:
            everybody = self.tracks[first].track
            raise ValueError(
                f"the track {everybody} is everybody's, and nobody is left for {behind[0].track} behind it"
            )
        asked: dict[frozenset[Condition], str] = {}
        for track in self.tracks:
            when = frozenset(track.conditions)
            if when in asked:
                raise ValueError(
                    f"the track {track.track} asks for the same as {asked[when]} before it, and nobody is left for it"
                )
            asked[when] = track.track
        return self

    @model_validator(mode="after")
    def _channels_of_tracks(self) -> Self:
        for track in self.tracks if "tracks" in self.model_fields_set else ():
            if track.channel not in (None, NOBODY, *self.channels):
                known = ", ".join((*self.channels, NOBODY))
                raise ValueError(
                    f"the track {track.track} goes by {track.channel}, of which contact: says nothing; it has {known}"
                )
        return self

    @model_validator(mode="after")
    def _offers_can_be_made(self) -> Self:
        tracks = {track.track for track in self.tracks}
        for name, offer in self.offers.items():
            for what, said, known in (
                ("goes by", (offer.channel,), self.channels),
                ("is for the track", offer.tracks, tracks),
            ):
                for one in said:
                    if one not in known:
                        near = nearest(one, known)
                        meant = f"; did you mean {near}?" if near else f"; there is {', '.join(sorted(known))}"
                        raise ValueError(f"the offer {name} {what} {one}, which is none{meant}")
        return self

    @property
    def channels(self) -> dict[str, Contact]:
        """The channels in which customers may be contacted."""
        return {name: contact for name, contact in self.contact.items() if name != "all"}

    @property
    def contact_costs(self) -> dict[str, float]:
        """What a contact costs, by channel."""
        return {name: self.channels[name].cost for name in sorted(self.channels)}

    @property
    def over_all(self) -> Contact:
        """What counts over all channels together."""
        return self.contact.get("all", Contact())
