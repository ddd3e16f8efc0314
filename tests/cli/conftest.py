"""The sample project: run once for all tests of this folder, not run yet, or a copy to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.project import Project


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample, run once; tests that use it leave it as it is."""
    project = Project(tmp_path_factory.mktemp("done") / "project")
    project.first = project.run("run", "-v")
    return project


@pytest.fixture
def own(done: Project, tmp_path: Path) -> Project:
    """A copy of it, to change."""
    return done.copy(tmp_path / "project")


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """The sample, not run yet."""
    return Project(tmp_path / "project")
