"""Somebody new: they join the workspace, then every public channel, and the app hears of it."""

import re
from zoneinfo import available_timezones

from sandbox import events
from sandbox.delivery import Delivery
from sandbox.errors import Misuse
from sandbox.manifest import Manifest
from sandbox.people import BERLIN, Person, person_id
from sandbox.wire import Json
from sandbox.workspace import Workspace

_NAME = re.compile(r"[a-z]{1,9}")
_TEAMS = ("sales", "marketing")


class Arrivals:
    """The door of the workspace."""

    def __init__(self, workspace: Workspace, manifest: Manifest, delivery: Delivery) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._delivery = delivery

    def join(self, given: Json) -> Json:
        """Let a new person in; gives their user id. They are known by their `name`, as "zoe"."""
        with self._workspace.lock:
            person = self._newcomer(given)
            joined = self._workspace.admit(person)
            ts = self._workspace.new_ts()
            told = [events.team_joined(self._manifest, person, ts)]
            told += [events.channel_joined(channel, person, ts) for channel in joined]
            for event in told:
                if self._manifest.subscribes(event["type"]):
                    self._delivery.send(events.envelope(event))
        return {"id": person.id}

    def _newcomer(self, given: Json) -> Person:
        name, team = str(given["name"]), given.get("team", "sales")
        title, tz = str(given.get("title") or "New here"), given.get("tz", BERLIN)
        if not _NAME.fullmatch(name):
            raise Misuse(f'"{name}" is no name; say one to nine small letters, as "zoe".')
        if person_id(name) in self._workspace.people:
            raise Misuse(f'"{name}" is here already.')
        if team not in _TEAMS or tz not in available_timezones():
            raise Misuse("Say a team, sales or marketing, and a zone, as Europe/Berlin.")
        shown = str(given.get("real_name") or name.title())
        return Person(person_id(name), name, shown, team, title, tz)
