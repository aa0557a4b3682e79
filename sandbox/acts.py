"""What people do, and what becomes of it: the app is told, its answer is carried out."""

import time
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from sandbox import elements, events, forms, payloads, submissions, surfaces
from sandbox.channels import Channel
from sandbox.delivery import Delivery, Kind, Undelivered
from sandbox.elements import PRESSED, Placed
from sandbox.errors import Misuse, SlackError
from sandbox.manifest import Manifest
from sandbox.payloads import Act
from sandbox.people import BERLIN, Person
from sandbox.posts import Author, another_app
from sandbox.replies import post_reply
from sandbox.surfaces import Surface
from sandbox.tickets import ReplyAddress
from sandbox.wire import Json
from sandbox.workspace import Workspace

_STATUS = frozenset({"status_text", "status_emoji", "status_expiration"})
_DND = frozenset({"dnd_start_ts", "dnd_end_ts"})
_CHANGEABLE = frozenset({"real_name", "title", "tz", "deleted"}) | _STATUS | _DND
# Nothing was sent, so nothing is wanting.
_NO_ONE_TO_ASK = {"acked": True, "ms": 0}


@dataclass(frozen=True)
class Told:
    """How telling the app went: `said` is None when it did not acknowledge in time."""

    said: Json | None
    ms: int

    def shown(self) -> Json:
        """What the control API answers."""
        return {"acked": self.said is not None, "ms": self.ms}


