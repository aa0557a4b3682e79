"""Thousands of leads through the whole loop in simulated time, and a reconciliation at the end.

The product's own parts do the work: intake, jobs, courier, a sandbox served over loopback. Only
the clock is ours, and it jumps from one due instant to the next.
"""
