"""`/liaison report`: the two-way board, and what can be pressed there."""

from bot.services import report
from bot.views.blocks import Post
from handlers.campaigns import check_channel, send_file
from handlers.command import Command
from handlers.press import Press


def show(command: Command) -> Post:
    return report.look(command.desk.liaison, report.days_of(command.words))


def choose_period(press: Press) -> None:
    press.answer(report.look(press.desk.liaison, report.days_of(press.handoff_id)), "Report")


def show_leads(press: Press) -> None:
    """The value is days, number, and whether it is kept or missed."""
    press.open(report.leads_behind(press.desk.liaison, press.handoff_id, 0, press.by))


def turn_page(press: Press) -> None:
    page, _, about = press.handoff_id.partition(":")
    press.update(report.leads_behind(press.desk.liaison, about, int(page), press.by))


def send_csv(press: Press) -> None:
    send_file(press, report.csv_of(press.desk.liaison, report.days_of(press.handoff_id)))


def post_to_channel(press: Press) -> None:
    """Raises `Refused` where the bot may not speak, or another company reads."""
    check_channel(press)
    days = report.days_of(press.handoff_id)
    report.post_to_channel(press.desk.liaison, days, press.channel, press.by)
