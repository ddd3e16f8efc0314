"""`cxunify demo`: the bundled extracts, copied into a folder of their own, become customers, a timeline and a gap report."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib import resources
from pathlib import Path

from cxunify.cli.options import Options
from cxunify.errors import StorageError


def bundle() -> Path:
    """The folder that holds configs/ and sample_data/: inside an installed package, or the checkout around it."""
    package = Path(str(resources.files("cxunify")))
    installed = package / "bundle"
    return installed if installed.is_dir() else package.parent


def unpack(folder: Path) -> Path:
    """Copy the sample's extracts and configuration into `folder` and return the configuration's path. May be repeated."""
    source = bundle()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source / "sample_data" / "extracts", folder / "extracts", dirs_exist_ok=True)
        text = (source / "configs" / "sample.yaml").read_text(encoding="utf-8")
        config = folder / "cxunify.yaml"
        config.write_text(text.replace("../sample_data/", "").replace("../demo/", ""), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write the demo into {folder}: {error.strerror}", "Name another folder.") from error
    return config


def play(options: Options, folder: Path) -> Path:
    """Unpack the demo into `folder`, run it, and return its configuration's path."""
    from cxunify.cli.commands import run_pipeline

    config = unpack(folder)
    run_pipeline(replace(options, config=config), "run")
    return config
