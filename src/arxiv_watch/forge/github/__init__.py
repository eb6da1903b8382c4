"""GitHub: its requests, what its answers and refusals mean, and what its Actions read of a run."""
