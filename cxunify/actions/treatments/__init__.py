"""Which track of treatment each customer is on, by which channel, and what keeps it from being contacted."""
