"""Pairs of records: compared, weighed by a model, joined into clusters."""
