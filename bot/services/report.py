"""The two-way board as people read it: in Slack, behind each number, and as a CSV."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import queries
from bot.core.board import Board, Number, Parts, standing
from bot.core.marketing import Part
from bot.delivery.courier import Told
from bot.delivery.sayings import Saying, say
from bot.errors import Refused
from bot.liaison import Liaison
from bot.models import Flag, Message, MessageKind
from bot.playbook import Playbook
from bot.services import campaigns
from bot.services.board import Period, board, flags_behind, handoffs_behind
from bot.services.files import File, csv_file
from bot.views import report as views
from bot.views.blocks import Post, View
from bot.views.campaign_leads import Behind

LONGEST = 365
"""Days of the longest period."""
MOST_FLAGS = 40
HOW = f"Type a number of days, such as `/liaison report 30`; from 1 to {LONGEST}."


def days_of(typed: str) -> int:
    """The days somebody asked for. Raises `Refused`."""
    word = typed.strip().lower().removesuffix("days").removesuffix("d").strip()
    if not word:
        return views.USUAL_DAYS
    if not word.isdecimal() or not 0 < len(word) <= len(str(LONGEST)) or not int(word):
        raise Refused(HOW)
    if int(word) > LONGEST:
        raise Refused(HOW)
    return int(word)


def look(liaison: Liaison, days: int) -> Post:
    """Both sides, as of now."""
    period = Period.of(liaison, days, liaison.now())
    with liaison.reading() as tx:
        return _told(tx, period, liaison.playbook)


def _told(tx: Session, period: Period, playbook: Playbook) -> Post:
    dates = views.Dates(period.days, period.since, period.now)
    return views.board(board(tx, period), dates, playbook.report)


def leads_behind(liaison: Liaison, about: str, page: int, by: str) -> View:
    """What a number counts; `about` is `days:number:kept` or `days:number:missed`. Raises
    `Refused`."""
    days, _, rest = about.partition(":")
    name, _, which = rest.partition(":")
    if name not in {*Number} or which not in views.WHICH:
        raise Refused(HOW)
    number, kept = Number(name), which == "kept"
    period = Period.of(liaison, days_of(days), liaison.now())
    with liaison.reading() as tx:
        reader = queries.person(tx, liaison.team_id, by)
        if number is Number.FLAGS:
            return views.flags(_flags(tx, period, kept=kept), kept=kept)
        wanted = handoffs_behind(period, number, kept=kept)
        count = tx.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
        ids = tx.scalars(wanted.offset(page * views.PAGE).limit(views.PAGE)).all()
        facts = queries.facts_of(tx, liaison.team_id, ids)
    behind = Behind(views.called(number, kept=kept), count, page, facts, about)
    return views.leads_behind(behind, reader, liaison.playbook)


def _flags(tx: Session, period: Period, *, kept: bool) -> list[tuple[str, Flag]]:
    """With the names of their campaigns, the newest first."""
    found = tx.scalars(flags_behind(period, kept=kept).limit(MOST_FLAGS)).all()
    known = campaigns.roots(tx, period.team_id)
    return [(known[flag.campaign_id].name, flag) for flag in found]


def csv_of(liaison: Liaison, days: int) -> File:
    """A line for each number of the period, and for each of every week."""
    period = Period.of(liaison, days, liaison.now())
    with liaison.reading() as tx:
        counted = board(tx, period)
    rows = list(_rows(counted, days, liaison.playbook))
    about = f"The last {days} days and the last {len(counted.weeks)} weeks."
    return File(f"report-{days}d.csv", csv_file(_COLUMNS, rows), about)


_COLUMNS = ("when", "side", "number", "kept", "of", "per_cent", "target_per_cent", "standing")


def _rows(counted: Board, days: int, playbook: Playbook) -> Iterator[tuple[object, ...]]:
    yield from _of_parts(f"last {days} days", counted.parts, playbook)
    for monday, parts in counted.weeks.items():
        yield from _of_parts(monday.isoformat(), parts, playbook)


def _of_parts(when: str, parts: Parts, playbook: Playbook) -> Iterator[tuple[object, ...]]:
    for side, numbers in views.SIDES.items():
        for number in numbers:
            part, target = parts[number], views.target_of(number, playbook.report)
            yield (when, side.lower(), number.value, *_figures(part, target))


def _figures(part: Part, target: float) -> tuple[object, ...]:
    return part.count, part.of, part.share, round(100 * target), standing(part, target).value


def post_to_channel(liaison: Liaison, days: int, channel: str, by: str) -> None:
    """Say it in a channel, once a minute however often it is pressed."""
    now = liaison.now()
    with liaison.transaction() as tx:
        queries.person(tx, liaison.team_id, by)
        kind = MessageKind.REPORT
        key = f"{kind}:{days}:{channel}:{now:%Y-%m-%dT%H:%M}"
        saying = Saying(key, kind, "report", channel=channel, about=str(days))
        say(tx, liaison, saying, hold_until=None)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """As it is when it is sent; it stays so."""
    return _told(tx, Period.of(liaison, int(message.about or 0), now), liaison.playbook)
