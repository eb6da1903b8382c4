"""What `import arxiv_watch` offers: the documented names, loaded lazily, and the page's examples."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import arxiv_watch
from arxiv_watch import ArxivSettings, SystemClock
from cli_support import NOW, arxiv_server
from docs_support import ROOT, blocks_of, read

PAGE = ROOT / "docs" / "library.md"
EXAMPLES = [block.text for block in blocks_of(PAGE) if block.language == "python"]


def test_every_name_can_be_loaded_and_is_listed() -> None:
    assert {name for name in arxiv_watch.__all__ if getattr(arxiv_watch, name) is None} == set()
    assert set(arxiv_watch.__all__) <= set(dir(arxiv_watch))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = arxiv_watch.nothing


def test_the_page_names_what_there_is() -> None:
    table = "".join(line.split("|")[1] for line in read(PAGE).splitlines() if line.startswith("| `"))

    # matches the name in "`fit(records, background)`" and each of "`Paper`, `ArxivId`"
    assert set(re.findall(r"`(\w+)", table)) == set(arxiv_watch.__all__)


def test_importing_the_package_loads_nothing_else() -> None:
    code = (
        "import sys, arxiv_watch; print(*(name for name in sys.modules if name.startswith('arxiv_watch.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


@pytest.mark.parametrize("example", [text for text in EXAMPLES if "Arxiv(" not in text])
def test_the_examples_without_a_network_hold(example: str) -> None:
    exec(compile(example, str(PAGE), "exec"), {})  # noqa: S102 - our own page


def test_the_example_of_a_poll_reads_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page's settings and clock are replaced by those of a stand-in; all else is run as it stands."""
    (example,) = [text for text in EXAMPLES if "Arxiv(" in text]
    opening, closing = 'ArxivSettings(contact="you@example.org")', "SystemClock()"
    assert opening in example
    assert closing in example
    with arxiv_server() as server:
        settings = ArxivSettings(
            contact="you@example.org",
            request_interval=0,
            backoff_floor=0,
            time_limit=20,
            cache_dir=str(tmp_path),
            rss_url=server.rss_url,
            api_url=server.api_url,
            oai_url=server.oai_url,
            listing_url=server.listing_url,
        )
        text = example.replace(opening, "SETTINGS").replace(closing, "CLOCK")
        exec(  # noqa: S102 - our own page
            compile(text, str(PAGE), "exec"), {"SETTINGS": settings, "CLOCK": SystemClock(NOW)}
        )

    printed = capsys.readouterr().out
    assert f"cs.DC {NOW:%Y-%m-%d} fresh" in printed


def test_settings_of_a_program_are_checked_like_those_of_a_config() -> None:
    with pytest.raises(ValueError, match="request_interval must be at least 3 seconds"):
        ArxivSettings(request_interval=1)