class Acts:
    """Every act of a person, by their user id. Misuse for what Slack's client would not allow."""

    def __init__(
        self, workspace: Workspace, manifest: Manifest, delivery: Delivery, address: str
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._delivery = delivery
        self._address = address

    def post(self, given: Json) -> Json:
        """Write into a channel, as a person or as another app."""
        with self._workspace.lock:
            person = self._person(given)
            channel = surfaces.joined(self._workspace, person.id, given.get("channel"))
            post = self._workspace.draft(channel, _author(person, given))
            post.text, post.metadata = str(given.get("text") or ""), given.get("metadata")
            if not post.text.strip():
                raise Misuse("Write something first.")
            if given.get("thread_ts"):
                parent = surfaces.seen(channel, person.id, given["thread_ts"])
                post.thread_ts = parent.thread_ts or parent.ts
            self._workspace.publish(post)
            self._workspace.mark_read(person.id, channel)
            for event in events.about_post(self._manifest, channel, post):
                self._delivery.send(events.envelope(event))
        return {"ts": post.ts}

    async def click(self, given: Json) -> Json:
        """Press a button or choose in a menu of a message, a modal or the App Home."""
        with self._workspace.lock:
            person = self._person(given)
            surface = surfaces.find(self._workspace, person.id, given)
            spot = elements.find(surface.blocks, given["action_id"], given.get("block_id"))
            offers = self._workspace.offers[person.id]
            filled = forms.fill(surface.blocks, given.get("values") or {}, offers)
            surface.entries.update(filled)
            told = self._choose(person, surface, spot, given.get("value"))
            self._workspace.mark_read(person.id, surface.channel)
        if told is None:
            return _NO_ONE_TO_ASK
        return (await self._tell("interactive", told, person, surface.channel)).shown()

    async def suggest(self, given: Json) -> Json:
        """Type into an external select; the app says what it offers."""
        with self._workspace.lock:
            person = self._person(given)
            surface = surfaces.find(self._workspace, person.id, given)
            spot = elements.find(surface.blocks, given["action_id"], given.get("block_id"))
            act, query = self._act(person), str(given.get("query") or "")
            payload = payloads.suggestion(act, surface.place, *spot.key, query)
        said = (await self._tell("interactive", payload, person, surface.channel)).said or {}
        offered = payloads.offered(said)
        offers = self._workspace.offers[person.id]
        # Of several searches one may choose something each time.
        known = {each["value"]: each for each in [*offers.get(spot.key, []), *offered]}
        offers[spot.key] = list(known.values())
        return {"options": offered, "option_groups": said.get("option_groups", [])}

    async def submit(self, given: Json) -> Json:
        """Press a modal's submit button."""
        with self._workspace.lock:
            person = self._person(given)
            view = surfaces.top_modal(self._workspace, person.id, given["view_id"])
            if not view.payload.get("submit"):
                raise Misuse("This modal has no submit button.")
            offers = self._workspace.offers[person.id]
            view.entries.update(forms.fill(view.blocks, given.get("values") or {}, offers))
            if complaints := forms.complaints(view.blocks, view.entries):
                return submissions.held_back(complaints)
            payload = payloads.submission(self._act(person, from_view=view.id), view)
            dm = self._workspace.dm(person.id)
        told = await self._tell("interactive", payload, person, dm)
        with self._workspace.lock:
            outcome = submissions.carry_out(self._workspace, view, told.said)
            if outcome.trouble and told.said is not None:
                self._whisper(person, dm, "did not answer as it should. Try again.")
        return outcome.shown() | told.shown()

    async def close(self, given: Json) -> Json:
        """Close a modal with its cross; the app hears of it where it asked to."""
        with self._workspace.lock:
            person = self._person(given)
            view = surfaces.top_modal(self._workspace, person.id, given["view_id"])
            closed = self._workspace.modals.close(view)
            self._workspace.changes.note(person.id)
            cleared = bool(view.payload.get("clear_on_close"))
            heard = [v for v in closed if v.payload.get("notify_on_close")]
            told = [payloads.closing(self._act(person), v, cleared=cleared) for v in heard]
        answers = [await self._ask("interactive", payload) for payload in told]
        return answers[0].shown() if answers else _NO_ONE_TO_ASK

    async def command(self, given: Json) -> Json:
        """Type a slash command; the app may answer on the spot."""
        name, text = given["command"], str(given.get("text") or "")
        with self._workspace.lock:
            person = self._person(given)
            channel = surfaces.joined(self._workspace, person.id, given.get("channel"))
            if not self._manifest.command(name):
                raise Misuse(f"{name} is not a command of {self._manifest.name}.")
            token = self._workspace.reply_addresses.issue(person.id, channel.id)
            payload = payloads.command(self._act(person, reply=token), channel, name, text)
            self._workspace.mark_read(person.id, channel)
        told = await self._tell("slash_commands", payload, person, channel)
        if told.said:
            self._answer_on_the_spot(person, channel, told.said)
        return told.shown()

    async def shortcut(self, given: Json) -> Json:
        """Run a global shortcut, or one on a message."""
        callback_id = given["callback_id"]
        with self._workspace.lock:
            person = self._person(given)
            channel = self._workspace.dm(person.id)
            kind = "message" if given.get("ts") else "global"
            if not self._manifest.shortcut(callback_id, kind):
                raise Misuse(f'{self._manifest.name} has no {kind} shortcut "{callback_id}".')
            if kind == "global":
                payload = payloads.global_shortcut(self._act(person), callback_id)
            else:
                channel = surfaces.joined(self._workspace, person.id, given.get("channel"))
                payload = self._on_message(person, channel, callback_id, given["ts"])
        return (await self._tell("interactive", payload, person, channel)).shown()

    def open_home(self, given: Json) -> Json:
        """Open the app's "home" or "messages" tab."""
        with self._workspace.lock:
            person = self._person(given)
            tab = given.get("tab") or "home"
            if tab not in ("home", "messages"):
                raise Misuse(f'There is no tab "{tab}"; there are home and messages.')
            home = self._workspace.homes.get(person.id) if tab == "home" else None
            dm, ts = self._workspace.dm(person.id), self._workspace.new_ts()
            if self._manifest.subscribes("app_home_opened"):
                event = events.home_opened(person.id, dm, tab, home, ts)
                self._delivery.send(events.envelope(event))
        return {}

    def change_person(self, given: Json) -> Json:
        """Change a person's own `real_name`, `title`, `tz`, status or Do Not Disturb, or have them
        leave (`deleted`). Of Do Not Disturb `user_change` says nothing, as in Slack."""
        changes = {key: value for key, value in given.items() if key != "as"}
        if not changes or not changes.keys() <= _CHANGEABLE:
            raise Misuse(f"Say what to change: {', '.join(sorted(_CHANGEABLE))}.")
        if changes.get("tz", BERLIN) not in available_timezones():
            raise Misuse(f'"{changes["tz"]}" is no zone; say Europe/Berlin.')
        with self._workspace.lock:
            person = replace(self._person(given), **changes)
            self._workspace.people[person.id] = person
            self._workspace.changes.note_everybody()
            if self._manifest.subscribes("user_change") and changes.keys() - _DND:
                ts = self._workspace.new_ts()
                event = events.user_changed(self._manifest, person, ts)
                self._delivery.send(events.envelope(event))
        return {}

    def read(self, given: Json) -> Json:
        """Mark a channel as read."""
        with self._workspace.lock:
            person = self._person(given)
            channel = surfaces.joined(self._workspace, person.id, given.get("channel"))
            self._workspace.mark_read(person.id, channel)
        return {}

    def _choose(self, person: Person, surface: Surface, spot: Placed, value: object) -> Json | None:
        """Take note of the choice; the payload to tell, or None where Slack tells nothing."""
        element, block = spot.element, spot.block
        if person.id not in element.get("visible_to_user_ids", [person.id]):
            raise Misuse(f'This person does not see "{element["action_id"]}".')
        if element["type"] in PRESSED:
            chosen = payloads.pressed(element, value)
        else:
            offers = self._workspace.offers[person.id]
            chosen = surface.entries[spot.key] = forms.entry(spot, value, offers)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        token = surface.reply_address()
        act = self._act(person, from_view=surface.view_id, reply=token)
        return surface.clicked(act, payloads.action(element, block["block_id"], chosen, act.ts))

    def _on_message(self, person: Person, channel: Channel, callback_id: str, ts: str) -> Json:
        post = surfaces.seen(channel, person.id, ts)
        token = self._workspace.reply_addresses.issue(
            person.id, channel.id, thread_ts=post.thread_ts
        )
        act = self._act(person, reply=token)
        return payloads.message_shortcut(act, callback_id, channel, post)

    def _act(
        self, person: Person, *, from_view: str | None = None, reply: str | None = None
    ) -> Act:
        return Act(
            person,
            self._workspace.triggers.issue(person.id, from_view),
            self._workspace.new_ts(),
            f"{self._address}/respond/{reply}" if reply else "",
        )

    async def _tell(self, kind: Kind, payload: Json, person: Person, channel: Channel) -> Told:
        """Ask, and let the person read about it when nobody answers."""
        told = await self._ask(kind, payload)
        if told.said is None:
            with self._workspace.lock:
                self._whisper(person, channel, "did not respond. Try again in a moment.")
        return told

    async def _ask(self, kind: Kind, payload: Json) -> Told:
        started = time.monotonic()
        try:
            ack = await self._delivery.ask(kind, payload)
        except Undelivered:
            return Told(None, round((time.monotonic() - started) * 1000))
        return Told(ack.said, ack.ms)

    def _answer_on_the_spot(self, person: Person, channel: Channel, said: Json) -> None:
        address = ReplyAddress(person.id, channel.id, time.monotonic())
        with self._workspace.lock:
            try:
                post_reply(self._workspace, address, said)
            except SlackError as error:
                self._whisper(person, channel, f"gave an answer Slack refuses: {error.code}.")

    def _whisper(self, person: Person, channel: Channel, predicate: str) -> None:
        self._workspace.whisper(person.id, channel, f"{self._manifest.name} {predicate}")

    def _person(self, given: Json) -> Person:
        return self._workspace.person(given.get("as"))


def _author(person: Person, given: Json) -> Author:
    if given.get("bot_name"):
        return another_app(str(given["bot_name"]))
    if given.get("metadata"):
        raise Misuse("Only an app can post metadata: give its bot_name.")
    return Author(person.id, person.real_name)
