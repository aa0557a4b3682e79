"""Liaison: the product. It neither listens (handlers) nor ticks (jobs)."""

__version__ = "0.1.0"
