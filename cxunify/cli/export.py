"""`cxunify export WHO`: everything held on a person, as one JSON document and a page; with --json, the document on stdout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cxunify import private
from cxunify.cli.options import Options
from cxunify.cli.output import as_json, result, write_json
from cxunify.cli.parts import count, next_step, text
from cxunify.config import load
from cxunify.lock import hold
from cxunify.subject.erase import EXPORTS, open_for
from cxunify.subject.export import export as everything
from cxunify.subject.page import page
from cxunify.subject.person import customer_of, person


def export(options: Options, who: str, out: Path | None) -> None:
    """Hand over whoever `who` stands for: two files for their owner alone in the folder `out`, or the document on stdout."""
    config = load(options.config)
    customer_id = customer_of(config, who)
    with hold(config.warehouse_path, shared=True), open_for(config, dry=True) as warehouse:
        held = as_json(everything(warehouse, config, person(warehouse, config, customer_id)))
    if options.json:
        write_json(held)
        return
    out = out or config.root / EXPORTS
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    document, readable = (out / f"{customer_id}.{ending}" for ending in ("json", "html"))
    private.write(document, json.dumps(held, ensure_ascii=False, indent=1) + "\n")
    private.write(readable, page(held))
    result(options, held, lambda told: _said(told, document, readable))


def _said(held: dict[str, Any], document: Path, readable: Path) -> Iterator[Any]:
    published, delivered = (sum(map(len, held[part].values())) for part in ("published", "delivered"))
    yield text(
        f"{count(delivered, 'row')} as systems delivered them, {count(published, 'row')} of what is made of them:"
    )
    yield text(f"  {document}\n  {readable}")
    yield next_step("hand both over, and remove them then")
