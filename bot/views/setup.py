"""Setting the app up: the one message that goes from step to step, and the form of each step."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.core.setup import ASKED, SECTION, Step
from bot.models import Person
from bot.playbook import Sla
from bot.playbook.sections import WEEKDAYS
from bot.views import ids
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    channel_picker,
    context,
    escape,
    field,
    foreign,
    line_field,
    modal,
    overflow,
    person_picker,
    radios,
    section,
    static_select,
)

Answers = Mapping[str, Any]
"""Sections of the playbook to be; `left_out` beside them names whom it cannot list."""

LONGEST = 3000
"""Characters of a pasted list."""
_LEFT_OUT = 5
TITLES = {
    Step.CHANNELS: "Channel",
    Step.PEOPLE: "People",
    Step.HOURS: "Hours",
    Step.CLOCK: "Clock",
    Step.STANDUP: "Stand-up",
}
_ABOUT = {
    Step.CHANNELS: "Where do the cards of new leads stand? I join a public channel by myself.",
    Step.PEOPLE: "Who works in sales, who in marketing, and who heads each side?",
    Step.HOURS: "When do people work? I remind nobody outside their hours.",
    Step.CLOCK: "How soon is a lead to hear from somebody? Working time, by grade.",
    Step.STANDUP: "When do both sides sit down together? The agenda writes itself.",
}
_CHOOSE = {
    Step.CHANNELS: "Choose a channel…",
    Step.PEOPLE: "Say who…",
    Step.HOURS: "Change…",
    Step.CLOCK: "Change…",
    Step.STANDUP: "Change…",
}
_NOTE = (
    "Every other admin of the workspace can go on with it by `/liaison setup`. Nobody else hears "
    "of anything before the trial is over."
)
WAYS = (
    ("channels", "From two channels"),
    ("groups", "From two user groups"),
    ("list", "From a list"),
)
ROLES = (("rep", "rep"), ("marketer", "marketer"), ("manager", "manager"), ("liaison", "liaison"))
PRESETS = {"normal": Sla(), "fast": Sla.model_validate({"preset": "fast"})}


def step(now: Step, given: Answers, answered: Collection[str], reader: Person) -> Post:
    """The message at one of its steps; `given` has the defaults of what is not `answered`."""
    if now is Step.SUMMARY:
        return _summary(given)
    welcome = f"Hello {escape(reader.name)}! Five questions, and sales and marketing can begin."
    says = _says(now, given)
    lines = [
        *([welcome] if now is Step.CHANNELS else []),
        f"*Setting up Liaison · Step {now.value} of {ASKED}: {TITLES[now]}*",
        _ABOUT[now],
        *([says] if says else []),
    ]
    text = "\n".join(lines)
    has_answer = bool(says)
    style = None if has_answer else "primary"
    buttons = [button(_CHOOSE[now], ids.SETUP_CHANGE, str(now.value), style=style)]
    if has_answer:
        word = "Next" if SECTION[now] in answered else "Use this"
        following = str(now.value + 1)
        buttons.insert(0, button(word, ids.SETUP_NEXT, following, style="primary"))
    if now is Step.STANDUP and given.get("meetings"):
        buttons.append(button("No stand-up yet", ids.SETUP_NO_STANDUP, "none"))
    if now > Step.CHANNELS:
        buttons.append(button("Back", ids.SETUP_BACK, str(now.value - 1)))
    return Post(f"{text}\n{_NOTE}", [section(text), actions("setup", *buttons), context(_NOTE)])


def _says(now: Step, given: Answers) -> str:
    """What is answered, or offered; empty while there is nothing."""
    if SECTION[now] not in given:
        return ""
    tellers = {
        Step.CHANNELS: lambda: f"Cards go to <#{given['channels']['handoffs']}>.",
        Step.PEOPLE: lambda: people_line(given),
        Step.HOURS: lambda: hours_line(given["hours"]),
        Step.CLOCK: lambda: clock_line(given["sla"]),
        Step.STANDUP: lambda: standup_line(given["meetings"]),
    }
    return tellers[now]()


def people_line(given: Answers) -> str:
    """`12 reps, 3 marketers, 2 managers`, and who could not be listed."""
    roles = Counter(role for one in given["people"] for role in one["roles"])
    counted = [
        f"{roles[role]} {name}{'' if roles[role] == 1 else 's'}"
        for role, name in (*ROLES, ("admin", "admin"))
        if roles[role]
    ]
    return f"{', '.join(counted)}.{_left_out(given.get('left_out', []))}"


def _left_out(names: Sequence[str]) -> str:
    if not names:
        return ""
    one = len(names) == 1
    shown = ", ".join(foreign(name, 60) for name in names[:_LEFT_OUT])
    more = f" and {len(names) - _LEFT_OUT} more" if len(names) > _LEFT_OUT else ""
    have = "1 person has" if one else f"{len(names)} people have"
    return f" {have} no account with an address here: {shown}{more}."


def hours_line(hours: Mapping[str, Any]) -> str:
    holidays = ", ".join(escape(str(each)) for each in hours["holidays"])
    closed = f"holidays of {holidays}" if holidays else "no holidays"
    zone = escape(str(hours["timezone"]))
    return f"{escape(str(hours['open']))}, {zone} for whoever has no zone in Slack; {closed}."


def clock_line(sla: Mapping[str, Any]) -> str:
    name, other = ("fast", "normal") if sla.get("preset") == "fast" else ("normal", "fast")
    chosen = f"{name.title()}: {clocks(PRESETS[name])}."
    return f"{chosen} ({other.title()} would be {clocks(PRESETS[other])}.)"


def clocks(sla: Sla) -> str:
    by_grade = {"A": sla.A, "B": sla.B, "C": sla.C, "D": sla.D}
    return ", ".join(f"{grade} {clock or 'no clock'}" for grade, clock in by_grade.items())


def standup_line(meetings: Sequence[Mapping[str, Any]]) -> str:
    if not meetings:
        return "No stand-up yet; `/liaison playbook` adds one later."
    meeting = meetings[0]
    day = str(meeting["weekday"]).title()
    return f"{day} at {meeting['time']}, 30 minutes; the agenda stands in <#{meeting['channel']}>."


def _summary(given: Answers) -> Post:
    lines = [
        "*Ready for the trial.* This is what you said; it is the playbook's first version.",
        *(f"• {TITLES[now]}: {_says(now, given)}" for now in TITLES),
        "In the trial only you are messaged: what would go to a channel or a person comes here, "
        "and you press for everybody. Nobody else notices until both sides agree.",
    ]
    text = "\n".join(lines)
    buttons = [
        button("Start the trial", ids.SETUP_START, "start", style="primary"),
        button("Back", ids.SETUP_BACK, str(Step.STANDUP.value)),
        overflow(ids.SETUP_AGAIN, [(f"{TITLES[now]}…", f"change:{now.value}") for now in TITLES]),
    ]
    return Post(f"{text}\n{_NOTE}", [section(text), actions("setup", *buttons), context(_NOTE)])


def taken_over(by: Person) -> Post:
    """For whoever set up before."""
    sentence = f"{escape(by.name)} goes on with setting up Liaison."
    return Post(sentence, [section(sentence)])


def form(now: Step, given: Answers, groups: Sequence[tuple[str, str]], way: str) -> View:
    """The form of a step. `groups` are the workspace's user groups, by label and id."""
    blocks = {
        Step.CHANNELS: lambda: _channel_fields(given),
        Step.PEOPLE: lambda: _people_fields(groups, way),
        Step.HOURS: lambda: _hours_fields(given["hours"]),
        Step.CLOCK: lambda: _clock_fields(given["sla"]),
        Step.STANDUP: lambda: _standup_fields(given["meetings"]),
    }[now]()
    title = f"Step {now.value} of {ASKED}: {TITLES[now]}"
    return modal(ids.SETUP_FORM, title, blocks, submit="Save", about=str(now.value))


