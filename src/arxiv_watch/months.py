"""The months' English names, which lists, headings and schedules use whatever the machine's language is."""

from __future__ import annotations

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORT_MONTHS = tuple(name[:3].lower() for name in MONTHS)
"""Three small letters of each: `jan` to `dec`."""
