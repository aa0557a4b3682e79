"""User groups: what `@sales` stands for, by the people in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.people import PRIMARY_OWNER, TEAM_ID, Person
from sandbox.wire import Json

CREATED = 1_760_000_000


@dataclass
class UserGroup:
    """`handle` is what follows the @; `users` are ids in the order they were added."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False

    def as_slack(self) -> Json:
        """The user group object of the Web API, without its people."""
        deleted = CREATED if self.disabled else 0
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": "",
            "handle": self.handle,
            "is_external": False,
            "date_create": CREATED,
            "date_update": CREATED,
            "date_delete": deleted,
            "auto_type": None,
            "auto_provision": False,
            "created_by": PRIMARY_OWNER,
            "updated_by": PRIMARY_OWNER,
            "deleted_by": PRIMARY_OWNER if self.disabled else None,
            "prefs": {"channels": [], "groups": []},
        }


def of_teams(people: Iterable[Person]) -> dict[str, UserGroup]:
    """One for each team with everybody in it, by id."""
    groups = (
        UserGroup("S0SALES0000", "sales", "Sales"),
        UserGroup("S0MARKETIN0", "marketing", "Marketing"),
    )
    everybody = list(people)
    for group in groups:
        group.users = [person.id for person in everybody if person.team == group.handle]
    return {group.id: group for group in groups}
