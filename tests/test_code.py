"""What a step computes is known by the code that it runs, however far around that is imported."""

from __future__ import annotations

from pathlib import Path

import cxunify
from cxunify.warehouse.code import code_of, imported

PACKAGE = Path(cxunify.__file__).parent
FILES = {
    "__init__.py": "",
    "a/one.py": "from cxunify.b import (\n    two,  # and\n    three,\n)\nimport cxunify.c.four\n"
    "from cxunify.warehouse import Loop\n",
    "b/__init__.py": "",
    "b/two.py": "def late():\n    from cxunify.a.one import that\n",
    "b/three.py": "from cxunify import config\n",
    "b/five.py": "",
    "c/four.py": "import re\n",
    "config/__init__.py": "",
    "warehouse/__init__.py": "",
}


def test_imports_are_followed_through_packages_and_functions_and_around(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {path.relative_to(tmp_path).as_posix() for path in imported(tmp_path / "a/one.py", tmp_path)}
    assert found == {"b/__init__.py", "b/two.py", "b/three.py", "c/four.py", "a/one.py"}


def test_what_a_loop_reckons_with_is_behind_it() -> None:
    behind = imported(PACKAGE / "actions" / "improve" / "contacts.py", PACKAGE)
    assert {PACKAGE / "actions" / "lift" / "intervals.py", PACKAGE / "schema" / "words.py"} <= behind
    assert not any(path.is_relative_to(PACKAGE / "cli") for path in behind)


def test_a_folder_is_known_by_what_it_holds(tmp_path: Path) -> None:
    known = []
    for text in ("one", "two"):
        (folder := tmp_path / text).mkdir()
        (folder / "f.sql").write_text(text, encoding="utf-8")
        known.append(code_of(folder))
    assert known[0] != known[1]
