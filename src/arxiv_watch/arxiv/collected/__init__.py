"""A poll as one file: collected, worked on without arXiv, or published as a mirror."""
