"""The surfaces say the same, show names as names only, and need nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import fastjsonschema
import pytest
from rich.console import Console

from cxunify import quality
from cxunify.cli.report import pieces
from cxunify.publish.report import report_files
from cxunify.quality.document import schema
from cxunify.schema.report import parse
from tests.quality.shop import CONFIG, assess, shop

NAMES = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\x1b[31mred\u202e\x07",
    "[bold]*_`x`|y",
    '"><img src=x onerror=alert(1)>',
)
"""What a store might be called by somebody who means harm."""
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "ol", "li", "div", "span", "strong", "code",
    "pre", "br", "details", "summary", "figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td", "svg", "g", "path",
    "line", "rect", "text", "defs", "clippath", "tspan",
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile() -> Iterator[tuple[quality.Report, dict[str, str]]]:
    warehouse = shop(5)
    for number, name in enumerate(NAMES, start=1):
        warehouse.execute(
            "update staging.interactions set location = $name, trace_id = null where location = $store",
            {"name": name, "store": f"S{number:02}"},
        )
    warehouse.execute("update staging.records set emails = [] where source = 'contacts' and record_id like '%2%'")
    assess(warehouse, CONFIG, run_id="run 1")
    report = quality.saved(warehouse)
    yield report, report_files(report)
    warehouse.close()


class _Parsed(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_holds_nothing_but_what_it_was_made_of(hostile: tuple[quality.Report, dict[str, str]]) -> None:
    page = hostile[1]["report.html"]
    parsed = _Parsed(page)
    assert {tag for tag, _ in parsed.tags} <= ELEMENTS
    names = {name for _, attributes in parsed.tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"style", "src", "href", "xlink:href"}]
    assert any("<script>alert(1)</script>" in text for text in parsed.texts), "the name is shown as it is"
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", page)


def test_html_allows_its_own_style_and_nothing_else(hostile: tuple[quality.Report, dict[str, str]]) -> None:
    page = hostile[1]["report.html"]
    policy = next(a["content"] for tag, a in _Parsed(page).tags if a.get("http-equiv") == "Content-Security-Policy")
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert policy and style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_html_draws_every_chart(hostile: tuple[quality.Report, dict[str, str]]) -> None:
    parsed = _Parsed(hostile[1]["report.html"])
    figures = [attributes["id"] for tag, attributes in parsed.tags if tag == "figure"]
    assert figures == ["time", "places", "coverage", "overlap", "clusters"]
    drawings = [attributes for tag, attributes in parsed.tags if tag == "svg"]
    assert len(drawings) == len(figures)
    assert all(drawing["role"] == "img" and drawing["aria-label"] for drawing in drawings)
    ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_markdown_keeps_names_in_their_cells(hostile: tuple[quality.Report, dict[str, str]]) -> None:
    report, files = hostile
    text = files["report.md"]
    assert "<script" not in text and "\x1b" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {9, 7}
    assert str(report.gaps[0].rows) in text.replace(",", "")


def test_json_is_the_document(hostile: tuple[quality.Report, dict[str, str]]) -> None:
    report, files = hostile
    document = json.loads(files["report.json"])
    assert document == report.document()
    assert parse(files["report.json"]) == report
    fastjsonschema.compile(schema())(document)
    assert document["version"] == 1


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_shows_text_only_and_fits(hostile: tuple[quality.Report, dict[str, str]], width: int) -> None:
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=False, highlight=False)
    for piece in pieces(hostile[0]):
        console.print(piece)
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert hostile[0].headline[0].split(":")[0] in text.replace("\n", " ")


def test_the_first_screen_says_what_to_fix_first(hostile: tuple[quality.Report, dict[str, str]]) -> None:
    headline = hostile[0].headline
    assert "belongs to nobody" in headline[0]
    gap = hostile[0].gaps[0]
    assert headline[-1] == f"Fix first: {gap.fix} {gap.why}"


def test_a_real_browser_finds_nothing_to_complain_of(
    hostile: tuple[quality.Report, dict[str, str]], tmp_path: Path
) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on the PATH")
    page, log = tmp_path / "report.html", tmp_path / "net.json"
    page.write_text(hostile[1]["report.html"], encoding="utf-8")
    done = subprocess.run(
        [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}", "--disable-background-networking",
            "--disable-component-update", "--no-first-run", "--timeout=8000", "--dump-dom", page.as_uri(),
        ],
        capture_output=True, text=True, check=False, timeout=90,
    )  # fmt: skip
    assert done.stdout.count("<svg ") == 5
    assert "CONSOLE" not in done.stderr, done.stderr
    assert "Content Security Policy" not in done.stderr
    asked = set(re.findall(r'"url":"(https?://[^"]+)"', log.read_text(encoding="utf-8", errors="replace")))
    own = re.compile(
        r"https?://([\w-]+\.)*(google|googleapis|gstatic|gvt1|chromium)\.(com|org)/"
    )  # the browser's own errands
    assert not [url for url in asked if not own.match(url)], "the page asks for nothing"
