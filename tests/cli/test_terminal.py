"""The real command on a real terminal: what a person sees while it works, and that nothing of it stays."""

from __future__ import annotations

import os
import pty
import re
import subprocess

from tests.cli.project import ENVIRONMENT, Project

ON_A_TERMINAL = {name: value for name, value in ENVIRONMENT.items() if name != "NO_COLOR"} | {"TERM": "xterm-256color"}
ERASE_LINE = "\x1b[2K"
SHOW_CURSOR = "\x1b[?25h"


def _seen(project: Project, *arguments: str) -> str:
    """All that a run writes to a terminal that shows stderr; it must succeed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        project.command(*arguments),
        cwd=project.folder, env=ON_A_TERMINAL, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how Linux tells that nobody holds the other end any more
                break
            if not part:
                break
            written += part
    os.close(ours)
    assert process.returncode == 0, written.decode(errors="replace")
    return written.decode()


def test_progress_names_every_step_and_leaves_nothing_behind(own: Project) -> None:
    seen = _seen(own, "run", "--force")
    for step in ("ingest", "resolve", "profile", "quality", "publish"):
        assert step in seen
    assert "━" in seen, "a bar"
    assert re.search(r"(resolve|profile|quality) · [a-z_]+", seen), "the table that was built last"
    assert ERASE_LINE in seen.rsplit(SHOW_CURSOR, 1)[1]


def test_quiet_is_quiet_on_a_terminal_too(own: Project) -> None:
    assert not _seen(own, "run", "--force", "--quiet").strip()
