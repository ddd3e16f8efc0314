"""The sample project, resolved once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cxunify.config import Config
from cxunify.warehouse import Warehouse
from tests.identity import project


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A project to look at; who changes it takes a copy."""
    return project.resolved(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def looked(sample: Config) -> Iterator[Warehouse]:
    """Its warehouse, to read."""
    with Warehouse.open(sample.warehouse_path, read_only=True) as warehouse:
        yield warehouse
