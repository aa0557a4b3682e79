"""Benchmarks: what the docs say of speed and of fairness, measured anew on this machine."""
