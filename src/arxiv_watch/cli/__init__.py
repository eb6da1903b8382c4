"""The command line: the one place that puts things together, and turns errors into exit codes."""

from __future__ import annotations

import argparse
import errno
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType

from arxiv_watch.cli.context import Context
from arxiv_watch.cli.output import complain
from arxiv_watch.cli.parser import build_parser
from arxiv_watch.errors import ArxivWatchError, UsageError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if argv is None:
        _name_files_in_utf_8()
    _speak_utf_8()
    arguments = build_parser().parse_args(argv)
    if arguments.function == "serve":
        _may_be_stopped()
    try:
        return _run(arguments)
    except ArxivWatchError as error:
        complain(error, os.environ)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more on its way out.
        _let_go_of_stdout()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _let_go_of_stdout()
        full = UsageError(f"the output cannot be written: {error.strerror}", "make room, or write elsewhere")
        complain(full, os.environ)
        return full.exit_code


def _run(arguments: argparse.Namespace) -> int:
    context = Context.from_arguments(arguments, os.environ)
    command = import_module(f"arxiv_watch.cli.{arguments.module}")
    code = int(getattr(command, arguments.function)(context, arguments))
    sys.stdout.flush()  # what cannot be written is told here, not by Python on its way out
    return code


def _let_go_of_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _name_files_in_utf_8() -> None:
    """Start anew in Python's UTF-8 mode where the locale's file names are not UTF-8: those of git are."""
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - ourselves


def _speak_utf_8() -> None:
    """Write UTF-8 whatever the locale says: lists hold every script, and JSON has to be UTF-8."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _may_be_stopped() -> None:
    """End with 0 when told to stop while the service starts; once it is up, the scheduler listens itself."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        sys.exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
