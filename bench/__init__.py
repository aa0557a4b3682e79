"""Measurements that take too long for the tests. Nothing of the product imports it."""
