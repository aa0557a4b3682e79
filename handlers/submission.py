"""A form that was sent off, read from Slack's payload."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.views import ids
from handlers.acting import Acting
from handlers.desk import Desk


@dataclass(frozen=True)
class Submission:
    """What was filled in; what it is about is untrusted until it is looked up."""

    desk: Desk
    form: str
    acting: Acting
    values: dict[str, Any]

    @property
    def about(self) -> str:
        """The hand-off's id, or what else the form is about, as we put it there."""
        return self.acting.about

    @property
    def by(self) -> str:
        """Who acts by it; who sent it off, but in a trial."""
        return self.acting.by

    @classmethod
    def read(cls, desk: Desk, body: dict[str, Any]) -> "Submission":
        view, acting = body["view"], Acting.read(desk, body)
        return cls(
            acting.desk,
            view["callback_id"],
            acting,
            view["state"]["values"],
        )

    def choice(self, field: str) -> str:
        """The chosen option's value; empty when nothing was chosen."""
        chosen = self._element(field).get("selected_option") or {}
        return str(chosen.get("value", ""))

    def instant(self, field: str) -> datetime | None:
        """The picked date and time, aware UTC; None when none was picked."""
        picked = self._element(field).get("selected_date_time")
        return datetime.fromtimestamp(picked, UTC) if picked else None

    def choices(self, field: str) -> set[str]:
        """The values of all chosen options."""
        return {str(option["value"]) for option in self._element(field).get("selected_options", [])}

    def day(self, field: str) -> str | None:
        """The chosen day, `2026-11-27`; None when none was."""
        chosen = self._element(field).get("selected_date")
        return str(chosen) if chosen else None

    def words(self, field: str) -> str | None:
        """What was typed; None when nothing was."""
        typed = self._element(field).get("value")
        return str(typed) if typed else None

    def conversation(self, field: str) -> str:
        """The id of the chosen channel; empty when none was chosen."""
        return str(self._element(field).get("selected_conversation") or "")

    def person(self, field: str) -> str | None:
        """The id of the chosen person; None when nobody was chosen."""
        chosen = self._element(field).get("selected_user")
        return str(chosen) if chosen else None

    def people(self, field: str) -> list[str]:
        """The ids of all chosen people, in the order in which they were chosen."""
        return [str(person) for person in self._element(field).get("selected_users") or []]

    def _element(self, field: str) -> dict[str, Any]:
        element: dict[str, Any] = self.values.get(field, {}).get(ids.CHOICE) or {}
        return element
