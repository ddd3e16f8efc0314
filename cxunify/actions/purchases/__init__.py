"""profile.* -> actions.*: when customers will buy again, for how much, and how far such forecasts can be trusted here."""
