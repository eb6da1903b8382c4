"""The classifier: everything it knows is learned from the list, at every run.

The names below are loaded when first used, so that importing this room for its values costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arxiv_watch.model.classifier import Classifier, fit
    from arxiv_watch.model.history import replay
    from arxiv_watch.model.validation import cross_validate

__all__ = ["Classifier", "cross_validate", "fit", "replay"]

_MODULE_OF = {
    "Classifier": "classifier",
    "cross_validate": "validation",
    "fit": "classifier",
    "replay": "history",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
