"""Definition lists: a `<dt>` with the title of a paper, and its `<dd>` with the rest.

GitHub has no Markdown for them, and shows the HTML.
"""

from __future__ import annotations

import re

from arxiv_watch.markdown.formats.format import Format, HtmlElement

DEFINITION = Format(
    "definition",
    element=HtmlElement(
        found=re.compile(  # matches "<dt>A Title</dt>\n<dd>Ada Lovelace</dd>"
            r"<dt\b(?:(?!<dt\b|</dl\b).)*", re.IGNORECASE | re.DOTALL
        ),
        whole=re.compile(  # matches "<dt>A Title</dt>\n<dd>Ada Lovelace</dd>"
            r"\s*<dt\b(?:(?!<d[dt]\b).)*</dt\s*>\s*(?:<dd\b(?:(?!<d[dt]\b).)*</dd\s*>\s*)+",
            re.IGNORECASE | re.DOTALL,
        ),
        tags="d[dt]",
    ),
)
