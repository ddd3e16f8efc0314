"""files of a stranger -> Findings and the text of a configuration: what a person would say who looks at headers and values."""

from __future__ import annotations

from cxunify.discover.findings import Choice, Found, Place, Unused
from cxunify.discover.look import Findings, look

__all__ = ["Choice", "Findings", "Found", "Place", "Unused", "look"]
