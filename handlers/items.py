"""Action items: one's own, the forms that add one and decide about one, and the presses on one."""

import json

from bot.core.origins import Origin, Source
from bot.errors import SlackGone
from bot.models import ActionItem
from bot.services import disputes, item_lists, item_posts, item_sources, items
from bot.services.items import Verdict, Wish
from bot.services.occurrences import key_for
from bot.views import ids
from bot.views import items as views
from bot.views import origins as origin_views
from bot.views.blocks import Post, View, told
from handlers import home
from handlers.campaigns import check_channel
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def done(press: Press) -> None:
    item = items.done(press.desk.liaison, press.handoff_id, press.by)
    _show(press, item, "Done")


def undo(press: Press) -> None:
    item = items.reopen(press.desk.liaison, press.handoff_id, press.by)
    _show(press, item, "Open again")


def _show(press: Press, item: ActionItem, what: str) -> None:
    """A message follows by itself; a page of all items, App Home and a private list do not."""
    if press.view_id:
        key, _, number = press.about.partition(":")
        press.update(_page(press, key, int(number or 0)))
    elif not press.respond.response_url:
        home.show_home_again(press)
    elif press.is_private:
        press.whisper(f"{what}: {views.words_of(item)}")


def _page(press: Press, key: str, number: int) -> View:
    return views.all_open(key, *item_lists.page(press.desk.liaison, key, number))


def open_all(press: Press) -> None:
    """The button's value is a meeting and a page."""
    key, _, number = press.handoff_id.partition(":")
    press.open(_page(press, key, int(number)))


def turn_page(press: Press) -> None:
    key, _, number = press.handoff_id.partition(":")
    press.update(_page(press, key, int(number)))


def open_decide_form(press: Press) -> None:
    press.open(views.decide_form(*items.look(press.desk.liaison, press.handoff_id, press.by)))


def save_decided(form: Submission) -> None:
    verdict = Verdict(
        form.choice(ids.ITEM_VERDICT),
        due=form.day(ids.ITEM_DUE),
        owner=form.person(ids.ITEM_OWNER),
        reason=form.words(ids.ITEM_REASON),
    )
    items.decide(form.desk.liaison, form.about, form.by, verdict)


def own_items(command: Command) -> Post:
    found = item_lists.of_person(command.desk.liaison, command.channel, command.by)
    return views.own(*found)


def post_to_channel(press: Press) -> None:
    check_channel(press)
    item_posts.post_to_channel(press.desk.liaison, press.channel, press.by)


def save_item(form: Submission) -> View | None:
    about = json.loads(form.about)
    wish = Wish(
        words=form.words(ids.ITEM_WORDS),
        owner=form.person(ids.ITEM_OWNER),
        due=form.day(ids.ITEM_DUE),
        done_when=form.words(ids.ITEM_DONE_WHEN),
        origin=about.get("origin"),
        thread=about.get("thread"),
    )
    occurrence = about.get("occurrence")
    items.add(form.desk.liaison, about["meeting"], form.by, wish, occurrence)
    return None if occurrence else told("Added", "It is on the next agenda until it is done.")


def open_form_of_flag(press: Press) -> None:
    """The button's value is the flag's id."""
    _open_form(press, Origin(Source.FLAG, press.handoff_id))


def open_form_of_dispute(press: Press) -> None:
    disputes.look_to_add_item(press.desk.liaison, press.handoff_id, press.by)
    _open_form(press, Origin(Source.DISPUTE, press.handoff_id))


def _open_form(press: Press, origin: Origin) -> None:
    """For the meeting that is next."""
    key = key_for(press.desk.liaison, "", press.by)
    press.open(views.form(json.dumps({"meeting": key, "origin": origin.kept()})))


def open_origin(press: Press) -> None:
    """A flag or a dispute as it stands; of a message Slack says where it opens."""
    desk = press.desk
    found = item_sources.look(desk.liaison, press.handoff_id, press.by)
    if not isinstance(found, Origin):
        press.open(found)
        return
    channel, _, ts = found.id.partition(":")
    show = desk.slack.push_view if press.view_id else desk.slack.open_view

    def find_and_open() -> None:
        try:
            link = desk.slack.permalink(channel, ts)
        except SlackGone:
            link = None
        show(press.trigger_id, origin_views.message(link))

    desk.afterwards(find_and_open)
