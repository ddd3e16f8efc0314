"""Offers as they are written: by which channel, to whom, what it costs, is worth and changes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cxunify.config.columns import Model
from cxunify.config.values import Name


class Offer(Model):
    """Something that customers can be offered."""

    channel: Name = Field(description="By which it is made: one of contact.")
    cost: float = Field(
        0, ge=0, description="Of making it once, beside the cost of the contact; in the company's currency."
    )
    tracks: tuple[Name, ...] = Field((), description="Customers on these tracks; none named: everybody.")
    value: Literal["margin"] | float = Field(
        "margin",
        description="What one more purchase brings. margin: what the customer is expected to spend, times margin; or an amount.",
    )
    effect: Literal["measured"] | float = Field(
        "measured",
        description="By how much it raises the share of customers who buy. measured: as lift has shown; a number is your own"
        " assumption, such as 0.02, and is summed apart.",
    )
    campaign: str | None = Field(
        None, description="The campaign whose lift is its effect; null: of the offer's own name."
    )
    capacity: int | None = Field(None, ge=0, description="How often it can be made; null: any number of times.")
    days: int = Field(30, ge=1, description="For how many days it is valid.")
