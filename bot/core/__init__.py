"""The rules, and nothing else: no database, no Slack, no clock, only the standard library.

Every instant that comes in or goes out is aware UTC, and `now` is always an argument, so each rule
can be read, called and tested by itself.
"""
