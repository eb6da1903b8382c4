from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from arxiv_support import settings_of
from arxiv_watch.arxiv.api import Api
from arxiv_watch.arxiv.rate_limiter import RateLimiter
from arxiv_watch.arxiv.refusals import NotNowError
from arxiv_watch.arxiv.transport import Session
from arxiv_watch.identifiers import ArxivId
from fakes import FakeClock


class Refusing(RateLimiter):
    """RateLimiter that grant no turn and remember who asked for one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    @contextmanager
    def turn(self, host: str, *, interval: float, api: bool) -> Iterator[None]:
        del interval
        self.asked.append((host, api))
        raise NotNowError("no turn")
        yield


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_search_api_is_known_for_itself_whatever_its_scheme(tmp_path: Path, scheme: str) -> None:
    api_url = f"{scheme}://export.arxiv.org/api/query"
    settings = settings_of(tmp_path, api_url=api_url)
    limiter = Refusing()

    with pytest.raises(NotNowError):
        Api(Session(settings, FakeClock(), limiter), api_url).by_ids([ArxivId("2407.12391")])

    assert limiter.asked == [("export.arxiv.org", True)]
