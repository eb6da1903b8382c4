"""The error classes; each has its exit code and says what to do.

The codes are part of the interface: scripts and workflows branch on them. 1 is never
used, because Python itself exits with 1 when a program crashes.
"""

from __future__ import annotations


class ArxivWatchError(Exception):
    """The base of every error that arxiv-watch raises on purpose.

    Args:
        message: What went wrong, and with which file, key, paper or address.
        advice: The one thing to do about it; a sentence without its full stop, or empty.
    """

    exit_code = 2  # of usage, config and lists

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}: {self.advice}" if self.advice else self.message


class UsageError(ArxivWatchError):
    """The command line or an input file cannot be understood."""


class ConfigError(ArxivWatchError):
    """The configuration is wrong; the message lists every finding, one per line."""


class ListError(ArxivWatchError):
    """A list is missing, empty, or cannot be read as a list of papers."""


class EditRefusedError(ArxivWatchError):
    """The list could not be changed safely, so it was not changed at all."""

    exit_code = 3


class ArxivUnavailableError(ArxivWatchError):
    """ArXiv could not be read completely; what was found is kept."""

    exit_code = 4


class ArxivStaleError(ArxivWatchError):
    """ArXiv answered, but with an old batch or with fewer papers than there must be."""

    exit_code = 5


class ForgeError(ArxivWatchError):
    """The forge refused; the advice names the setting or permission to change."""

    exit_code = 6