def _channel_fields(given: Answers) -> list[Block]:
    chosen = given.get("channels", {}).get("handoffs")
    hint = "I join a public channel by myself; into a private one type /invite @Liaison first."
    picker = channel_picker(ids.CHOICE, chosen)
    return [field(ids.SETUP_CHANNEL, "Where do the cards of new leads stand?", picker, hint=hint)]


def _people_fields(groups: Sequence[tuple[str, str]], way: str) -> list[Block]:
    labels = {key: label for key, label in WAYS}
    offered = [(labels[key], key) for key, _ in WAYS if key != "groups" or groups]
    asked = field(
        ids.SETUP_WAY, "Where are they?", radios(ids.CHOICE, offered, chosen=way), tells=True
    )
    heads = [
        field(
            ids.SETUP_SALES_HEAD,
            "Who heads sales?",
            person_picker(ids.CHOICE, "A person"),
            hint="The two heads sign the playbook, and agree before this goes live.",
        ),
        field(
            ids.SETUP_MARKETING_HEAD, "Who heads marketing?", person_picker(ids.CHOICE, "A person")
        ),
        field(
            ids.SETUP_LIAISON,
            "Who settles disagreements?",
            person_picker(ids.CHOICE, "A person"),
            optional=True,
        ),
    ]
    return [asked, *_groups_of(way, groups), *heads]


