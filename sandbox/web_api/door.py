"""Where every call comes in: token, method, scope, pace, arguments, in Slack's order."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.errors import RateLimited, SlackError, invalid_arguments
from sandbox.manifest import Manifest
from sandbox.people import APP_TOKEN, BOT_TOKEN
from sandbox.web_api.call import Args, Call
from sandbox.web_api.table import METHODS, Entry
from sandbox.wire import Json
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Answer:
    """What goes back: an HTTP status, a JSON body, perhaps headers."""

    body: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Door:
    """Answers Web API calls; SlackErrors end here."""

    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        address: str,
        open_socket: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._address = address
        self._open_socket = open_socket

    def answer(self, method: str, given: Json, token: str | None) -> Answer:
        """Run one method with the workspace to itself."""
        args = Args(given)
        call = Call(self._workspace, self._manifest, args, self._address, self._open_socket)
        try:
            with self._workspace.lock:
                body = {"ok": True, **self._run(method, call, token)}
                return Answer(body, headers=self._granted())
        except RateLimited as limited:
            headers = {"Retry-After": str(limited.retry_after)}
            return Answer(limited.body(), 429, headers)
        except SlackError as error:
            return Answer(error.body())

    def _granted(self) -> dict[str, str]:
        """Slack lists the token's scopes with every answer."""
        return {} if self._manifest.scopes is None else {"X-OAuth-Scopes": self._manifest.provided}

    def _run(self, method: str, call: Call, token: str | None) -> Json:
        entry = METHODS.get(method)
        if entry is None:
            raise SlackError("unknown_method", req_method=method)
        if method != "api.test":
            _check_token(entry, token)
        if entry.scopes:
            self._manifest.demand(*entry.scopes)
        self._hold_to_tier(method, entry)
        missing = [name for name in entry.required if name not in call.args]
        if missing:
            raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
        return entry.method(call)

    def _hold_to_tier(self, method: str, entry: Entry) -> None:
        if entry.tier is None:
            return
        wait = self._workspace.pacing.method(method, entry.tier)
        if wait is not None:
            raise RateLimited(wait)


def _check_token(entry: Entry, token: str | None) -> None:
    if not token:
        raise SlackError("not_authed")
    if token not in (BOT_TOKEN, APP_TOKEN):
        raise SlackError("invalid_auth")
    if (token == APP_TOKEN) != entry.app_token:
        raise SlackError("not_allowed_token_type")
