"""profile.*, quality.* -> actions.*: what a company can do once it has true customers and a timeline, and whether it worked."""
