"""Reads arXiv and opens a pull request that adds new papers to a Markdown list."""

__version__ = "0.1.0"
