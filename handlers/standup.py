"""`/alignment-standup`, the presses in a stand-up's message, and what is added from elsewhere."""

import json
import re
from typing import Any

from bot.core.standup import State
from bot.services import agenda, invitations, items, mentions, minutes, standup
from bot.services.items import Wish
from bot.views import agenda as views
from bot.views import ids
from bot.views import items as item_views
from bot.views.blocks import Post, View, short, told
from handlers.command import Command
from handlers.desk import Desk
from handlers.press import Press
from handlers.shortcut import Shortcut
from handlers.submission import Submission

HELP = (
    "`/alignment-standup` shows the next agenda; whoever runs the meeting posts it from there.\n"
    "`/alignment-standup add why do trials stop in week two?` puts a topic on it.\n"
    "`/alignment-standup items` lists your action items, to tick them or give them another day.\n"
    "`/alignment-standup minutes` shows what was decided last time; "
    "`/alignment-standup decisions form` looks for a word in all decisions.\n"
    "`/alignment-standup async` holds the next one in writing.\n"
    "`/alignment-standup skip everybody is at the fair` leaves the next one out.\n"
    "The managers of both sides and the liaison run it; everybody adds and ticks their own."
)
_MENTION = re.compile(r"\s*<@[^>]+>\s*")


def next_agenda(command: Command) -> Post | None:
    """The draft, or a link to the message that stands."""
    desk = command.desk
    answered = agenda.for_command(desk.liaison, command.channel, command.by)
    if answered.draft:
        return answered.draft
    name = views.title(answered.occurrence)

    def point_to_it() -> None:
        where = f"<#{answered.channel}>"
        if answered.ts:
            link = desk.slack.permalink(answered.channel, answered.ts)
            where = f"<{link}|in its message>"
        command.respond(text=f"{name}: the agenda stands {where}.", response_type="ephemeral")

    desk.afterwards(point_to_it)
    return None


def add(command: Command) -> str:
    liaison = command.desk.liaison
    key = items.key_for(liaison, command.channel, command.by)
    if not command.words:
        return "Type what to talk about: `/alignment-standup add why do trials stop?`"
    begins, words = agenda.add_topic(liaison, key, command.by, command.words)
    return views.added(begins, words)


def skip(command: Command) -> str:
    skipped = agenda.skip(command.desk.liaison, command.channel, command.by, command.words)
    return f"{views.title(skipped)} is left out, and its channel reads why."


def own_items(command: Command) -> Post:
    found = items.of_person(command.desk.liaison, command.channel, command.by)
    return item_views.own(*found)


def last_minutes(command: Command) -> Post:
    return minutes.last(command.desk.liaison, command.channel, command.by)


def decisions(command: Command) -> Post:
    return minutes.search(command.desk.liaison, command.channel, command.by, command.words)


def post_now(press: Press) -> None:
    channel = agenda.post_now(press.desk.liaison, press.handoff_id, press.by)
    press.whisper(f"The agenda stands in <#{channel}>.")


def next_page(press: Press) -> None:
    """The button's value is the meeting and the page that was shown."""
    agenda.turn(press.desk.liaison, *_meeting_and_page(press), press.by)


def page_back(press: Press) -> None:
    agenda.turn(press.desk.liaison, *_meeting_and_page(press), press.by, -1)


def park(press: Press) -> None:
    agenda.park(press.desk.liaison, *_meeting_and_page(press), press.by)


def end(press: Press) -> None:
    occurrence_id, _ = _meeting_and_page(press)
    standup.end(press.desk.liaison, occurrence_id, press.by)


def _meeting_and_page(press: Press) -> tuple[str, int]:
    occurrence_id, _, page = press.handoff_id.partition(":")
    return occurrence_id, int(page)


def open_leads(press: Press) -> None:
    press.open(agenda.leads_list(press.desk.liaison, press.handoff_id, press.by))


def open_rest(press: Press) -> None:
    press.open(agenda.rest_list(press.desk.liaison, press.handoff_id))


def open_decision_form(press: Press) -> None:
    press.open(
        views.decision_form(agenda.look_to_decide(press.desk.liaison, press.handoff_id, press.by))
    )


def save_decision(form: Submission) -> None:
    agenda.decide(form.desk.liaison, form.about, form.by, form.words(ids.DECISION_WORDS))


def open_add_form(press: Press) -> None:
    """While it runs an action item is added; before that a topic too."""
    occurrence = agenda.look_to_add(press.desk.liaison, press.handoff_id, press.by)
    about = json.dumps({"meeting": occurrence.meeting, "occurrence": occurrence.id})
    if occurrence.state is State.RUNNING:
        press.open(item_views.form(about, due=agenda.a_week_later(occurrence)))
    else:
        press.open(views.add_form(about))


def add_from_message(shortcut: Shortcut) -> None:
    """Filled in with the message's words; they can be changed before they are kept."""
    channel, _, _ = shortcut.origin.partition(":")
    key = items.key_for(shortcut.desk.liaison, channel, shortcut.by)
    words = short(" ".join(str(shortcut.message.get("text") or "").split()), views.TOPIC_WORDS)
    about = json.dumps({"meeting": key, "origin": shortcut.origin})
    shortcut.open(views.add_form(about, words or None))


def save_added(form: Submission) -> View:
    """A topic is kept; an action item asks for its owner and its day next."""
    about, words = json.loads(form.about), form.words(ids.ITEM_WORDS)
    if form.choice(ids.ADD_AS) == views.ITEM:
        return item_views.form(form.about, words=words)
    begins, said = agenda.add_topic(
        form.desk.liaison, about["meeting"], form.by, words, about.get("origin")
    )
    return told("Added", views.added(begins, said))


def save_item(form: Submission) -> View | None:
    about = json.loads(form.about)
    wish = Wish(
        words=form.words(ids.ITEM_WORDS),
        owner=form.person(ids.ITEM_OWNER),
        due=form.day(ids.ITEM_DUE),
        done_when=form.words(ids.ITEM_DONE_WHEN),
        origin=about.get("origin"),
    )
    occurrence = about.get("occurrence")
    items.add(form.desk.liaison, about["meeting"], form.by, wish, occurrence)
    return None if occurrence else told("Added", "It is on the next agenda until it is done.")


def send_minutes(press: Press) -> None:
    """The minutes as text, and the action items for a calendar, to whoever pressed."""
    liaison = press.desk.liaison
    text = minutes.markdown(liaison, press.handoff_id, press.by)
    tasks = invitations.tasks_file(liaison, press.handoff_id, press.by)
    _send_files(press, [text, *([tasks] if tasks else [])])


def send_calendar(press: Press) -> None:
    _send_files(press, [invitations.calendar_file(press.desk.liaison, press.handoff_id, press.by)])


def _send_files(press: Press, files: list[tuple[str, str]]) -> None:
    """Into the person's own conversation with the bot, best effort: they can press again."""
    slack = press.desk.slack

    def send() -> None:
        channel = slack.open_dm(press.acting.played_by)
        for name, content in files:
            slack.upload(channel, name, content)

    press.desk.afterwards(send)


def mentioned(desk: Desk, event: dict[str, Any]) -> None:
    """`@Liaison add …` in a channel or a thread."""
    words = _MENTION.sub(" ", str(event.get("text") or "")).strip()
    place = mentions.Place(event["channel"], event["ts"], event.get("thread_ts") or event["ts"])
    if event.get("user"):
        mentions.take(desk.liaison, place, event["user"], words)
