"""Customers' active days -> actions.triggers, actions.trigger_checks: who has changed, and how many of these only seem to have."""
