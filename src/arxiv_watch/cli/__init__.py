"""The command line: the one place that puts things together, and turns errors into exit codes."""

from __future__ import annotations

import argparse
import errno
import io
import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType

from arxiv_watch.cli.parser import build_parser
from arxiv_watch.errors import ArxivWatchError, UsageError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if argv is None:
        _name_files_in_utf_8()
    _speak_utf_8()
    arguments = build_parser().parse_args(argv)
    # Of what a command needs nothing is loaded before this line, where `--help` has ended.
    from arxiv_watch.cli.output import complain

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
        logging.getLogger(__name__).info("the system refused here", exc_info=True)
        refusal = _refusal(error)
        complain(refusal, os.environ)
        return refusal.exit_code


def _run(arguments: argparse.Namespace) -> int:
    from arxiv_watch.cli.context import Context

    context = Context.from_arguments(arguments, os.environ)
    command = import_module(f"arxiv_watch.cli.{arguments.module}")
    code = int(getattr(command, arguments.function)(context, arguments))
    sys.stdout.flush()  # what cannot be written fails here, not in Python on its way out
    return code


def _refusal(error: OSError) -> UsageError:
    """Say what the operating system refused, where no place closer to it has said what to do."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return UsageError(f"{os.fsdecode(error.filename)}: {reason}", "name one that can be used")
    if error.errno == errno.ENOSPC:
        _let_go_of_stdout()
        return UsageError(f"the output cannot be written: {reason}", "make room, or write elsewhere")
    return UsageError(f"the system refused: {reason}", "run it with -v to see where")


def _let_go_of_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _name_files_in_utf_8() -> None:
    """Start anew in Python's UTF-8 mode where the locale's file names are not UTF-8: those of git are."""
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - ourselves


def _speak_utf_8() -> None:
    """Write UTF-8 whatever the locale says: lists hold every script, and JSON has to be UTF-8."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the process that started us
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _may_be_stopped() -> None:
    """End with 0 on a signal while the service starts; once it is up, the scheduler listens itself."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        sys.exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
