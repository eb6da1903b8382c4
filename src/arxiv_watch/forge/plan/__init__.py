"""From what is and what is proposed to the exact writes."""
