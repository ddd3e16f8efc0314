"""Archives: the member that is an extract is read as if it lay there by itself."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest

from tests.ingest.conftest import Project
from tests.ingest.workbooks import packed, xlsx

CSV = "id,n\n1,a\n"


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("a.csv", CSV.encode()),
        ("folder/Ä b.csv.gz", gzip.compress(CSV.encode(), mtime=0)),
        ("a.tsv", b"id\tn\n1\ta\n"),
        ("a.csv", CSV.encode("utf-16")),
        ("a.ndjson", b'{"id": 1, "n": "a"}\n'),
        ("a.json", b'[{"id": 1, "n": "a"}]'),
        ("a.xlsx", xlsx({"S": [["id", "n"], [1, "a"]]})),
    ],
    ids=["csv", "compressed", "tsv", "utf-16", "ndjson", "json", "workbook"],
)  # fmt: skip
def test_one_member(project: Project, member: str, content: bytes) -> None:
    project.write(
        "s.zip", packed({"__MACOSX/._a.csv": b"\0", ".DS_Store": b"\0", "readme.pdf": b"%PDF", member: content})
    )
    project.source(files="s.zip")
    summary = project.run().sources[0]
    assert project.rows("select id, n from raw.s") == [("1", "a")]
    assert (summary.records, summary.loaded) == (1, 1)
    assert f"s.zip/{member}: `{member}` in the archive is read" in summary.notes
    assert project.run().sources[0].known == 1


def test_the_only_member_may_have_any_name(project: Project) -> None:
    project.write("s.zip", packed({"export": CSV}))
    project.source(files="s.zip", format="csv")
    assert project.run().sources[0].loaded == 1


def test_a_pattern_names_several(project: Project) -> None:
    parts = {
        f"list/{kind}_members.csv": f"id,n\n{place},a\n" for place, kind in enumerate(("subscribed", "unsubscribed"))
    }
    project.write("s.zip", packed({**parts, "list/other.csv": "x\n1\n"}))
    project.source(files="s.zip")
    assert "has several members that can be read" in project.refused()
    consent = {"email": {"file": {"subscribed*": True, "unsubscribed*": False}}}
    project.source(files="s.zip", member="*_members.csv", load="parts", person={"id": "id", "consent": consent})
    assert project.run().sources[0].loaded == 2
    assert project.rows("select record_id, consent['email'] from staging.records order by 1") == [
        ("0", True),
        ("1", False),
    ]
    assert project.column("select path from raw.files where status = 'loaded' order by 1") == [
        f"s.zip/{name}" for name in parts
    ]
    project.source(files="s.zip", member="list/other.csv", person={"id": "x"})
    assert project.run().sources[0].loaded == 1


def test_another_member_is_another_content(project: Project) -> None:
    project.write("s.zip", packed({"a.csv": "id\n1\n", "b.csv": "id\n2\n"}))
    for member, value in (("a.csv", "1"), ("b.csv", "2")):
        project.source(files="s.zip", member=member)
        project.run()
        assert project.column("select id from raw.s") == [value]


def _protected() -> bytes:
    made = bytearray(packed({"a.csv": CSV}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.find(mark) + place] |= 1
    return bytes(made)


def _damaged() -> bytes:
    made = bytearray(packed({"a.csv": "id,n\n" + "".join(f"{n},{n * 7919 % 1000}\n" for n in range(5000))}))
    made[200:240] = bytes(40)
    return bytes(made)


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        member.write(b"id,n\n")
        for _ in range(80):
            member.write(b"1,aaaaaaaa\n" * 100_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "keys", "says"),
    [
        (lambda: packed({"../../a.csv": CSV, "b.csv": CSV}), {}, "would be written outside of its folder"),
        (lambda: packed({"/etc/a.csv": CSV}), {}, "would be written outside of its folder"),
        (lambda: packed({"C:\\a.csv": CSV}), {}, "would be written outside of its folder"),
        (_protected, {}, "is protected with a password"),
        (_damaged, {}, "cannot be decompressed to its end"),
        (_bomb, {}, "grows more than 200 times"),
        (lambda: packed({"a.exe": "x", "b.exe": "x"}), {}, "has no member that can be read"),
        (lambda: packed({"a.csv": CSV}), {"member": "b*"}, "has no member `b*`"),
        (lambda: packed({"a.csv": ""}), {}, "is empty, not even a header"),
        (lambda: b"PK\x03\x04 and nothing more", {}, "is no ZIP archive that can be read"),
        (lambda: packed({"a.zip": packed({"a.csv": CSV})}), {}, "says nothing about its format"),
    ],
)  # fmt: skip
def test_what_is_refused(project: Project, content: Callable[[], bytes], keys: dict[str, str], says: str) -> None:
    project.write("s.zip", content())
    project.source(files="s.zip", **keys)
    assert says in project.refused()
