"""Reads arXiv every day and opens a pull request that adds what belongs to a Markdown paper list."""

__version__ = "0.1.0"
