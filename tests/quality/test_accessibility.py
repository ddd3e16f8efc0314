"""The HTML report in a real browser, judged by axe-core: nothing that keeps anybody from reading it, by day and by night."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from cxunify import quality
from cxunify.publish.report import report_files
from tests.quality.shop import CONFIG, assess, shop
from tests.tables import remember

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@pytest.fixture(scope="module")
def page() -> str:
    """A report with gaps, lines to paste, every chart and a run before it."""
    with shop(5) as warehouse:
        assess(warehouse, CONFIG, run_id="run 1")
        remember(warehouse, "run 1")
        warehouse.execute("update staging.interactions set trace_id = null where location in ('S03', 'S05')")
        warehouse.execute("update staging.interactions set kind = 'other', kind_value = 'basket' where kind = 'cart'")
        warehouse.execute("update staging.records set emails = [] where source = 'contacts' and record_id like '%2%'")
        assess(warehouse, CONFIG, run_id="run 2")
        return report_files(quality.saved(warehouse))["report.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: str, scheme: str, tmp_path: Path) -> None:
    found = judged(page, scheme, tmp_path)
    assert found["passes"] > 15, "the rules have been tried"
    assert found["violations"] == []


def judged(page: str, scheme: str, folder: Path) -> dict[str, Any]:
    """What axe says of the page; its script needs the page's own policy out of the way."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on the PATH")
    axe = (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    run = f"""
        axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(found => {{
            const said = found.violations.map(v => [v.id, v.impact, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]);
            const out = document.createElement("pre");
            out.id = "axe";
            out.textContent = JSON.stringify({{passes: found.passes.length, violations: said}});
            document.body.append(out);
        }});"""
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    open_page = open_page.replace("<details>", "<details open>")  # what is folded is read too
    file = folder / "report.html"
    file.write_text(
        open_page.replace("</body>", f"<script>{axe}</script><script>{run}</script></body>"), encoding="utf-8"
    )
    done = subprocess.run(
        [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=60000",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}", "--dump-dom", file.as_uri(),
        ],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    said = re.search(r'<pre id="axe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert said, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(html.unescape(said[1]))
    return answer
