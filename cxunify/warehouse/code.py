"""A function -> a fingerprint of the code that it runs: what it computes may have changed though nothing that it reads has."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_ASIDE = ("cxunify.warehouse", "cxunify.config")
"""What these do is in the SELECTs and settings of a step, which have a fingerprint of their own."""
_IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+(cxunify[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)|import[ \t]+(cxunify[\w.]*))",
    re.MULTILINE,
)


@cache
def code_behind(file: Path) -> str:
    """A fingerprint of all in a module's folder, since a constant next door may have changed, and of what the module imports."""
    beside = {path for path in imported(file, _ROOT) if path.parent != file.parent}
    return hashlib.sha256(f"{code_of(file.parent)} {_digest(beside)}".encode()).hexdigest()


def imported(file: Path, root: Path) -> set[Path]:
    """The modules of the package in the folder `root` that a module imports, and that these import, however far around."""
    found, left = set[Path](), [file]
    while left:
        new = _named(left.pop(), root) - found
        found |= new
        left += new
    return found


@cache
def _named(file: Path, root: Path) -> frozenset[Path]:
    """The modules of the package that a module imports itself."""
    modules = set[str]()
    for origin, names, plain in _IMPORTS.findall(file.read_text(encoding="utf-8")):
        modules |= {plain} if plain else {origin, *(f"{origin}.{name}" for name in re.findall(r"\w+", names))}
    return frozenset(path for module in modules if (path := _file_of(module, root)) is not None)


@cache
def _file_of(module: str, root: Path) -> Path | None:
    if module.startswith(_ASIDE):
        return None
    place = root.joinpath(*module.split(".")[1:])
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if module != "cxunify" and path.is_file():
            return path
    return None


@cache
def code_of(folder: Path) -> str:
    """A fingerprint of all files of a folder."""
    return _digest(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.as_posix().removeprefix(_ROOT.as_posix()).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
