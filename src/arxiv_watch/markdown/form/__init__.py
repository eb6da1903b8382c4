"""How a new entry is written: the template that a list's own entries teach, filled with a paper."""
