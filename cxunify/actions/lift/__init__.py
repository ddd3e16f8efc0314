"""Customers of two arms -> actions.lift: what a campaign or a track changed, as far as a logged hold-out can tell."""
