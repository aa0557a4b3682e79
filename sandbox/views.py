"""Modals, three deep at most, and App Homes: what stands before a person's eyes."""

import secrets
import time
from dataclasses import dataclass, field

from sandbox import elements, forms
from sandbox.errors import SlackError
from sandbox.forms import Entries
from sandbox.people import APP_ID, BOT_ID, TEAM_ID
from sandbox.wire import Json, mint

DEEPEST = 3
_SHOWN_AS_GIVEN = ("title", "submit", "close", "callback_id", "private_metadata", "external_id")
_OPTIONAL = frozenset({"submit", "close", "title"})


@dataclass
class View:
    """A modal or an App Home as one person has it before them."""

    person: str
    payload: Json
    previous_id: str | None = None
    root_id: str = ""
    id: str = field(default_factory=lambda: mint("V"))
    hash: str = ""
    entries: Entries = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root_id = self.root_id or self.id
        elements.name_all(self.blocks)
        self.hash = _new_hash()

    @property
    def blocks(self) -> list[Json]:
        """The blocks of the view, every one with its ids."""
        blocks: list[Json] = self.payload["blocks"]
        return blocks

    def replace(self, payload: Json, given_hash: str | None) -> None:
        """Show other content; what was filled in stays where the ids stay."""
        if given_hash is not None and given_hash != self.hash:
            raise SlackError("hash_conflict")
        elements.name_all(payload["blocks"])
        self.payload = payload
        self.entries = forms.kept(self.blocks, self.entries)
        self.hash = _new_hash()

    def as_slack(self) -> Json:
        """The view object of answers and payloads."""
        shown: Json = {"id": self.id, "team_id": TEAM_ID, "type": self.payload["type"]}
        for key in _SHOWN_AS_GIVEN:
            shown[key] = self.payload.get(key, None if key in _OPTIONAL else "")
        return shown | {
            "blocks": self.blocks,
            "state": {"values": forms.state(self.blocks, self.entries)},
            "hash": self.hash,
            "clear_on_close": bool(self.payload.get("clear_on_close")),
            "notify_on_close": bool(self.payload.get("notify_on_close")),
            "submit_disabled": bool(self.payload.get("submit_disabled")),
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }


class Modals:
    """Everybody's open modals; the last of a stack is on top."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._open: dict[str, View] = {}

    def stack(self, person: str) -> list[View]:
        """A person's open modals, the top one last."""
        return list(self._stacks.get(person, []))

    def get(self, view_id: str) -> View | None:
        """An open modal; None once it was closed."""
        return self._open.get(view_id)

    def named(self, external_id: str) -> View | None:
        """The open modal the app gave this external_id."""
        return next(
            (v for v in self._open.values() if v.payload.get("external_id") == external_id), None
        )

    def open(self, person: str, payload: Json) -> View:
        """Show a modal in place of whatever stack was there."""
        self._refuse_a_double(payload)
        self.clear(person)
        return self._put_on_top(View(person, payload))

    def push(self, below: View, payload: Json) -> View:
        """Show a modal on top of one that is open."""
        self._refuse_a_double(payload)
        if len(self._stacks[below.person]) >= DEEPEST:
            raise SlackError("push_limit_reached")
        return self._put_on_top(View(below.person, payload, below.id, below.root_id))

    def update(self, view: View, payload: Json, given_hash: str | None) -> None:
        """Show other content in an open modal."""
        named = self.named(payload.get("external_id") or "-")
        if named not in (None, view):
            raise SlackError("duplicate_external_id")
        view.replace(payload, given_hash)

    def close(self, view: View) -> list[View]:
        """Close a modal with all above it, or the whole stack where the app wishes so.

        Gives what was closed, the top one first.
        """
        stack = self._stacks[view.person]
        at = 0 if view.payload.get("clear_on_close") else stack.index(view)
        closed = stack[at:]
        for gone in closed:
            self.pop(gone)
        return closed[::-1]

    def pop(self, view: View) -> None:
        """Close one modal; the one below shows again. Nothing happens when it is gone."""
        if self._open.pop(view.id, None):
            self._stacks[view.person].remove(view)

    def clear(self, person: str) -> None:
        """Close a person's whole stack."""
        for view in self._stacks.pop(person, []):
            del self._open[view.id]

    def _put_on_top(self, view: View) -> View:
        self._stacks.setdefault(view.person, []).append(view)
        self._open[view.id] = view
        return view

    def _refuse_a_double(self, payload: Json) -> None:
        external_id = payload.get("external_id")
        if external_id and self.named(external_id):
            raise SlackError("duplicate_external_id")


def _new_hash() -> str:
    return f"{time.time():.0f}.{secrets.token_hex(4)}"
