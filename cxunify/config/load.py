"""cxunify.yaml -> Config, or every problem in it at once, each with its line and the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from cxunify.config.also import further
from cxunify.config.document import nodes, overgrown, values
from cxunify.config.gaps import unknown
from cxunify.config.models import Config
from cxunify.config.presets import preset
from cxunify.errors import ConfigError, LookupFailed, Problem, nearest
from cxunify.schema import COMPARED

Location = tuple[str | int, ...]
_BEGINNING = (
    "It needs at least `version: 1`, `region`, `currency` and `sources`; `cxunify schema` prints every key there is."
)


def load(path: Path) -> Config:
    """Read and validate the configuration at `path`. Raises ConfigError with every problem found."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(
            f"there is no configuration at {path}",
            "Name one with --config. `cxunify demo` makes one to start from, `cxunify presets` lists mappings of known exports.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the configuration {path}: {type(error).__name__}", "Check the file.") from error
    if odd := [sign for sign in "\\?" if sign in str(path.resolve().parent)]:
        raise ConfigError(
            f"the folder of {path.name} has a {' and a '.join(odd)} in its path, which the database takes for something else",
            "Rename that folder, or move the project.",
        )
    data, lines, problems = _parse(text, path.name)
    if not isinstance(data, dict):
        what = "is empty" if data is None else "is no list of keys and values"
        raise ConfigError(f"{path.name}: the document {what}", _BEGINNING)
    problems += list(_apply_presets(data, lines, path.name))
    problems += [
        _speaking(one.at, f"{_where(one.at, lines, path.name)} {one.what}", one.fix) for one in further(data, lines)
    ]
    problems += list(_cross_check(data, lines, path.name))
    problems += [Problem(f"{_where(one.at, lines, path.name)}{one.what}", one.fix) for one in unknown(data)]
    config = None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        problems += [_problem(item, lines, path.name) for item in _once(error.errors())]
    if config is None or problems:
        raise ConfigError(problems)
    config._root = path.resolve().parent  # noqa: SLF001 - the one place that knows where the file lies
    return config


# -- presets -----------------------------------------------------------------------------------------------------------


def _apply_presets(data: dict[str, Any], lines: dict[Location, int], name: str) -> Iterator[Problem]:
    """Fill each source that names a preset, in place; what the user wrote wins."""
    sources = data.get("sources")
    for key, source in (sources if isinstance(sources, dict) else {}).items():
        if not isinstance(source, dict) or not isinstance(source.get("preset"), str):
            continue
        try:
            sources[key] = _merge(preset(source["preset"]).mapping, source)  # type: ignore[index]
        except LookupFailed as error:
            at = ("sources", key, "preset")
            yield from (
                _speaking(at, f"{_where(at, lines, name)}: {problem.what}", problem.fix) for problem in error.problems
            )


def _merge(preset: Any, written: Any) -> Any:
    """What the user wrote over what the preset says, key by key; mappings of columns, and one value for all, stay whole.

    `null` written over what the preset has takes it away: a column that holds hashes is no mailbox, whatever its header says.
    """
    if not isinstance(preset, dict) or not isinstance(written, dict):
        return written
    keys = {*preset, *written}
    if keys & {"column", "columns"} or {"file", "value"} <= keys:
        return written
    merged = {**preset, **{key: _merge(preset.get(key), value) for key, value in written.items()}}
    return {key: value for key, value in merged.items() if value is not None or key not in preset}


def _cross_check(data: dict[str, Any], lines: dict[Location, int], name: str) -> Iterator[Problem]:
    """What one key alone cannot show: sources that map nothing, foreign keys into no source of persons, evidence that is none."""
    sources = {key: value for key, value in _mapping(data, "sources").items() if isinstance(value, dict)}
    persons = [key for key, source in sources.items() if "person" in source]
    for key, source in sources.items():
        if "person" not in source and "interaction" not in source:
            where = _where(("sources", key), lines, name)
            yield _speaking(("sources", key), f"{where} maps nothing", "Add `person`, `interaction`, or both.")
        for target in _mapping(_mapping(source, "interaction"), "person"):
            if target not in persons:
                at = ("sources", key, "interaction", "person", target)
                told = f"{_where(at, lines, name)} is no source of persons"
                yield _speaking(at, told, f"Those are: {', '.join(persons) or 'none'}.")
    attributes = dict.fromkeys(
        name for source in sources.values() for name in _mapping(_mapping(source, "person"), "attributes")
    )
    yield from _evidence(_mapping(data, "identity").get("evidence"), list(attributes), lines, name)
    yield from _ignored(_mapping(_mapping(data, "identity"), "ignore"), sources, lines, name)


def _ignored(
    ignored: dict[str, Any], sources: dict[str, Any], lines: dict[Location, int], name: str
) -> Iterator[Problem]:
    """Spellings that do not count of an identifier that no source maps: a word misspelt would do nothing."""
    known = dict.fromkeys(
        f"person.{kind}" if part == "person" else kind
        for source in sources.values()
        for subject, part in (("person", "identifiers"), ("interaction", "identifiers"), ("interaction", "person"))
        for kind in _mapping(_mapping(source, subject), part)
    )
    for key in ignored:
        if key not in known:
            where = _where(("identity", "ignore", key), lines, name)
            yield Problem(f"{where} is no identifier of any source", f"Those are: {', '.join(known) or 'none'}.")


