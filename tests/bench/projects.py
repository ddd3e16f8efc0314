"""A folder of data -> a project of its own in a scratch folder, ready for `cxunify run`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
CONFIGS = Path(__file__).parent / "configs"
SCRATCH = ROOT / ".bench"


@dataclass(frozen=True)
class Data:
    """Where the extracts lie, the configuration that maps them, and the truth, where it is known."""

    extracts: Path
    config: str
    truth: Path | None = None


def recognise(folder: Path) -> Data | None:
    """Tell by its files what world a folder holds; None for any other."""
    if (folder / "extracts").is_dir():  # written by the generator in sample_data/
        config = (ROOT / "configs" / "sample.yaml").read_text(encoding="utf-8")
        truth = next((folder / "truth").glob("truth.*"))
        return Data(
            folder / "extracts", config.replace("../sample_data/extracts/", "data/").replace("../demo/", ""), truth
        )
    if (folder / "onlineretail.parquet").exists():
        return Data(folder, (CONFIGS / "online_retail.yaml").read_text(encoding="utf-8"))
    if (folder / "truth.parquet").exists():
        return Data(folder, (CONFIGS / "world_dev.yaml").read_text(encoding="utf-8"), folder / "truth.parquet")
    return None


def generated(people: int, seed: int, country: str = "US") -> Path:
    """A world of the generator, made where it is not there yet or older than its generator."""
    folder = SCRATCH / f"world-{people}-{seed}{'' if country == 'US' else f'-{country}'}"
    made = folder / "truth" / "truth.csv"  # among what is written last
    changed = max(path.stat().st_mtime for path in (ROOT / "sample_data").rglob("*.py"))
    if not made.exists() or made.stat().st_mtime < changed:
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, ROOT / "sample_data" / "generate.py", folder]
        subprocess.run([*command, "--people", str(people), "--seed", str(seed), "--country", country], check=True)
    return folder


@contextmanager
def project(data: Data) -> Iterator[Path]:
    """A project folder for as long as it is needed; `data` in it leads to the extracts."""
    SCRATCH.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=SCRATCH, prefix="project-") as name:
        folder = Path(name)
        (folder / "data").symlink_to(data.extracts.resolve())
        (folder / "cxunify.yaml").write_text(data.config, encoding="utf-8")
        yield folder
