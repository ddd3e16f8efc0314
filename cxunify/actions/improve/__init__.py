"""What to do better: where sales are lost and customers leave, who needs help, and what of it matters most."""
