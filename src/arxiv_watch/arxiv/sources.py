"""The places where announcements are read, each from its address to what was parsed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from arxiv_watch.arxiv.documents import check_html, check_xml
from arxiv_watch.arxiv.feeds import Feed, parse_feed
from arxiv_watch.arxiv.listing import Listing, parse_listing
from arxiv_watch.arxiv.settings import ArxivSettings
from arxiv_watch.arxiv.transport import Session
from arxiv_watch.papers import Category

PAGE_SIZE = 2000
_MAX_PAGES = 5

# What changes in a feed with every rendering, though its papers do not (and its ETag with it, which is why
# no request is conditional): matches "<lastBuildDate>Thu, 20 Nov 2025 05:00:01 +0000</lastBuildDate>".
_RENDERED = re.compile(rb"<(lastBuildDate|updated|pubDate|published)>[^<]*</\1>")


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed with the hash of its content."""

    feed: Feed
    digest: str


class Sources:
    """Feeds, listings and catch-up pages of a category.

    Args:
        settings: The addresses.
        session: Fetches.
    """

    def __init__(self, settings: ArxivSettings, session: Session) -> None:
        self._settings = settings
        self._session = session

    def feed(self, category: Category, kind: str = "rss") -> FeedDocument:
        """Fetch a feed.

        Args:
            category: One category: a feed of several would hide which of them announced what.
            kind: `rss` or `atom`.

        Raises:
            ArxivUnavailableError: It is unavailable, or is not a feed.
        """
        body = self._session.fetch(f"{self._settings.rss_url}/{kind}/{category}", check_xml)
        return FeedDocument(parse_feed(body), hashlib.sha256(_RENDERED.sub(b"", body)).hexdigest())

    def listing(self, category: Category) -> Listing:
        """Fetch the page of the latest batch, whichever day it is of.

        Raises:
            ArxivUnavailableError: It is unavailable, or is not a listing.
        """
        return self._pages(
            category,
            lambda page: f"list/{category}/new?skip={(page - 1) * PAGE_SIZE}&show={PAGE_SIZE}",
        )

    def catch_up(self, category: Category, day: date) -> Listing:
        """Fetch the page of a day of the last ninety.

        Raises:
            ArxivUnavailableError: It is unavailable, or is not a listing.
        """
        return self._pages(
            category,
            lambda page: (
                f"catchup/{category}/{day.isoformat()}?abs=True" + (f"&page={page}" if page > 1 else "")
            ),
        )

    def _pages(self, category: Category, path: Callable[[int], str]) -> Listing:
        whole = self._page(category, path(1))
        for page in range(2, _MAX_PAGES + 1):
            if whole.is_whole:
                break
            known, whole = whole, whole.joined(self._page(category, path(page)))
            if len(whole.items) == len(known.items):
                break
        return whole

    def _page(self, category: Category, path: str) -> Listing:
        return parse_listing(
            self._session.fetch(f"{self._settings.listing_url}/{path}", check_html), category
        )
