"""What `make bench` runs: speed beside the floor, accuracy against known truth. Never part of `make check`."""
