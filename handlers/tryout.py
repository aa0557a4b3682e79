"""What a change of the playbook would have made of the last weeks, before it is saved."""

from collections.abc import Callable

from bot.services import playbooks, tryout
from bot.views import ids
from bot.views import tryout as views
from bot.views.blocks import View
from bot.views.playbooks import Edit
from handlers.playbooks import place_of
from handlers.press import Press


def try_out(press: Press) -> None:
    """By what stands in the form now."""
    place = place_of(press.words(ids.BOOK_PLACE))
    wanted = Edit.of(press.about, press.words(ids.BOOK_TEXT) or "", place)
    press.work_out(views.counting(), _page(press, wanted, 0))


def turn_page(press: Press) -> None:
    """The button's value is the page; it is worked out anew, for nothing is kept of it."""
    work = _page(press, Edit.of_whole(press.about), int(press.handoff_id))
    press.work_out_here(views.counting(), work)


def _page(press: Press, wanted: Edit, page: int) -> Callable[[], View]:
    liaison = press.desk.liaison
    other = playbooks.draft(liaison, press.by, wanted)

    def work() -> View:
        tried = tryout.try_out(liaison, other, lambda _: lambda _: None)
        return views.shown(tried, wanted.whole(), page)

    return work
