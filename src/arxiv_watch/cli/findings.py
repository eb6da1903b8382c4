"""What the doctor says of one thing it looked at."""

from __future__ import annotations

from dataclasses import dataclass

from arxiv_watch.errors import ArxivWatchError


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing the doctor looked at.

    Attributes:
        subject: What was looked at.
        ok: Whether it is well.
        message: What was found.
        advice: The one thing to do, or empty.
        exit_code: What `check` ends with because of it; 0 for a hint.
    """

    subject: str
    ok: bool
    message: str
    advice: str = ""
    exit_code: int = 0

    @classmethod
    def well(cls, subject: str, message: str) -> CheckFinding:
        """Say that nothing is to be done."""
        return cls(subject, ok=True, message=message)

    @classmethod
    def hint(cls, subject: str, message: str, advice: str) -> CheckFinding:
        """Say what would be better; a run works without it."""
        return cls(subject, ok=False, message=message, advice=advice)

    @classmethod
    def failure(cls, subject: str, error: ArxivWatchError) -> CheckFinding:
        """Say what has to be mended before a run can work."""
        return cls(subject, ok=False, message=error.message, advice=error.advice, exit_code=error.exit_code)
