"""The classifier: everything it knows is learned from the list, at every run."""
