"""One person: what is held on them, handed over or erased. Nothing here is part of a run."""
