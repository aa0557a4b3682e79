"""What a change of the playbook would have made of the last weeks, before it is saved."""

from bot.services import playbooks, tryout
from bot.views import ids
from bot.views import tryout as views
from bot.views.playbooks import Edit
from handlers.playbooks import place_of
from handlers.press import Press


def try_out(press: Press) -> None:
    """By what stands in the form now."""
    liaison = press.desk.liaison
    place = place_of(press.words(ids.BOOK_PLACE))
    wanted = Edit.of(press.about, press.words(ids.BOOK_TEXT) or "", place)
    other = playbooks.draft(liaison, press.by, wanted)
    press.work_out(
        views.counting(),
        lambda: views.shown(tryout.try_out(liaison, other, lambda _: lambda _: None)),
    )
