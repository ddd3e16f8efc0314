"""What tests share: the house's root, how Hypothesis draws, and how several processes share the tests."""

from __future__ import annotations

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each process takes a stretch of the tests, and from the others when it is done: what a module shares is made once.

    By default the tests are dealt out singly, and every process makes what they share.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None
