"""What follows from clusters: customers with lasting ids, links, identifiers, traces, households, health."""
