"""A press of a button, read from Slack's payload."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import Respond

from bot.views import ids
from bot.views.blocks import Post, View, in_a_modal, told
from handlers.acting import Acting
from handlers.desk import Desk, reply


@dataclass(frozen=True)
class Press:
    """`handoff_id` is untrusted until it is looked up."""

    desk: Desk
    button: str
    """The action_id; for a menu, the action_id and the chosen entry; for a field of an open form
    that tells of its choice at once, the field."""
    handoff_id: str
    acting: Acting
    trigger_id: str
    respond: Respond
    view_id: str = ""
    """The modal it was pressed in; empty for a message and for App Home."""
    choice: str = ""
    """What was chosen in that field."""
    view_name: str = ""
    """Which modal that is, by its callback_id."""
    about: str = ""
    """What that modal is about, as we put it there."""
    is_private: bool = False
    """Whether it was pressed in a message that only they see."""
    channel: str = ""
    """Where the message stands that it was pressed in; empty for a modal and for App Home."""
    typed: Mapping[str, Any] = field(default_factory=dict)
    """What is filled in in that modal by now, by field."""

    @property
    def by(self) -> str:
        """Who acts by it; who pressed, but in a trial."""
        return self.acting.by

    @classmethod
    def read(
        cls, desk: Desk, body: dict[str, Any], respond: Respond, acting: Acting | None = None
    ) -> "Press":
        """A menu's entry carries `entry:id` where a button carries the id. `acting`: when it is
        known already who acts by it."""
        acting = acting or Acting.read(desk, body)
        action = body["actions"][0]
        button, value = action["action_id"], action.get("value", "")
        if button == ids.CHOICE:
            return cls._in_a_form(acting, body, respond)
        if chosen := action.get("selected_option"):
            entry, _, value = chosen["value"].partition(":")
            button = f"{button}:{entry}"
        view = body.get("view") or {}
        is_modal = view.get("type") == "modal"
        return cls(
            acting.desk,
            button,
            value,
            acting,
            body["trigger_id"],
            respond,
            view["id"] if is_modal else "",
            view_name=view["callback_id"] if is_modal else "",
            about=acting.about,
            is_private=bool((body.get("container") or {}).get("is_ephemeral")),
            channel=(body.get("channel") or {}).get("id", ""),
            typed=(view.get("state") or {}).get("values", {}) if is_modal else {},
        )

    @classmethod
    def _in_a_form(cls, acting: Acting, body: dict[str, Any], respond: Respond) -> "Press":
        """The form says which lead it is about."""
        action, view = body["actions"][0], body["view"]
        return cls(
            acting.desk,
            action["block_id"],
            acting.about,
            acting,
            body["trigger_id"],
            respond,
            view["id"],
            (action.get("selected_option") or {}).get("value", ""),
        )

    def update(self, view: View) -> None:
        """Show other content in the open form, once Slack has its acknowledgement."""
        shown = self.acting.dressed(view)
        self.desk.afterwards(lambda: self.desk.slack.update_view(self.view_id, shown))

    def open(self, view: View) -> None:
        """Open a modal once Slack has its acknowledgement; the trigger lives three seconds.

        From within a modal it goes on top of it.
        """
        self.open_made(lambda: view)

    def open_made(self, make: Callable[[], View]) -> None:
        """The same with a modal that is made after the acknowledgement."""
        slack = self.desk.slack
        show = slack.push_view if self.view_id else slack.open_view
        self.desk.afterwards(lambda: show(self.trigger_id, self.acting.dressed(make())))

    def words(self, name: str) -> str | None:
        """What is typed in a field of the modal; None when nothing is."""
        element = self.typed.get(name, {}).get(ids.CHOICE) or {}
        return str(element["value"]) if element.get("value") else None

    def work_out(self, meanwhile: View, work: Callable[[], View]) -> None:
        """Say on top of the modal that something is worked out, then show it there: a trigger does
        not live as long as that takes."""
        slack = self.desk.slack

        def show() -> None:
            view_id = slack.push_view(self.trigger_id, meanwhile)
            slack.update_view(view_id, work())

        self.desk.afterwards(show)

    def work_out_here(self, meanwhile: View, work: Callable[[], View]) -> None:
        """The same in the modal that it was pressed in."""
        slack = self.desk.slack

        def show() -> None:
            slack.update_view(self.view_id, meanwhile)
            slack.update_view(self.view_id, work())

        self.desk.afterwards(show)

    def answer(self, post: Post, title: str = "Liaison") -> None:
        """Answer privately beside the message, once Slack has its acknowledgement; where there is
        none, in a modal of that title."""
        if not self.respond.response_url:
            self.open(in_a_modal(title, post))
            return
        self.desk.afterwards(lambda: reply(self.respond, post))

    def whisper(self, sentence: str) -> None:
        """Tell only the one who pressed: beside the message, or where there is none, in a modal."""
        if not self.respond.response_url:
            self.open(told("Please note", sentence))
            return
        self.desk.afterwards(
            lambda: self.respond(text=sentence, response_type="ephemeral", replace_original=False)
        )
