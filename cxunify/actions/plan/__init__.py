"""Who is made which offer, within budget, capacities and what people bear."""
