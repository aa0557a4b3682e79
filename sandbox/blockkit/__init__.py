"""The strict door: would Slack take this message or view? Says where not, and in Slack's words."""

from sandbox.blockkit.faults import Fault, error_code, messages
from sandbox.blockkit.surfaces import check_message, check_view

__all__ = ["Fault", "check_message", "check_view", "error_code", "messages"]
