"""`/liaison setup`: the five steps by which a new workspace begins."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.setup import BadList, Step, read_list
from bot.errors import BadField, NotAllowed, SlackError, SlackGone
from bot.services import rooms, setup
from bot.services.setup import Named
from bot.slack import Slack
from bot.views import ids
from bot.views import setup as views
from handlers.command import Command
from handlers.desk import Desk
from handlers.press import Press
from handlers.submission import Submission

DEFAULT_WAY = "channels"


def take_over(command: Command) -> str:
    return _take_over(command.desk, command.by)


def begin_from_home(press: Press) -> None:
    press.whisper(_take_over(press.desk, press.by))


def _take_over(desk: Desk, by: str) -> str:
    if not desk.slack.is_admin(by):
        raise NotAllowed("An admin of this Slack workspace sets Liaison up; ask one of them.")
    return setup.take_over(desk.liaison, by)


def open_form(press: Press) -> None:
    step = Step(int(press.handoff_id))
    given = setup.ask(press.desk.liaison, press.by)
    groups = _groups(press.desk) if step is Step.PEOPLE else []
    press.open(views.form(step, given, groups, DEFAULT_WAY))


def follow_the_way(press: Press) -> None:
    """The form asks for other fields, by where the people are."""
    given = setup.ask(press.desk.liaison, press.by)
    press.update(views.form(Step.PEOPLE, given, _groups(press.desk), press.choice))


def _groups(desk: Desk) -> list[tuple[str, str]]:
    """By label and id; none on a plan of Slack's that knows none."""
    try:
        return [(f"@{group.handle}", group.id) for group in desk.slack.user_groups()]
    except SlackError:
        return []


def go_on(press: Press) -> None:
    """To the next step, or back; the button's value is the step to show."""
    setup.go(press.desk.liaison, press.by, Step(int(press.handoff_id)))


def without_standup(press: Press) -> None:
    setup.save(press.desk.liaison, press.by, Step.STANDUP, {"meetings": []})


def start_trial(press: Press) -> None:
    desk = press.desk
    setup.bring_in(desk.liaison, press.by)
    rooms.follow(desk.slack, desk.liaison)
    setup.start_trial(desk.liaison, press.by)


def save(form: Submission) -> None:
    """Raises `BadField` with what is to be put right."""
    step = Step(int(form.about))
    setup.save(form.desk.liaison, form.by, step, _READ[step](form))


def _channels(form: Submission) -> dict[str, Any]:
    return {"channels": {"handoffs": _entered(form)}}


def _people(form: Submission) -> dict[str, Any]:
    liaison, way = form.desk.liaison, form.choice(ids.SETUP_WAY)
    named = Named(
        form.person(ids.SETUP_SALES_HEAD) or "",
        form.person(ids.SETUP_MARKETING_HEAD) or "",
        form.person(ids.SETUP_LIAISON),
    )
    if way == "list":
        try:
            listed = read_list(form.words(ids.SETUP_LIST) or "")
        except BadList as error:
            raise BadField(ids.SETUP_LIST, str(error)) from error
        return setup.roster_of_list(liaison, form.by, listed, named)
    fields = {"sales": ids.SETUP_SALES, "marketing": ids.SETUP_MARKETING}
    groups = {side: _members(form, way, field) for side, field in fields.items()}
    return setup.roster(liaison, form.by, groups, named)


def _members(form: Submission, way: str, field: str) -> Sequence[str]:
    slack: Slack = form.desk.slack
    if way == "groups":
        return slack.members_of(form.choice(field))
    try:
        return slack.channel_members(form.conversation(field))
    except SlackGone as error:
        sentence = "I cannot see this one: type /invite @Liaison there, then choose it again."
        raise BadField(field, sentence) from error


def _hours(form: Submission) -> dict[str, Any]:
    holidays = [each.strip() for each in (form.words(ids.SETUP_HOLIDAYS) or "").split(",")]
    return {
        "hours": {
            "open": form.words(ids.SETUP_OPEN) or "",
            "timezone": form.words(ids.SETUP_ZONE) or "",
            "holidays": [each for each in holidays if each],
        }
    }


def _clock(form: Submission) -> dict[str, Any]:
    return {"sla": {"preset": "fast"} if form.choice(ids.SETUP_CLOCK) == "fast" else {}}


def _standup(form: Submission) -> dict[str, Any]:
    meeting = {
        "key": "weekly",
        "channel": _entered(form),
        "weekday": form.choice(ids.SETUP_DAY),
        "time": form.words(ids.SETUP_TIME) or "",
    }
    return {"meetings": [meeting]}


def _entered(form: Submission) -> str:
    """The chosen channel, which the bot is in from now on."""
    channel = form.conversation(ids.SETUP_CHANNEL)
    if form.desk.slack.enter(channel) is None:
        sentence = "I cannot join this one: type /invite @Liaison there, then choose it again."
        raise BadField(ids.SETUP_CHANNEL, sentence)
    if form.desk.slack.is_shared(channel):
        raise BadField(ids.SETUP_CHANNEL, "Another company reads this channel; choose another.")
    return channel


_READ: Mapping[Step, Any] = {
    Step.CHANNELS: _channels,
    Step.PEOPLE: _people,
    Step.HOURS: _hours,
    Step.CLOCK: _clock,
    Step.STANDUP: _standup,
}
