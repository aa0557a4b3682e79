"""The only way a lasting message reaches Slack, and the only way in for what must not be lost."""
