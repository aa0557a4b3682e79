"""`/campaign`: the table, one campaign, and what can be pressed there."""

from bot.errors import Refused, SlackGone
from bot.services import campaign_entry, campaigns, reports
from bot.services.campaign_entry import Filled
from bot.services.files import File
from bot.services.results import Window
from bot.views import campaign_forms as forms
from bot.views import campaigns as views
from bot.views import ids
from bot.views.blocks import Post, View
from handlers.command import Command
from handlers.press import Press
from handlers.submission import Submission

HELP = views.HELP


def table(command: Command) -> Post:
    return reports.all_campaigns(command.desk.liaison, Window())


def one(command: Command) -> Post:
    """A campaign by name; a window alone asks for the table."""
    liaison = command.desk.liaison
    if window := Window.parse(command.words):
        return reports.all_campaigns(liaison, window)
    name, _, last = command.words.rpartition(" ")
    if name and (window := Window.parse(last)):
        return reports.called(liaison, name, window, command.by)
    return reports.called(liaison, command.words, Window(), command.by)


def open_one(press: Press) -> None:
    window, key = _window_and_key(press.handoff_id)
    press.answer(reports.by_key(press.desk.liaison, key, window, press.by))


def show_one(press: Press) -> None:
    """The button's value is the campaign."""
    found = reports.by_key(press.desk.liaison, press.handoff_id, Window(), press.by)
    press.answer(found, "Campaign")


def show_leads(press: Press) -> None:
    """The value is window, campaign and number."""
    press.open(reports.leads_behind(press.desk.liaison, press.handoff_id, 0, press.by))


def turn_page(press: Press) -> None:
    page, _, about = press.handoff_id.partition(":")
    liaison = press.desk.liaison
    press.update(reports.leads_behind(liaison, about, int(page), press.by))


def send_csv(press: Press) -> None:
    """Into the presser's own DM."""
    liaison = press.desk.liaison
    window, key = _window_and_key(press.handoff_id)
    if key:
        file = reports.csv_of_leads(liaison, key, window)
    else:
        file = reports.csv_of_all(liaison, window)
    send_file(press, file)


def send_file(press: Press, file: File) -> None:
    """Into the presser's own DM, which is said where they pressed."""
    slack = press.desk.slack
    press.whisper("The CSV is on its way to your messages with me.")
    press.desk.afterwards(
        lambda: slack.upload(
            slack.open_dm(press.acting.played_by), file.name, file.content, file.about
        )
    )


def post_to_channel(press: Press) -> None:
    """Raises `Refused` where the bot may not speak, or another company reads."""
    check_channel(press)
    window, key = _window_and_key(press.handoff_id)
    reports.post_to_channel(press.desk.liaison, key, window, press.channel, press.by)


def check_channel(press: Press) -> None:
    """Whether a report may be said where it was pressed. Raises `Refused`."""
    try:
        is_shared = press.desk.slack.is_shared(press.channel)
    except SlackGone as error:
        raise Refused(
            "I am not in this channel: type /invite @Liaison here, then press again."
        ) from error
    if is_shared:
        raise Refused("Another company reads this channel; post it in one of your own.")


def _window_and_key(value: str) -> tuple[Window, str]:
    window, _, key = value.partition(":")
    return Window.parse(window) or Window(), key


def open_edit_form(press: Press) -> None:
    _, key = _window_and_key(press.handoff_id)
    press.open(forms.edit(campaign_entry.look_to_edit(press.desk.liaison, key, press.by)))


def save(form: Submission) -> View:
    filled = Filled(
        name=form.words(ids.CAMPAIGN_NAME),
        owner_id=form.person(ids.CAMPAIGN_OWNER),
        starts_on=form.day(ids.STARTS_ON),
        ends_on=form.day(ids.ENDS_ON),
        judge_on=form.day(ids.JUDGE_ON),
        cost=form.words(ids.CAMPAIGN_COST),
        audience=form.words(ids.AUDIENCE),
        offer=form.words(ids.CAMPAIGN_OFFER),
        follow_up=form.words(ids.FOLLOW_UP),
        talk_track=form.words(ids.TALK_TRACK),
    )
    return forms.saved(campaign_entry.edit(form.desk.liaison, form.about, form.by, filled))


def open_merge_form(press: Press) -> None:
    _, key = _window_and_key(press.handoff_id)
    press.open(forms.merge(*campaigns.look_to_merge(press.desk.liaison, key, press.by)))


def merge(form: Submission) -> View:
    liaison, into_id = form.desk.liaison, form.choice(ids.MERGE_INTO)
    into = campaigns.merge(liaison, form.about, into_id, form.by)
    return forms.merged(campaign_entry.look_to_edit(liaison, form.about, form.by), into)


def separate(press: Press) -> None:
    campaign = campaigns.separate(press.desk.liaison, press.handoff_id, press.by)
    press.update(forms.separated(campaign))
