"""The parts of the generated world, from the dice at the bottom to the extracts on top."""
