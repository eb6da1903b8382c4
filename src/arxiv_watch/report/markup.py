"""Markup built from parts: whatever is not markup already is escaped on its way in."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Markup(str):
    """HTML or SVG that may stand as it is; a plain `str` never may."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: str | float | None) -> Markup:
    """Make an element of its children and attributes.

    Args:
        name: The tag's name.
        children: Markup as it is; other text is escaped.
        attributes: `class_` becomes `class`, `stroke_width` becomes `stroke-width`; numbers are
            written with at most two decimals, and an attribute of None is left out.
    """
    words = [name]
    for key, value in attributes.items():
        if value is not None:
            words.append(f'{key.rstrip("_").replace("_", "-")}="{_attribute(value)}"')
    opening = " ".join(words)
    return Markup(f"<{opening}>{join(children)}</{name}>")


def join(children: Iterable[str]) -> Markup:
    """Put children behind one another, escaping everything that is not markup."""
    return Markup(
        "".join(child if isinstance(child, Markup) else escape(child, quote=False) for child in children)
    )


def _attribute(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:.2f}".rstrip("0").rstrip(".")
