"""The whole cycle on loopback: bundled stand-ins of arXiv and of GitHub, and sample papers."""
