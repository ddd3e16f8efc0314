"""configs/cxunify.schema.json, by which editors complete and check a configuration; `python -m tests.schema` writes it anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from cxunify.config import Config

FILE = Path(__file__).parent.parent / "configs" / "cxunify.schema.json"
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_SHORT = {
    "_as_column": [_TEXT],
    "as_columns": [_TEXT, _TEXTS],
    "_as_identifier": [_TEXT],
    "_as_flag": [_TEXT],
    "_as_kind": [_TEXT],
    "_as_currency": [_TEXT],
}
"""What may be written instead of the long form, by the validator that makes the long form of it."""


class _Written(GenerateJsonSchema):
    """The schema of what people write: where a validator accepts a short form, so does the schema."""

    def function_before_schema(self, schema: Any) -> dict[str, Any]:
        long = super().function_before_schema(schema)
        name = schema["function"]["function"].__name__
        short = [long["items"]] if name in {"as_list", "_as_contacts"} else _SHORT.get(name, [])
        return {"anyOf": [*short, long]} if short else long


def rendered() -> str:
    """The schema as it should be today."""
    schema = Config.model_json_schema(schema_generator=_Written)
    del schema["$defs"]["Interaction"]["required"]  # a preset may say it
    return json.dumps({"$schema": _Written.schema_dialect, **schema}, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(rendered(), encoding="utf-8")
