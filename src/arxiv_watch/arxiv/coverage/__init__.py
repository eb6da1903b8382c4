"""How completely each day is known: its evidence, the sources that are asked, and which are believed."""
