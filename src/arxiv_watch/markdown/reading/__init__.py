"""From the bytes of a file to sections and entries."""
