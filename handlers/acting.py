"""As whom somebody acts: as themselves, but for whoever plays both sides of a trial."""

from dataclasses import dataclass
from typing import Any

from bot.services import trial
from bot.views.blocks import View
from handlers.desk import Desk

_AS = "as:"
"""Begins what a form is about, when it was opened as somebody else; their id and a bar follow."""


@dataclass(frozen=True)
class Acting:
    """`by` acts; `played_by` is who pressed, as Slack signed it."""

    by: str
    played_by: str
    about: str = ""
    """What the form is about that was pressed in or sent off."""

    @classmethod
    def read(cls, desk: Desk, body: dict[str, Any]) -> "Acting":
        """From a press or a form. Whom a form was opened as is taken from us alone: Slack signs
        what it gives back, and the right to it is asked anew."""
        user = str(body["user"]["id"])
        about = str((body.get("view") or {}).get("private_metadata") or "")
        if about.startswith(_AS):
            other, _, about = about.removeprefix(_AS).partition("|")
            by = other if trial.may_act_as(desk.liaison, user, other) else user
            return cls(by, user, about)
        place = body.get("container") or {}
        if place.get("type") != "message":
            return cls(user, user, about)
        channel, ts = str(place["channel_id"]), str(place["message_ts"])
        return cls(trial.acting(desk.liaison, user, channel, ts), user, about)

    def dressed(self, view: View) -> View:
        """A form that remembers as whom it was opened."""
        if self.by == self.played_by:
            return view
        about = view.get("private_metadata", "")
        return view | {"private_metadata": f"{_AS}{self.by}|{about}"}
