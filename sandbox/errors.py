"""Two ways to be told no: the app by Slack's error strings, a person by a sentence."""

import math

from sandbox.wire import Json


class SlackError(Exception):
    """The call is answered {"ok": false, "error": code, **details}."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def body(self) -> Json:
        """The JSON body Slack would answer with."""
        return {"ok": False, "error": self.code, **self.details}


class RateLimited(SlackError):
    """The call is answered 429, with `retry_after` whole seconds in a header."""

    def __init__(self, wait: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = max(1, math.ceil(wait))


class Misuse(Exception):
    """A person tried what Slack's own client would not let them do; the text says what."""


def invalid_arguments(*messages: str) -> SlackError:
    """What Slack answers to an argument that is missing or of the wrong shape."""
    errors = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": errors})