def _evidence(evidence: Any, attributes: list[str], lines: dict[Location, int], name: str) -> Iterator[Problem]:
    """Evidence that is no attribute of persons, that is named twice, or that bears the name of a field of every project."""
    taken = [field.replace(" ", "_") for field in COMPARED]
    free = [attribute for attribute in attributes if attribute not in taken]
    named = evidence if isinstance(evidence, list) else []
    for place, attribute in enumerate(named):
        where = f"{_where(('identity', 'evidence', place), lines, name)}: {attribute!r}"
        if attribute in taken:
            yield Problem(
                f"{where} is the name of a field that is compared anyway",
                f"Call the attribute otherwise. Names that are taken: {', '.join(taken)}.",
            )
        elif attribute not in attributes:
            yield Problem(f"{where} is no attribute of persons", f"Those are: {', '.join(free) or 'none'}.")
        elif attribute in named[:place]:
            yield Problem(f"{where} is named twice", "Keep one.")


def _mapping(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


# -- problems ----------------------------------------------------------------------------------------------------------


def _parse(text: str, name: str) -> tuple[Any, dict[Location, int], list[Problem]]:
    """The document, the line of every key in it, and what is wrong with it as YAML."""
    try:
        if (found := overgrown(text)) is not None:
            raise ConfigError(f"{name}:{found[0]}: {found[1]}", "Write out what is meant, without aliases that grow.")
        node = nodes(text)
        lines, problems = _lines(node, name)
        data = values(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        what = getattr(error, "problem", None) or "not YAML"
        raise ConfigError(f"{where}: {what}", "Check indentation, colons and quotes around this line.") from error
    return data, lines, problems


def _lines(node: yaml.Node | None, name: str) -> tuple[dict[Location, int], list[Problem]]:
    """The line of every key, and the keys that are there twice."""
    lines: dict[Location, int] = {}
    problems: list[Problem] = []

    def walk(node: yaml.Node | None, at: Location) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                here = (*at, str(key.value))
                if here in lines:
                    problems.append(
                        _speaking(
                            here,
                            f"{name}:{key.start_mark.line + 1}: {'.'.join(map(str, here))} is written twice",
                            f"The other one is in line {lines[here]}; keep one.",
                        )
                    )
                lines[here] = key.start_mark.line + 1
                walk(value, here)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                lines[(*at, index)] = value.start_mark.line + 1
                walk(value, (*at, index))

    walk(node, ())
    return lines, problems


def _where(location: Location, lines: dict[Location, int], name: str) -> str:
    """`cxunify.yaml:12: sources.contacts.person.emial`."""
    line = next((lines[location[:end]] for end in range(len(location), 0, -1) if location[:end] in lines), None)
    named = ".".join(
        str(part) for part in location if part != "[key]"
    )  # pydantic's word for what is wrong with a key itself
    return f"{name}{f':{line}' if line else ''}: {named or 'the document'}"


def _speaking(location: Location, what: str, fix: str) -> Problem:
    """A problem that says of which source and key it speaks."""
    named = [str(part) for part in location if part != "[key]"]
    if len(named) < 2 or named[0] != "sources":
        return Problem(what, fix)
    return Problem(what, fix, source=named[1], key=".".join(named[2:]))


def _once(items: Sequence[Any]) -> Iterator[Any]:
    """Pydantic's findings without those that another one explains: a key that is missing because it is misspelt."""
    meant = {(*at[:-1], _nearest(at)) for at in (item["loc"] for item in items if item["type"] == "extra_forbidden")}
    yield from (item for item in items if item["type"] != "missing" or item["loc"] not in meant)


def _nearest(location: Location) -> str:
    """The valid key that is most like an unknown one; empty when none is."""
    return nearest(str(location[-1]), _keys_at(location[:-1]), 0.5)


def _problem(item: Any, lines: dict[Location, int], name: str) -> Problem:
    """One of pydantic's findings in our words."""
    location: Location = item["loc"]
    where = _where(location, lines, name)
    if item["type"] == "extra_forbidden":
        near = _nearest(location)
        hint = f"Did you mean `{near}`? " if near else ""
        return _speaking(location, f"{where} is not a key", f"{hint}Valid here: {', '.join(_keys_at(location[:-1]))}.")
    if item["type"] == "missing":
        return _speaking(
            location, f"{where} is missing", f"Add it under {'.'.join(map(str, location[:-1])) or 'the top level'}."
        )
    if item["type"] == "value_error":
        problem, _, fix = str(item["ctx"]["error"]).partition("; ")
        return _speaking(location, f"{where}: {problem}", f"{fix[:1].upper()}{fix[1:]}." if fix else "")
    expected = str(item.get("ctx", {}).get("expected", "")).replace("'", "")
    return _speaking(
        location, f"{where}: {item['msg'][:1].lower()}{item['msg'][1:]}", f"Valid: {expected}." if expected else ""
    )


def _keys_at(location: Location) -> list[str]:
    """The valid keys at a place of the document."""
    kinds: list[Any] = [Config]
    for part in location:
        kinds = [inner for kind in kinds for inner in _children(kind, part)]
    return [
        field.alias or key
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, BaseModel)
        for key, field in kind.model_fields.items()
    ]


def _children(kind: Any, part: str | int) -> Iterator[Any]:
    """The types that stand under `part` of a type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = next((field for key, field in kind.model_fields.items() if (field.alias or key) == part), None)
        if field is not None:
            yield from _plain(field.annotation)
    elif get_origin(kind) in {dict, tuple, list}:
        arguments = get_args(kind)
        yield from _plain(arguments[1] if get_origin(kind) is dict else arguments[0])


def _plain(annotation: Any) -> Iterator[Any]:
    """A type without Annotated, Optional and unions around it."""
    if get_origin(annotation) is Annotated:
        yield from _plain(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, UnionType}:
        for argument in get_args(annotation):
            if argument is not NoneType:
                yield from _plain(argument)
    else:
        yield annotation
