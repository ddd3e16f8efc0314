"""What tests share: the house's root, how Hypothesis draws, and how several processes share the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds everything."""
    return Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder to work in; commands set the umask, which is given back."""
    before, umask = Path.cwd(), os.umask(0o077)
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
    os.umask(umask)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each process takes a stretch of the tests, and from the others when it is done: what a module shares is made once.

    By default the tests are dealt out singly, and every process makes what they share.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None
