"""Texts -> HTML in which a name is only a name: elements are made by a function that escapes, never by pasting."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from importlib import resources

_INVISIBLE = re.compile(
    r"[^\S \n]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


MOST_ROWS = 20
"""Of a section's table: the rest is in the Parquet file of the same name."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def visible(text: object) -> str:
    """A text without what cannot be seen: control and direction characters are written out."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", str(text))


def element(name: str, *children: object, **attributes: object) -> Markup:
    """An element; children that are no Markup are escaped. `class_` stands for class, None attributes are left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(visible(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: object) -> Markup:
    """Children one after the other; None is nothing."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else escape(visible(child)) for child in children if child is not None
        )
    )


def table(header: list[str], rows: list[list[object]], *, numbers: tuple[int, ...] = ()) -> Markup:
    """A table; `numbers` are the columns set to the right."""
    right = ["n" if at in numbers else None for at in range(len(header))]
    head = element(
        "tr", *(element("th", name, scope="col", class_=side) for name, side in zip(header, right, strict=True))
    )
    body = [
        element("tr", *(element("td", cell, class_=side) for cell, side in zip(row, right, strict=True)))
        for row in rows
    ]
    return element("table", element("thead", head), element("tbody", *body))


def document(title: str, *sections: object) -> str:
    """A whole page: no script, no network, dark and light, printable, readable on a phone."""
    style = (resources.files("cxunify") / "publish" / "templates" / "report.css").read_text(encoding="utf-8")
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        Markup(f"<style>{style}</style>"),
    )
    body = element("body", element("main", *sections))
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def folded(summary: str, *children: object) -> Markup:
    """What is shown when it is asked for."""
    return element("details", element("summary", summary), *children)


def scrolled(content: Markup, label: str) -> Markup:
    """What may be wider than a phone: it scrolls by itself, by keyboard too."""
    return element("div", content, class_="wide", tabindex="0", role="group", aria_label=label)


def figure(name: str, caption: str, svg: Markup) -> Markup:
    """A picture and what it shows."""
    return element("figure", element("figcaption", caption), scrolled(svg, caption), id=name)


def section(
    caption: str,
    said: str | None,
    header: list[str],
    rows: list[list[object]],
    numbers: tuple[int, ...] = (),
    *,
    most: int | None = MOST_ROWS,
) -> list[Markup]:
    """A heading, what the table says and how far it is to be trusted, and the table; nothing where it has no rows."""
    if not rows:
        return []
    return [
        element("h2", caption),
        *([element("p", said, class_="soft")] if said else []),
        scrolled(table(header, rows[:most], numbers=numbers), caption),
    ]
