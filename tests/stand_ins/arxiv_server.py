"""The stand-in of arXiv, with faults on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from arxiv_watch.clock import Clock
from arxiv_watch.demo.arxiv_server import ArxivServer, Request, Response, Role, World
from arxiv_watch.papers import Paper

Change = Callable[[Request, Response], Response]
"""Turns an honest response into a faulty one."""


@dataclass(slots=True)
class Fault:
    """A scripted fault.

    Attributes:
        change: What becomes of the honest response.
        role: The host it strikes.
        path: It strikes paths that contain this text.
        times: How often it still strikes; None for always.
    """

    change: Change
    role: Role
    path: str = ""
    times: int | None = None

    def strikes(self, request: Request) -> bool:
        """Return whether it strikes this request; each strike counts."""
        if request.role is not self.role or self.path not in request.path or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class FaultyArxiv(ArxivServer):
    """The stand-in of arXiv that answers wrongly where a script says so."""

    def __init__(self, papers: Iterable[Paper] | World, *, clock: Clock) -> None:
        super().__init__(papers, clock=clock)
        self.faults: list[Fault] = []

    def fault(self, role: Role, change: Change, *, path: str = "", times: int | None = None) -> Fault:
        """Add a fault to the script and return it; it strikes until its times are used up."""
        fault = Fault(change, role, path, times)
        self.faults.append(fault)
        return fault

    def respond(self, request: Request) -> Response:
        """Answer a request, faults included."""
        response = super().respond(request)
        for fault in self.faults:
            if fault.strikes(request):
                response = fault.change(request, response)
        return response
