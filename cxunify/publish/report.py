"""The gap report -> files: report.json, report.md, report.html."""

from __future__ import annotations

import json

from cxunify.config import Config
from cxunify.publish import versions
from cxunify.publish.report_html import html
from cxunify.publish.report_markdown import markdown
from cxunify.schema.report import Report


def report_files(report: Report, config: Config | None = None) -> dict[str, str]:
    """File name to content; with a `config`, nothing where this version has published the same report already."""
    document = report.document()
    if config is not None and versions.has(config, "report.json", json.dumps(document)):
        return {}
    return {
        "report.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        "report.md": markdown(report),
        "report.html": html(report),
    }
