"""What git records of a list: which lines came when, and the list as it was."""
