"""One run at a time: an advisory lock beside the warehouse, freed by the kernel however the holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxunify.errors import BusyError, StorageError


@contextmanager
def hold(warehouse: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of a warehouse, without waiting for it; `shared`: beside others who only read.

    Raises BusyError while another process holds it for itself.
    """
    path = warehouse.with_name(warehouse.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageError(
            f"cannot write to {path.parent}: {error.strerror}", "Check the folder's permissions."
        ) from error
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(handle, 32, 0).decode(errors="replace").strip("\0\n ")
            who = f" (process {holder})" if holder.isdigit() else ""
            raise BusyError(
                f"another run is at work{who} on {warehouse}", "Wait until it is done, then try again."
            ) from error
        if shared:
            yield
            return
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(handle, 0)  # whoever reads next does not go by this process's number
    finally:
        os.close(handle)
