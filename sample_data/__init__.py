"""A small retail world with known truth, and the generator that makes it at any size."""
