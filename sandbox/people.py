"""Who is in the workspace: two teams of eight in three time zones, and the app's bot."""

from dataclasses import dataclass

TEAM_ID = "T0SANDBOX00"
TEAM_NAME = "Sandbox"
TEAM_DOMAIN = "sandbox"
APP_ID = "A0LIAISON00"
BOT_ID = "B0LIAISON00"
BOT_USER_ID = "U0LIAISON00"
BOT_NAME = "Liaison"
BOT_TOKEN = "xoxb-sandbox"
APP_TOKEN = "xapp-sandbox"
SIGNING_SECRET = "sandbox"
SLACKBOT_ID = "USLACKBOT"
PRIMARY_OWNER = "U0PIA000000"
"""Who owns the workspace in Slack, whatever a playbook says of them."""

BERLIN = "Europe/Berlin"
KATHMANDU = "Asia/Kathmandu"
NEW_YORK = "America/New_York"

_ROSTER = (
    ("ana", "Ana Ruiz", "sales", "Head of Sales", BERLIN),
    ("ben", "Ben Cole", "sales", "Account Executive", BERLIN),
    ("chloe", "Chloe Martin", "sales", "Account Executive", BERLIN),
    ("dev", "Dev Thapa", "sales", "Account Executive", KATHMANDU),
    ("ella", "Ella Novak", "sales", "Account Executive", NEW_YORK),
    ("femi", "Femi Adeyemi", "sales", "Account Executive", NEW_YORK),
    ("grace", "Grace Kim", "sales", "Account Executive", NEW_YORK),
    ("hugo", "Hugo Lind", "sales", "Account Executive", BERLIN),
    ("ida", "Ida Berg", "marketing", "Head of Marketing", BERLIN),
    ("jonas", "Jonas Weber", "marketing", "Campaigns", BERLIN),
    ("kira", "Kira Sato", "marketing", "Content", KATHMANDU),
    ("leo", "Leo Rossi", "marketing", "Events", BERLIN),
    ("maya", "Maya Cohen", "marketing", "Paid Media", NEW_YORK),
    ("nils", "Nils Holm", "marketing", "Web", BERLIN),
    ("olga", "Olga Petrova", "marketing", "Sales-Marketing Liaison", BERLIN),
    ("pia", "Pia Schmidt", "marketing", "RevOps", BERLIN),
)


@dataclass(frozen=True)
class Person:
    """A member of the workspace; `tz` is an IANA zone, `team` "sales" or "marketing"."""

    id: str
    name: str
    real_name: str
    team: str
    title: str
    tz: str
    deleted: bool = False
    admin: bool = False
    """Of the workspace in Slack, besides its owner."""
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    """Epoch seconds; 0 = until it is changed."""
    dnd_start_ts: int = 0
    """When their Do Not Disturb begins, now or next, in epoch seconds; 0 = never."""
    dnd_end_ts: int = 0

    @property
    def email(self) -> str:
        """Where the CRM knows this person."""
        return f"{self.name}@example.com"

    @property
    def dm(self) -> str:
        """The channel of the bot's direct messages with this person."""
        return "D0" + self.id.removeprefix("U0")


def person_id(name: str) -> str:
    """The fixed user id of a name: "ana" is U0ANA000000."""
    return f"U0{name.upper()}".ljust(11, "0")


def roster() -> dict[str, Person]:
    """Everybody by user id, in the order of the teams."""
    members = (
        Person(person_id(name), name, real_name, team, title, tz)
        for name, real_name, team, title, tz in _ROSTER
    )
    return {member.id: member for member in members}
