"""How completely each day is known: what it must hold, who is asked, and what is believed."""
