"""quality.document -> the gap report as files: report.json, report.md, report.html."""

from __future__ import annotations

import json
from typing import Any

from cxunify.publish.report_html import html
from cxunify.publish.report_markdown import markdown
from cxunify.warehouse import Warehouse


def report_files(warehouse: Warehouse) -> dict[str, str]:
    """File name to content; empty where no gap report has been made."""
    if not warehouse.exists("quality.document"):
        return {}
    document: dict[str, Any] = json.loads(warehouse.scalar("select document from quality.document"))
    return {
        "report.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        "report.md": markdown(document),
        "report.html": html(document),
    }
