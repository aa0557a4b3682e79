"""Benchmarks: what the docs say of speed, measured anew on this machine."""
