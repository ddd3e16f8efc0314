"""The gap report -> files: report.json, report.md, report.html."""

from __future__ import annotations

import json

from cxunify.publish.report_html import html
from cxunify.publish.report_markdown import markdown
from cxunify.schema.report import Report


def report_files(report: Report) -> dict[str, str]:
    """File name to content."""
    return {
        "report.json": json.dumps(report.document(), ensure_ascii=False, indent=1) + "\n",
        "report.md": markdown(report),
        "report.html": html(report),
    }
