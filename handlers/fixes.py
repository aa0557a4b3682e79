"""Send back fixed: the menu's entry and its form."""

from bot.services import fixes
from bot.views import fixes as views
from handlers.press import Press
from handlers.submission import Submission


def open_fix_form(press: Press) -> None:
    press.open(views.fix_form(fixes.look_to_fix(press.desk.liaison, press.handoff_id, press.by)))


def save_fix(form: Submission) -> None:
    given = {name: form.words(name) for name in views.FIELDS}
    fixes.send_back(form.desk.liaison, form.about, form.by, given)
