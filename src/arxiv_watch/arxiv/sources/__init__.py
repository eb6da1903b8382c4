"""The places where announcements are read, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from arxiv_watch.arxiv.session.documents import check_html, check_xml
from arxiv_watch.arxiv.settings import ArxivSettings
from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.arxiv.sources.listing import parse_listing
from arxiv_watch.arxiv.sources.page import Page, Source
from arxiv_watch.papers import Category

if TYPE_CHECKING:
    from arxiv_watch.arxiv.session.transport import Session  # `check` starts without requests

PAGE_SIZE = 2000
_MAX_PAGES = 5


def sources_of(settings: ArxivSettings, session: Session) -> tuple[Source, ...]:
    """Return the sources; the first is read for every category, the others where it is not believed.

    A feed is of one category: one of several would hide which of them announced what.
    """

    def feed(address: str) -> Page:
        # Not conditional: its ETag changes with every rendering, though its papers do not.
        return parse_feed(session.fetch(f"{settings.rss_url}/{address}", check_xml))

    def pages(category: Category, address: Callable[[int], str]) -> Page:
        def page(number: int) -> Page:
            body = session.fetch(f"{settings.listing_url}/{address(number)}", check_html)
            return parse_listing(body, category)

        joined = page(1)
        for number in range(2, _MAX_PAGES + 1):
            if joined.is_whole:
                break
            count = len(joined.items)
            joined = joined.joined(page(number))
            if len(joined.items) == count:
                break
        return joined

    def listing(category: Category, _: date) -> Page:
        address = f"list/{category}/new?skip={{}}&show={PAGE_SIZE}"
        return pages(category, lambda number: address.format((number - 1) * PAGE_SIZE))

    def catch_up(category: Category, day: date) -> Page:
        address = f"catchup/{category}/{day}?abs=True"
        return pages(category, lambda number: address + (f"&page={number}" if number > 1 else ""))

    return (
        Source("rss", lambda category, _: feed(f"rss/{category}")),
        Source("atom", lambda category, _: feed(f"atom/{category}")),  # cached apart from RSS
        Source("listing", listing, shows_latest=True),
        Source("catchup", catch_up, has_past=True),
    )