def _groups_of(way: str, groups: Sequence[tuple[str, str]]) -> list[Block]:
    if way == "list":
        hint = (
            "One line each: ana@example.com, sales, rep. "
            "Roles: rep, marketer, manager, liaison, admin."
        )
        written = line_field(ids.CHOICE, most=LONGEST, lines=True)
        return [field(ids.SETUP_LIST, "Address, team, role", written, hint=hint)]
    if way == "groups":
        return [
            field(ids.SETUP_SALES, "User group of sales", static_select(ids.CHOICE, groups)),
            field(
                ids.SETUP_MARKETING, "User group of marketing", static_select(ids.CHOICE, groups)
            ),
        ]
    return [
        field(ids.SETUP_SALES, "Channel of sales", channel_picker(ids.CHOICE)),
        field(ids.SETUP_MARKETING, "Channel of marketing", channel_picker(ids.CHOICE)),
    ]


def _hours_fields(hours: Mapping[str, Any]) -> list[Block]:
    def line(value: object) -> Block:
        return line_field(ids.CHOICE, most=150, initial=str(value))

    holidays = ", ".join(str(each) for each in hours["holidays"])
    return [
        field(
            ids.SETUP_OPEN,
            "Working hours",
            line(hours["open"]),
            hint='As in "Mo-Fr 09:00-17:00". Everybody may set their own by /liaison hours.',
        ),
        field(
            ids.SETUP_ZONE,
            "Time zone",
            line(hours["timezone"]),
            hint="Of whoever Slack knows no zone of, and of leads nobody has yet.",
        ),
        field(
            ids.SETUP_HOLIDAYS,
            "Public holidays of",
            line(holidays),
            optional=True,
            hint="A country such as DE or US-CA, or several with commas between.",
        ),
    ]


def _clock_fields(sla: Mapping[str, Any]) -> list[Block]:
    chosen = "fast" if sla.get("preset") == "fast" else "normal"
    offered = [(f"{name.title()}: {clocks(PRESETS[name])}", name) for name in PRESETS]
    hint = (
        "h is working time; 1d is the next working day at the same time. Grades come with the lead."
    )
    return [
        field(
            ids.SETUP_CLOCK,
            "Time to the first touch",
            radios(ids.CHOICE, offered, chosen),
            hint=hint,
        )
    ]


def _standup_fields(meetings: Sequence[Mapping[str, Any]]) -> list[Block]:
    meeting = meetings[0] if meetings else {"channel": None, "weekday": "tuesday", "time": "10:00"}
    days = [(day.title(), day) for day in WEEKDAYS]
    return [
        field(
            ids.SETUP_CHANNEL,
            "Where does its agenda stand?",
            channel_picker(ids.CHOICE, meeting["channel"]),
        ),
        field(
            ids.SETUP_DAY, "Which day?", static_select(ids.CHOICE, days, str(meeting["weekday"]))
        ),
        field(
            ids.SETUP_TIME,
            "At what time?",
            line_field(ids.CHOICE, most=5, initial=str(meeting["time"])),
            hint="As in 10:00, in the zone of the hours you set.",
        ),
    ]
