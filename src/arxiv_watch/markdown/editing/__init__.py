"""The edit: drafted, spliced in, read back, or refused."""
