"""A press of a button, read from Slack's payload."""

from dataclasses import dataclass
from typing import Any

from slack_bolt import Respond

from bot.views import ids
from bot.views.blocks import View, told
from handlers.desk import Desk


@dataclass(frozen=True)
class Press:
    """`by` is who pressed, as Slack signed it; `handoff_id` is untrusted until it is looked up."""

    desk: Desk
    button: str
    """The action_id; for a menu, the action_id and the chosen entry."""
    handoff_id: str
    by: str
    trigger_id: str
    respond: Respond
    modal_id: str | None = None
    """The modal it was pressed in; None in a message or on App Home."""
    in_lead: bool = False
    """Whether that modal is an opened lead."""

    @classmethod
    def read(cls, desk: Desk, body: dict[str, Any], respond: Respond) -> "Press":
        """A menu's entry carries `entry:id` where a button carries the id."""
        action = body["actions"][0]
        button, value = action["action_id"], action.get("value", "")
        if chosen := action.get("selected_option"):
            entry, _, value = chosen["value"].partition(":")
            button = f"{button}:{entry}"
        view = body.get("view") or {}
        modal_id = view["id"] if view.get("type") == "modal" else None
        in_lead = view.get("callback_id") == ids.LEAD_VIEW
        by, trigger_id = body["user"]["id"], body["trigger_id"]
        return cls(desk, button, value, by, trigger_id, respond, modal_id, in_lead)

    def open(self, view: View) -> None:
        """Open a modal once Slack has its acknowledgement; the trigger lives three seconds.

        From within a modal it goes on top of it.
        """
        slack = self.desk.slack
        show = slack.push_view if self.modal_id else slack.open_view
        self.desk.afterwards(lambda: show(self.trigger_id, view))

    def whisper(self, sentence: str) -> None:
        """Tell only the one who pressed: beside the message, or where there is none, in a modal."""
        if not self.respond.response_url:
            self.open(told("Please note", sentence))
            return
        self.desk.afterwards(
            lambda: self.respond(text=sentence, response_type="ephemeral", replace_original=False)
        )
