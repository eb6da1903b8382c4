"""Files that a stranger may have put there: read only if they are regular files, and written whole."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

MEGABYTE = 1_000_000
_KERNEL = {("proc",), ("sys",)}
_PATIENCE_SECONDS = (
    0.8  # for the other end of a pipe: one that was named by mistake is refused within a second
)


def read_file(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a regular file.

    A FIFO would wait for its writer, `/dev/zero` never ends, and a folder cannot be read: each is refused
    before it is read.

    Raises:
        OSError: It cannot be read, is no regular file, or is larger.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # without a wait for a writer
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _not_a_file(path)
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes / MEGABYTE:g} MB", str(path))
    return data


def open_input(path: Path) -> BinaryIO:
    """Open a file or a pipe, such as `/dev/stdin` or a shell's `<(…)`, to be read as a stream.

    Raises:
        OSError: It is missing, neither of them, or a pipe that nobody writes to.
    """
    return open(_open_stream(path, os.O_RDONLY), "rb")


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Write a file, which then appears whole or not at all; a pipe or `/dev/stdout` is written to directly.

    The part beside it is never opened through a link that was left in its place.

    Raises:
        OSError: It cannot be written.
    """
    if path.is_symlink() or _kind(path) != stat.S_IFREG:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with open(_open_stream(path, flags), "wb") as file:
            yield file
        return
    # A long name would be too long by this; that of another file may begin alike.
    partial = path.with_name(f".{path.name[:50]}.{crc32(os.fsencode(path.name)):08x}.partial")
    with suppress(FileNotFoundError):
        partial.unlink()  # of a run that was killed
    try:
        with partial.open("xb") as file:
            yield file
        if path.exists():
            partial.chmod(stat.S_IMODE(path.stat().st_mode))
        partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink()


def check_kind(path: Path) -> None:
    """Accept a path that can be read or written as a stream, or is not there yet.

    Raises:
        OSError: It is a folder, a socket, a device that is neither a terminal nor the null device, or one of
            the kernel's own files, such as `/proc/self/mem`.
    """
    kind = _kind(path)
    if kind == stat.S_IFIFO or (kind == stat.S_IFREG and path.resolve().parts[1:2] not in _KERNEL):
        return
    if kind == stat.S_IFCHR:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            if os.isatty(descriptor) or path.samefile(os.devnull):
                return
        finally:
            os.close(descriptor)
    raise _not_a_file(path)


def _kind(path: Path) -> int:
    """Return the kind of file at a path; a regular file, if it does not exist yet."""
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except FileNotFoundError:
        return stat.S_IFREG


def _open_stream(path: Path, flags: int) -> int:
    check_kind(path)
    return _open_pipe(path, flags) if _kind(path) == stat.S_IFIFO else os.open(path, flags)


def _open_pipe(path: Path, flags: int) -> int:
    """Open a pipe once its other end is open; the wait itself cannot be ended.

    A signal makes Python open it anew (PEP 475), so where the pipe is gone by then no file may be made.
    """
    flags &= ~os.O_CREAT
    opened: list[int] = []

    def wait() -> None:
        with suppress(OSError):  # the pipe was taken away meanwhile; nobody listens any more
            opened.append(os.open(path, flags))

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(_PATIENCE_SECONDS)
    if not opened:
        raise OSError(errno.ENXIO, "it is a pipe with nobody at its other end", str(path))
    return opened[0]


def _not_a_file(path: Path) -> OSError:
    return OSError(errno.EINVAL, "it is not a regular file", str(path))
