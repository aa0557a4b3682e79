"""Doors from outside: what comes in is checked here and leaves as typed values."""
