"""A stand-in of GitHub: real HTTP on loopback over a real git repository.

It keeps state as GitHub does, and refuses what GitHub refuses in GitHub's words. `arxiv-watch demo` runs the
real forge against it. The people of a repository, its rules and GitHub's faults are with the tests.
"""

from arxiv_watch.demo.github_server.repository import Repository
from arxiv_watch.demo.github_server.server import Exchange, GitHubServer
from arxiv_watch.demo.github_server.world import Pull

__all__ = ["Exchange", "GitHubServer", "Pull", "Repository"]
