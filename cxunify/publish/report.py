"""The gap report -> files: report.json, report.md, report.html."""

from __future__ import annotations

import json

from cxunify import __version__
from cxunify.config import Config
from cxunify.publish import versions
from cxunify.publish.report_html import html
from cxunify.publish.report_markdown import markdown
from cxunify.schema.report import Report


def report_files(report: Report, config: Config | None = None) -> dict[str, str]:
    """File name to content; with a `config`, nothing where this version has published the same report already."""
    document = report.document()
    last = versions.own(config) if config is not None else None
    if last is not None and last[1]["versions"]["cxunify"] == __version__:
        written = last[0] / "report.json"
        # Said again without indents, which takes a tenth of the time.
        if written.exists() and _read(written.read_text(encoding="utf-8")) == _read(json.dumps(document)):
            return {}
    return {
        "report.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        "report.md": markdown(report),
        "report.html": html(report),
    }


def _read(text: str) -> object:
    """A document; None where a text is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None
