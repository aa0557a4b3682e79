"""Presses on an action item, wherever it stands, and the form that decides about one."""

from bot.models import ActionItem
from bot.services import items
from bot.services.items import Verdict
from bot.views import ids
from bot.views import items as views
from bot.views.blocks import View, foreign
from handlers import home
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
        press.whisper(f"{what}: {foreign(item.words, 150)}")


def _page(press: Press, key: str, number: int) -> View:
    return views.all_open(key, *items.page(press.desk.liaison, key, number))


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
