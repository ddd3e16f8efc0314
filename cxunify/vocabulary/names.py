"""Short and pet forms of given names -> the formal names that they may stand for."""

from __future__ import annotations

from cxunify.vocabulary.lists import rows


def nicknames() -> tuple[tuple[str, str], ...]:
    """Each form of a given name with a formal name that it may stand for; a formal name stands for itself."""
    return tuple(sorted({(name.strip(), forms[0].strip()) for forms in rows("nicknames") for name in forms}))
