"""Use cases: one function each, one short transaction each. Slack hears of it afterwards."""
