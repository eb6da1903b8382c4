"""Asking git about the folder a command runs in."""

from __future__ import annotations

import subprocess
from pathlib import Path

from arxiv_watch.markdown import GIT

_PATIENCE_SECONDS = 10


def ask_git(root: Path, *arguments: str) -> str:
    """Return what a git command prints, or nothing if it fails or git is not installed."""
    try:
        done = subprocess.run(
            [*GIT, *arguments],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
