"""Where in a section a new entry goes."""
