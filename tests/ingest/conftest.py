"""A small project on disk: extracts, a configuration, a warehouse in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cxunify.config import load
from cxunify.errors import InputError
from cxunify.ingest import Summary, ingest
from cxunify.warehouse import Warehouse


class Project:
    """A folder with extracts, and what ingesting them does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.warehouse = Warehouse.open(directories=[root])
        self.settings: dict[str, Any] = {"version": 1, "region": "US", "currency": "USD", "sources": {}}

    def write(self, name: str, content: str | bytes) -> Path:
        """Put an extract there."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def source(self, name: str = "s", files: Any = "s.csv", **keys: Any) -> None:
        """Describe a source; persons with a column `id` unless said otherwise."""
        mapping = {} if keys.keys() & {"person", "interaction", "preset"} else {"person": {"id": "id"}}
        self.settings["sources"][name] = {"channel": "crm", "files": files, **mapping, **keys}

    def config(self) -> Any:
        """The configuration as read from disk."""
        path = self.root / "cxunify.yaml"
        path.write_text(yaml.safe_dump(self.settings, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return load(path)

    def run(self, *only: str) -> Summary:
        """Ingest."""
        return ingest(self.warehouse, self.config(), only or None, "run-1")

    def refused(self) -> str:
        """What an ingest says that must refuse something: all, or a source by itself."""
        try:
            problems = self.run().refused
        except InputError as error:
            problems = error.problems
        assert problems
        return "\n".join(map(str, problems))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.warehouse.rows(sql)

    def column(self, sql: str) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in self.warehouse.rows(sql)]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project."""
    made = Project(tmp_path)
    yield made
    made.warehouse.close()


@pytest.fixture
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Project]]:
    """As many empty projects as a property needs."""
    made: list[Project] = []

    def make() -> Project:
        made.append(Project(tmp_path_factory.mktemp("project")))
        return made[-1]

    yield make
    for project in made:
        project.warehouse.close()
