"""cxunify: from CRM, POS and web extracts to one row per customer, one timeline, and a priced list of gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxunify.publish.reader import open  # noqa: A004 - cxunify.open reads better than anything else

__all__ = ["__version__", "open"]

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    """`cxunify.open(out)`, imported when it is first asked for: the package itself must load in no time."""
    if name == "open":
        from cxunify.publish import reader

        return reader.open
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
