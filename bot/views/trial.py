"""The trial: the line above what was meant for somebody else, its panel, and the two signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.models import Person
from bot.playbook import Playbook
from bot.views import ids
from bot.views.blocks import Post, View, actions, button, context, escape, modal, section, when
from bot.views.setup import clocks, hours_line, people_line

_SAMPLES = (
    ("Northwind Traders", "Jane", "Head of Procurement", "asked for a demo", "Spring webinar"),
    ("Contoso Pumps", "Sam", "Plant Manager", "asked for a price", "Trade fair"),
    ("Fabrikam Foods", "Alex", "IT Director", "read the pricing page three times", "Newsletter"),
)
HISTORY = "python -m bot import FILE"
"""What brings the last months in as history."""


@dataclass(frozen=True)
class Side:
    """One side on the way to going live."""

    side: str
    heads: tuple[str, ...]
    """The names of who may agree."""
    has_agreed: bool


def line(meant_for: str, person: Person | None) -> str:
    """Above a message of the trial: whom it would reach. `meant_for` is a person's or channel's id,
    or the name of a channel the bot is not in."""
    named = meant_for if meant_for.startswith("#") else f"<#{meant_for}>"
    return f"Trial: this would go to {escape(person.name) if person else named}."


def sample(number: int, owner: str | None) -> dict[str, object]:
    """The fields of a made-up lead; a number tells it from the others."""
    company, name, title, reason, campaign = _SAMPLES[number % len(_SAMPLES)]
    return {
        "company": f"{company} {number}",
        "first_name": name,
        "last_name": "Sample",
        "title": title,
        "email": f"sample{number}@example.com",
        "phone": "+1 555 0100",
        "reason": reason,
        "campaign": campaign,
        "grade": "A",
        "source": "Trial",
        "owner": owner,
    }


def trial(number: int, sides: Sequence[Side], asked_at: datetime | None) -> Post:
    """The panel: what may be tried, and how far both sides are."""
    lines = [
        f"*The trial is on*, by version {number} of the playbook.",
        "Only you are messaged. Each message says whom it would go to, and its buttons work as if "
        "they had pressed. Leads that come in are played with too.",
    ]
    if asked_at:
        lines.append("*Going live* as soon as both sides agree:")
        lines += [f"• {_side(side)}" for side in sides]
    text = "\n".join(lines)
    buttons = [button("Send a sample lead", ids.TRIAL_SAMPLE, "sample", style="primary")]
    buttons.append(button("Show the playbook", ids.TRIAL_BOOK, "book"))
    if not asked_at:
        buttons.append(button("Go live…", ids.TRIAL_LIVE, "live"))
    notes = (
        "Going live ends the trial for good: its hand-offs and messages are taken out, so no "
        "report counts them, and leads that came in meanwhile have to be sent again."
    )
    return Post(f"{text}\n{notes}", [section(text), actions("trial", *buttons), context(notes)])


def _side(side: Side) -> str:
    if side.has_agreed:
        return f"{side.side}: agreed."
    heads = " or ".join(escape(name) for name in side.heads[:3])
    return f"{side.side}: waiting for {heads or 'a head, whom nobody is yet'}."


def confirm(sides: Sequence[Side]) -> View:
    """Before both sides are asked: who is, and what it means."""
    lines = [
        "*Both sides are asked now*, each head in a message of their own:",
        *(f"• {_side(side)}" for side in sides),
        "Once both agree it is live, and there is no way back into the trial. `/liaison try` "
        "rehearses a lead at any time.",
    ]
    return modal(ids.TRIAL_FORM, "Go live", [section("\n".join(lines))], submit="Ask both sides")


def live(at: datetime) -> Post:
    """The panel, once both sides agreed."""
    lines = [
        f"*Liaison is live* since {when(at)}: both sides agreed.",
        "From now on everybody reads their own messages. What the trial left above is play; its "
        "buttons do nothing any more.",
    ]
    notes = (
        "`/liaison doctor` says whether all is well, `/liaison try` rehearses a lead, and "
        f"`{HISTORY}`, on the machine it runs on, brings the last 90 days in as history."
    )
    text = "\n".join(lines)
    return Post(f"{text}\n{notes}", [section(text), context(notes)])


def agree(
    playbook: Playbook, number: int, asked_by: Person, side: Side | None, *, is_live: bool
) -> Post:
    """What a head is asked; `side` is theirs, None when they head none any more."""
    asks = f"{escape(asked_by.name)} tried Liaison out and would like to go live."
    if is_live or side is None:
        sentence = "Liaison is live: both sides agreed." if is_live else f"{asks} Others decide."
        return Post(sentence, [section(sentence)])
    lines = [
        f"*{asks}*",
        "It hands marketing's leads to sales, reminds in working hours, and tells marketing what "
        f"became of them. What both sides would agree to, version {number}:",
        *(f"• {said}" for said in _agreement(playbook)),
    ]
    if side.has_agreed:
        lines.append(f"*{side.side.title()} agreed.*")
    text = "\n".join(lines)
    read = button("Read it all", ids.TRIAL_BOOK, "book")
    yes = button("Agree", ids.TRIAL_AGREE, str(number), style="primary")
    note = "Once both sides agree, everybody hears from Liaison; before that nobody does."
    buttons = [read] if side.has_agreed else [yes, read]
    return Post(f"{text}\n{note}", [section(text), actions("agree", *buttons), context(note)])


def _agreement(playbook: Playbook) -> list[str]:
    people = [{"roles": [str(role) for role in one.roles]} for one in playbook.people]
    hours = playbook.hours
    return [
        f"Cards go to {_channel(playbook.channels.handoffs)}.",
        people_line({"people": people}),
        hours_line({"open": hours.open, "timezone": hours.timezone, "holidays": hours.holidays}),
        f"First touch: {clocks(playbook.sla)}.",
    ]


def _channel(name_or_id: str) -> str:
    return name_or_id if name_or_id.startswith("#") else f"<#{name_or_id}>"
