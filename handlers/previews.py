"""`/campaign preview`: its presses and forms."""

from bot.models import PreviewAnswer
from bot.services import preview_put, previews
from bot.services.preview_put import Filled
from bot.views import ids
from bot.views import previews as views
from bot.views.blocks import View
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission


def preview(command: Command) -> None:
    """`/campaign preview NAME`."""
    draft = preview_put.look_to_put(command.desk.liaison, command.words, command.by)
    command.open(views.form(draft))


def save(form: Submission) -> View:
    filled = Filled(
        name=form.words(ids.CAMPAIGN_NAME),
        audience=form.words(ids.AUDIENCE),
        offer=form.words(ids.CAMPAIGN_OFFER),
        launches_on=form.day(ids.STARTS_ON),
        follow_up=form.words(ids.FOLLOW_UP),
        talk_track=form.words(ids.TALK_TRACK),
        asked=form.people(ids.PREVIEW_ASKED),
    )
    return views.put(preview_put.put(form.desk.liaison, filled, form.by))


def say_ok(press: Press) -> None:
    """The button's value is the preview's id."""
    previews.answer(press.desk.liaison, press.handoff_id, press.by, PreviewAnswer.OK)
    if press.is_private:
        press.whisper(views.NOTED_OK)


def open_concern_form(press: Press) -> None:
    shown, voice = previews.look_to_answer(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.concern_form(shown, voice))


def save_concern(form: Submission) -> None:
    words = form.words(ids.PREVIEW_WORDS)
    previews.answer(form.desk.liaison, form.about, form.by, PreviewAnswer.CONCERN, words)


def read(press: Press) -> None:
    press.open(views.whole(previews.look(press.desk.liaison, press.handoff_id)))


def open_settle_form(press: Press) -> None:
    """The value is the preview and who raised the concern."""
    preview_id, _, person_id = press.handoff_id.partition(":")
    asked = previews.look_to_settle(press.desk.liaison, preview_id, person_id, press.by)
    press.open(views.settle_form(*asked))


def save_settled(form: Submission) -> None:
    preview_id, _, person_id = form.about.partition(":")
    words = form.words(ids.PREVIEW_CHANGE)
    previews.settle(form.desk.liaison, preview_id, person_id, form.by, words)


def open_off_form(press: Press) -> None:
    shown = previews.look_to_call_off(press.desk.liaison, press.handoff_id, press.by)
    press.open(views.off_form(shown))


def call_off(form: Submission) -> None:
    words = form.words(ids.PREVIEW_OFF_WORDS)
    previews.call_off(form.desk.liaison, form.about, form.by, words)
