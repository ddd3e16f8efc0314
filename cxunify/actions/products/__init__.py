"""What a customer may buy next: again, and new."""
