"""The places that tell what was announced, each read into pages, papers or records."""
