"""cxunify: from CRM, POS and web extracts to one row per customer, one timeline, and a priced list of gaps."""

__version__ = "0.1.0"
