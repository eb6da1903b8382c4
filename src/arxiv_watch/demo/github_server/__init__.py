"""A stand-in of GitHub: real HTTP on loopback over a real git repository.

It keeps state as GitHub does; `arxiv-watch demo` runs the real forge against it. The people of a repository,
what GitHub refuses, and its faults are with the tests (tests/stand_ins).
"""

from arxiv_watch.demo.github_server.repository import Pull, Repository
from arxiv_watch.demo.github_server.server import Exchange, GitHubServer

__all__ = ["Exchange", "GitHubServer", "Pull", "Repository"]
