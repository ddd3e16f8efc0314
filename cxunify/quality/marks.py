"""staging.invalid, raw.<source> -> what the letters beside numbers that could not be read usually mean, for the lines to paste."""

from __future__ import annotations

import json

from cxunify.config import Config
from cxunify.warehouse import Warehouse, literal, quote

_USUAL = {"CR": -1, "DR": 1, "K": 1_000, "M": 1_000_000}
"""Credit and debit, thousands and millions: what a ledger writes beside a number. What else stands there only its owner knows."""
_FORMAT = '{self|format="%d/%m/%Y"}'


def marked(warehouse: Warehouse, config: Config, source: str | None, field: str | None, paste: str) -> str:
    """The lines for a number's marks in the place of those for a date's format, where cells of the field bear usual marks."""
    found = _found(warehouse, config, str(source), str(field)) if _FORMAT in paste else {}
    return paste.replace(_FORMAT, f"{{self|marks={json.dumps(found)}}}") if found else paste


def _found(warehouse: Warehouse, config: Config, source: str, field: str) -> dict[str, int]:
    event = config.sources[source].interaction
    number = getattr(event, field, None) if field in {"amount", "quantity", "score"} else None
    names = set(number.names) & set(warehouse.columns(f"raw.{source}")) if number else set()
    if not names:
        return {}
    cell = f"concat_ws(' ', {', '.join(f'r.{quote(name)}' for name in sorted(names))})"
    alone = [literal(rf"(?i)(^|[^\p{{L}}]){word}\.?([^\p{{L}}]|$)") for word in _USUAL]
    asked = ", ".join(f"coalesce(bool_or(regexp_matches({cell}, {pattern})), false)" for pattern in alone)
    there = warehouse.rows(
        f"select {asked} from raw.{quote(source)} as r semi join (select file_id, source_row from staging.invalid"
        f" where source = {literal(source)} and field = {literal(field)}) using (file_id, source_row)"
    )[0]
    return {word: times for (word, times), is_there in zip(_USUAL.items(), there, strict=True) if is_there}
