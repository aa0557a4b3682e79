"""As whom somebody acts: as themselves, but for whoever plays a trial or a rehearsal."""

from dataclasses import dataclass, replace
from typing import Any

from bot.services import trial, walks
from bot.views.blocks import View
from handlers.desk import Desk

_TRIAL, _WALK = "as:", "try:"
"""Begin what a form is about, when it was opened as somebody else, or in a rehearsal; the id of
whom and a bar follow."""


@dataclass(frozen=True)
class Acting:
    """`by` acts; `played_by` is who pressed, as Slack signed it."""

    desk: Desk
    """With the workspace that it happens in; a rehearsal has one of its own."""
    by: str
    played_by: str
    about: str = ""
    """What the form is about that was pressed in or sent off."""
    is_walk: bool = False

    @classmethod
    def read(cls, desk: Desk, body: dict[str, Any]) -> "Acting":
        """From a press or a form. Whom a form was opened as is taken from us alone: Slack signs
        what it gives back, and the right to it is asked anew."""
        user = str(body["user"]["id"])
        about = str((body.get("view") or {}).get("private_metadata") or "")
        for mark in (_TRIAL, _WALK):
            if about.startswith(mark):
                other, _, rest = about.removeprefix(mark).partition("|")
                return cls._in_a_form(desk, user, other, rest, is_walk=mark == _WALK)
        place = body.get("container") or {}
        if place.get("type") != "message":
            return cls(desk, user, user, about)
        return cls._at(desk, user, str(place["channel_id"]), str(place["message_ts"]))

    @classmethod
    def oneself(cls, desk: Desk, body: dict[str, Any]) -> "Acting":
        """Whoever pressed, without a look at the database: it may be what does not answer."""
        user = str(body["user"]["id"])
        return cls(desk, user, user)

    @classmethod
    def _in_a_form(
        cls, desk: Desk, user: str, other: str, about: str, *, is_walk: bool
    ) -> "Acting":
        own = walks.of(desk.liaison, user) if is_walk else None
        desk = replace(desk, liaison=own) if own else desk
        by = other if trial.may_act_as(desk.liaison, user, other) else user
        return cls(desk, by, user, about, is_walk=own is not None)

    @classmethod
    def _at(cls, desk: Desk, user: str, channel: str, ts: str) -> "Acting":
        own = walks.of(desk.liaison, user)
        is_walk = own is not None and trial.has_posted(own, channel, ts)
        if own and is_walk:
            desk = replace(desk, liaison=own)
        return cls(desk, trial.acting(desk.liaison, user, channel, ts), user, is_walk=is_walk)

    def dressed(self, view: View) -> View:
        """A form that remembers as whom it was opened, and in which workspace."""
        if self.by == self.played_by and not self.is_walk:
            return view
        about = view.get("private_metadata", "")
        mark = _WALK if self.is_walk else _TRIAL
        return view | {"private_metadata": f"{mark}{self.by}|{about}"}
