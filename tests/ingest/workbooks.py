"""Workbooks as bytes, written here to the letter: what a test must be able to say is said by no library."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = {"date": 1, "moment": 2, "zip": 3, "share": 4}
FORMATS = {164: "yyyy\\-mm\\-dd", 165: "dd/mm/yyyy hh:mm:ss", 166: "00000", 167: "0.0%"}

XLS = zlib.decompress(
    base64.b64decode(
        "eNrtWE1IVFEU/u5zxvlBZ97UKGggg5CW6SLctNFXQblKrBZFBaW9WYg5xtDGFmbZLIOgVdFGsEUbq00/VFC0aREYtQiCYKaWrQIFFzqvc867D8"
        "eJwAETjPs97rnnnnvOO/e9e855Px8XUsXZJ60lVKEfdSh7MdRXyBS1WDCwQfOex2zQR6l5BtsKsShtZH0YLxs/RHgPeb9LsPA49JYo8J3aOVzG"
        "4EQum9lCHJY1DCteQx9RhfskSaBFVrVD6EWhO4U+Es1XQg+K5JbQPtItqjNYcAa7DugoPm21y1wCfN5nYvNVJPvRhPccxdduK183jEP50eFL22"
        "yiLdSAOdCGDmRz2TyPk3iAODBJ6Bkf73HdItK02XNY8jLAYpDVbzJGvrVyBZIvr5dH/iKP0iZWy+9YIWAa3gVJkgIV6KU6PxZOriAlUa3bqEtB"
        "4sa5iEvS2+uSvlGSoYGoi6TwvrFNXlce/vp0bGTIOS+SaSn0/uNgN3uHh+tsQcYJmZEFiG6X0H1Cb8hZdwnfKjRN8Up9x1CTZo7OiM5Nme0gP7"
        "2Cz05nBb+H+MLP48/bCj+cvcTPD5Supue/OLNop6t3yZ6PGXSrbnXvLuOFE/RKl45vQlv+KCNRy9Zr9/QzL4lVThxCSqg/4rujtL6q0n9NPpTo"
        "N0upevqOr4k1LbFc05yy4iJL4Sx1/Rbp8pAK2BriMDAwMDAwMDAwMNg0KP2izq/s/Cof1p8DEf1fZ5Va2fwm+W9xAhN0XKGPyiPIUZ/HZE3x04"
        "ywCs6lNmgT/C9knCLveYxhRNYxVnP80uecqryeDRvam5dCtfov17LOf+z/N99dy1k="
    )
)
"""An old workbook with one sheet: id and day; 5 and 2 January 2024; 1.5 and nothing."""


class Raw(str):
    """A cell written as XML."""

    __slots__ = ()


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    since_1904: bool = False,
    merged: str = "",
    hidden: Sequence[str] = (),
) -> bytes:
    """A workbook of these sheets; rows begin at the first line, and cells of None are not written."""
    first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}" state="{"hidden" if name in hidden else "visible"}"/>'
        for n, name in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    styles = "".join(f'<numFmt numFmtId="{n}" formatCode="{escape(code)}"/>' for n, code in FORMATS.items())
    used = "".join(f'<xf numFmtId="{n}"/>' for n in (0, *FORMATS))
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml"'
        f' ContentType="{kind}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
        f' Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}<Relationship Id="s"'
        f' Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{int(since_1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(FORMATS)}">{styles}</numFmts>'
        f"<cellXfs>{used}</cellXfs></styleSheet>",
    }
    for n, rows in enumerate(sheets.values(), 1):
        data = "".join(
            f'<row r="{row}">'
            + "".join(_cell(cell, f"{_letters(place)}{row}", first) for place, cell in enumerate(cells))
            + "</row>"
            for row, cells in enumerate(rows, 1)
        )
        over = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData>{over}</worksheet>'
        )
    return packed(parts)


def ods(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Likewise, as OpenDocument has it."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_open, cells))}</table:table-row>" for cells in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>',
            "content.xml": f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0"'
            f' xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>'
            "</office:document-content>",
        }
    )


def _letters(place: int) -> str:
    return (_letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


def _cell(cell: Any, at: str, first: datetime) -> str:
    if isinstance(cell, Raw):
        return cell.replace("@", f'r="{at}"')
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, tuple):
        return f'<c r="{at}" s="{STYLES[cell[1]]}"><v>{cell[0]!r}</v></c>'
    if isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        style = "moment" if isinstance(cell, datetime) else "date"
        return f'<c r="{at}" s="{STYLES[style]}"><v>{(moment - first).total_seconds() / 86400!r}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{at}"><v>{cell!r}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'


def _open(cell: Any) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
