"""Reading files that somebody else may have put there: only regular ones, and of bounded size."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MEGABYTE = 1_000_000


def read_file(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a regular file.

    A FIFO would wait for its writer, `/dev/zero` never ends, and a folder cannot be read: each is refused
    before it is read.

    Raises:
        OSError: It cannot be read, is no regular file, or is larger.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # without a wait for a writer
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no Path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        limit = f"{most_bytes / MEGABYTE:g} MB"
        raise OSError(errno.EFBIG, f"it is larger than {limit}", str(path))
    return data
