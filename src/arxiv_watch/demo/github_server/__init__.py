"""A stand-in of GitHub: real HTTP on loopback over a real git repository.

It keeps state as GitHub does, refuses what GitHub refuses in GitHub's words, and answers wrongly on
demand. `arxiv-watch demo` and the tests run the real forge against it.
"""

from arxiv_watch.demo.github_server.faults import Fault, refusal
from arxiv_watch.demo.github_server.repository import Repository
from arxiv_watch.demo.github_server.server import Exchange, GitHubServer
from arxiv_watch.demo.github_server.world import Pull

__all__ = ["Exchange", "Fault", "GitHubServer", "Pull", "Repository", "refusal"]
