"""The way to arXiv's hosts: turns, requests, and what kept them from being answered."""
