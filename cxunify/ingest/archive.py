"""a .zip -> the members of it that are extracts: the only one that can be read, or those that the source names."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath


class Refused(Exception):
    """What is wrong with an archive, and what can be done about it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def members(path: Path, pattern: str | None, readable: Callable[[str], bool]) -> list[str]:
    """The names of an archive's members that are extracts. Raises Refused.

    Without a pattern it must be one: the only file of a kind that is `readable`. What an archiver puts beside the files
    (folders, those of macOS, those that begin with a dot) is none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise Refused("is no ZIP archive that can be read", "Copy or export it again.") from None
    for one in inside:
        parts = PurePosixPath(one.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in "".join(parts.parts[:1]):
            raise Refused(
                "has a member that would be written outside of its folder",
                "That is an attack: do not unpack it anywhere.",
            )
    files = [one for one in inside if not one.is_dir() and not _beside(one.filename)]
    names = [one.filename for one in files]
    if pattern is None:
        chosen = [one for one in files if len(files) == 1 or readable(one.filename)]
    else:
        # brackets are no pattern here, as in the names of files
        escaped = pattern.replace("[", "[[]").casefold()
        chosen = [one for one in files if one.filename == pattern or fnmatchcase(_called(one, pattern), escaped)]
    listed = ", ".join(f"`{name}`" for name in names[:10]) + (", …" if len(names) > 10 else "")
    if not chosen:
        what = f"has no member `{pattern}`" if pattern else "has no member that can be read"
        raise Refused(what, f"It has {listed or 'none at all'}. Say which one: `member: …`")
    if len(chosen) > 1 and pattern is None:
        raise Refused(
            f"has several members that can be read: {listed}",
            "Say which one: `member: …`; a pattern names several, and where these are parts of one export, add `load: parts`.",
        )
    if any(one.flag_bits & 1 for one in chosen):
        raise Refused("is protected with a password", "Unpack it, or make one without.")
    if len({one.filename for one in chosen}) < len(chosen):
        raise Refused("has several members of one name", "Unpack it, and give each its own.")
    return [one.filename for one in chosen]


def _called(one: zipfile.ZipInfo, pattern: str) -> str:
    """The name of a member that a pattern is held against: with its folders where the pattern has some."""
    return (one.filename if "/" in pattern else PurePosixPath(one.filename).name).casefold()


def _beside(name: str) -> bool:
    """Whether a member is what an archiver puts beside the files."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or bool(parts and (parts[-1].startswith(".") or parts[-1].casefold() == "thumbs.db"))
