"""quality/readiness.yaml, quality/checks -> what capabilities need of the data, and the names that a configuration may override."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from cxunify.config.document import document
from cxunify.errors import nearest


@cache
def catalogue() -> dict[str, Any]:
    """The capabilities and measures as they ship."""
    listed = (resources.files("cxunify") / "quality" / "readiness.yaml").read_text(encoding="utf-8")
    shipped: dict[str, Any] = document(listed)
    return shipped


def requirement(name: str) -> str:
    """The name of a requirement, `capability.measure`. Raises ValueError, with the nearest one, where there is none."""
    needs = {capability: spec["needs"] for capability, spec in catalogue()["capabilities"].items()}
    capability, _, measure = name.partition(".")
    if capability not in needs:
        near = nearest(capability, needs)
        meant = f"did you mean `{near}`? " if near else ""
        raise ValueError(f"there is no capability {capability}; {meant}Those are: {', '.join(needs)}")
    if measure not in needs[capability]:
        near = nearest(measure, needs[capability])
        meant = f"did you mean `{capability}.{near}`? " if near else ""
        raise ValueError(
            f"{capability} needs no {measure or 'such thing'}; {meant}It needs: {', '.join(needs[capability])}"
        )
    return name


def check(name: str) -> str:
    """The name of a check. Raises ValueError, with the nearest one, where there is none."""
    listed = (resources.files("cxunify") / "quality" / "checks").iterdir()
    known = sorted(each.name.removesuffix(".sql") for each in listed if each.name.endswith(".sql"))
    if name not in known:
        near = nearest(name, known)
        meant = f"did you mean `{near}`? " if near else ""
        raise ValueError(f"there is no check {name}; {meant}Those are: {', '.join(known)}")
    return name
