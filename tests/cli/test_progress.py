import io
import logging
import sys

import pytest

from arxiv_watch.cli.output import show_progress, show_steps


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logging_state() -> tuple[object, ...]:
    ours, root = logging.getLogger("arxiv_watch"), logging.getLogger()
    return ours.level, list(ours.handlers), [handler.level for handler in root.handlers]


def test_no_progress_is_written_to_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)

    with show_steps(), show_progress() as advance:
        advance("replaying", 1, 2)
        logging.getLogger("arxiv_watch.test").info("a step")

    assert stderr.getvalue() == ""


def test_a_terminal_sees_the_steps_and_logging_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setenv("TERM", "xterm")
    before = logging_state()

    with show_steps():
        logging.getLogger("arxiv_watch.test").info("reading [bold]cs.LG")

    # Which frame is drawn last is a matter of the clock.
    assert any(step in stderr.getvalue() for step in ("starting", "reading [bold]cs.LG"))
    assert logging_state() == before


def test_a_step_with_a_long_address_takes_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "arxiv_watch")
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")

    with show_steps():
        logging.getLogger("arxiv_watch.test").info(
            "asking https://example.org/query?id_list=%s", "1,2," * 500
        )

    assert "asking https://example.org" in stderr.getvalue()
    assert stderr.getvalue().count("\n") == 1  # the one that ends it


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setenv("TERM", "xterm")

    with show_progress() as advance:
        advance("replaying 2025-06", 1, 2)

    assert stderr.getvalue() != ""
