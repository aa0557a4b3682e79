"""What a word means: both sides are asked apart, and agree on one text."""

from bot.services import definitions
from bot.views import definitions as views
from bot.views import glossary as words
from bot.views import ids
from bot.views import playbooks as playbook_views
from bot.views.blocks import Post, View
from bot.views.definitions import Meaning
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def glossary(command: Command) -> Post:
    """Bare lists all words."""
    playbook = command.desk.liaison.playbook
    return words.word(playbook, command.words) if command.words else words.glossary(playbook)


def open_ask_form(press: Press) -> None:
    press.open(views.ask_form())


def ask(form: Submission) -> View:
    word = form.words(ids.DEFINITION_WORD)
    return views.asked(word or "", definitions.ask(form.desk.liaison, form.by, word))


def open_answer_form(press: Press) -> None:
    """The button's value is the question's id."""
    standing = definitions.look_to_answer(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.answer_form(*standing))


def save_answer(form: Submission) -> None:
    definitions.answer(form.desk.liaison, form.about, form.by, _filled(form))


def open_agree_form(press: Press) -> None:
    press.open(
        views.agree_form(definitions.look_to_agree(press.desk.liaison, press.handoff_id, press.by))
    )


def agree(form: Submission) -> View:
    return playbook_views.saved(
        *definitions.agree(form.desk.liaison, form.about, form.by, _filled(form))
    )


def _filled(form: Submission) -> Meaning:
    return Meaning(
        form.words(ids.DEFINITION_MUST) or "",
        form.words(ids.DEFINITION_NOT) or "",
        form.words(ids.DEFINITION_WHO) or "",
    )
