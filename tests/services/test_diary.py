"""Somebody's calendar, and what they show in Slack, say that they are away; they can say no."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Thread

import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, select, text, update
from sqlmodel import col

from bot.core.settings import Wishes
from bot.models import Absence, Diary, Handoff, Message, MessageKind, Person
from bot.services import diary, presence, settings
from bot.slack import Slack
from bot.views import ids
from tests.office import BEN, CHLOE, HUGO, LEADS, MONDAY_TEN, SECRET, Json, Office, dm, text_of
from tests.services.test_settings import rows_of

WEDNESDAY = datetime(2026, 11, 24, 23, tzinfo=UTC)
"""The midnight before, in Berlin."""


@pytest.fixture(autouse=True)
def _nobody_is_away(office: Office) -> None:
    assert office.bot
    office.settle()
    with office.bot.liaison.transaction() as tx:
        tx.execute(delete(Diary))
        told = col(Message.kind).in_([MessageKind.LEAVE, MessageKind.DIARY])
        tx.execute(delete(Message).where(told))
        tx.execute(delete(Absence))
        tx.execute(update(Person).values(follow_at=None, dnd_until=None))
        still_open = update(Handoff).where(col(Handoff.closed_at).is_(None))
        tx.execute(still_open.values(closed_at=MONDAY_TEN, absence_id=None))


class Calendar:
    """What stands at an address, as its owner changes it."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.status = 200
        self.asked = 0

    @property
    def content(self) -> bytes:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *self.entries]
        return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()

    def put(self, *entries: tuple[str, str, str]) -> None:
        """Whole days: title, first day, and the day after the last."""
        self.entries = [
            f"BEGIN:VEVENT\r\nUID:{title}\r\nSUMMARY:{title}\r\n"
            f"DTSTART;VALUE=DATE:{first}\r\nDTEND;VALUE=DATE:{after}\r\nEND:VEVENT"
            for title, first, after in entries
        ]


@contextmanager
def served(calendar: Calendar) -> Iterator[str]:
    """Its address, on this machine, as only a sandbox lets it be."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calendar.asked += 1
            self.send_response(calendar.status)
            self.end_headers()
            self.wfile.write(calendar.content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/private-token/basic.ics"
    server.shutdown()
    server.server_close()


def give(office: Office, person: str, url: str) -> Json:
    """Fill in the form as it is reached from the settings; gives Slack's answer."""
    office.control.command(person, LEADS, "/liaison", "settings")
    form = office.modal(person, "Your messages")
    office.control.click(person, ids.DIARY_OPEN, view_id=form["id"], value="team")
    form = office.modal(person, "Your calendar")
    answer = office.control.submit(person, form["id"], {ids.DIARY_ADDRESS: {ids.CHOICE: url}})
    for view in reversed(office.control.state(person)["views"]):
        office.control.close(person, view["id"])
    return answer


def read_again(office: Office) -> None:
    """A quarter of an hour later."""
    office.control.advance("15m")
    office.control.advance("1m")
    office.settle()


def told(office: Office, person: str, words: str) -> Json:
    return office.control.message(dm(person), lambda message: words in text_of(message))


def absences(office: Office) -> list[Absence]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return list(tx.scalars(select(Absence).order_by(col(Absence.starts_at))))


@pytest.fixture
def keyed(office: Office) -> Iterator[Office]:
    """With a key under which addresses are kept."""
    if office.bot and office.bot.liaison.vault is None:
        office.reopen(liaison_calendar_key=(SECRET,))
    yield office


def test_leave_in_a_calendar_is_taken_over_told_and_undone(keyed: Office) -> None:
    office, calendar = keyed, Calendar()
    calendar.put(("Vacation", "20261125", "20261128"), ("Trade fair", "20261130", "20261203"))
    with served(calendar) as url:
        give(office, BEN, url)
        office.control.advance("1m")
        told(office, BEN, "I read your calendar at *127.0.0.1*: 1 absence in the next 60 days")
        found = told(office, BEN, "away from Wed 25 Nov until Fri 27 Nov; nobody covers")
        (absence,) = absences(office)
        assert (absence.starts_at, absence.ends_at) == (WEDNESDAY, WEDNESDAY + timedelta(days=3))

        office.press(BEN, ids.LEAVE_UNDO, found, dm(BEN), absence.id)
        told(office, BEN, "or you said so")
        read_again(office)
        assert [one.ends_at for one in absences(office)] == [absence.starts_at]
        assert calendar.asked >= 2


def test_what_the_calendar_changes_is_followed(keyed: Office) -> None:
    office, calendar = keyed, Calendar()
    calendar.put(("Vacation", "20261125", "20261128"))
    with served(calendar) as url:
        give(office, CHLOE, url)
        office.control.advance("1m")
        told(office, CHLOE, "until Fri 27 Nov")
        calendar.put(("Vacation", "20261125", "20261127"))
        read_again(office)
        told(office, CHLOE, "until Thu 26 Nov")
        calendar.status = 503
        read_again(office)
        told(office, CHLOE, "cannot be read: It answers 503.")
        assert absences(office)[0].turn_at == WEDNESDAY
        calendar.status = 200
        calendar.put()
        read_again(office)
        told(office, CHLOE, "no absence in the next 60 days")
        assert [one.turn_at for one in absences(office)] == [None]


def test_a_calendar_that_is_forgotten_takes_its_absences_along(keyed: Office) -> None:
    office, calendar = keyed, Calendar()
    assert office.bot
    calendar.put(("Urlaub", "20261125", "20261126"))
    with served(calendar) as url:
        give(office, HUGO, url)
        office.control.advance("1m")
        told(office, HUGO, "on Wed 25 Nov")
        with office.bot.liaison.reading() as tx:
            stored = tx.execute(text("SELECT * FROM diary")).all()
        assert "private-token" not in str(stored)
        diary.forget(office.bot.liaison, HUGO)
        told(office, HUGO, "That calendar is not read any more")
        assert [one.turn_at for one in absences(office)] == [None]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://calendar.example/a.ics", "https://"),
        ("https://me@calendar.example/a.ics", "before the host"),
        ("lunch", "https://"),
    ],
)
def test_an_address_that_is_not_called_is_refused_beside_the_field(
    keyed: Office, url: str, says: str
) -> None:
    assert says in give(keyed, BEN, url)["errors"][ids.DIARY_ADDRESS]


def test_of_two_replicas_one_reads(keyed: Office) -> None:
    office, calendar = keyed, Calendar()
    assert office.bot
    with served(calendar) as url:
        give(office, BEN, url)
        office.control.advance("1m")
        told(office, BEN, "no absence in the next 60 days")
        before, liaison = calendar.asked, office.bot.liaison
        with liaison.transaction() as tx:
            tx.execute(update(Diary).values(next_at=MONDAY_TEN))
        outgoing = office.bot.outgoing
        threads = [Thread(target=diary.read_diaries, args=(outgoing, liaison)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert calendar.asked == before + 1


def follow(office: Office, person: str) -> None:
    assert office.bot
    settings.change(office.bot.liaison, person, Wishes(follows_slack=True))


def test_a_status_that_says_away_hands_leads_on_until_it_is_gone(office: Office) -> None:
    follow(office, BEN)
    office.control.change_person(BEN, status_text="Vacationing", status_emoji=":palm_tree:")
    found = told(office, BEN, "Your Slack status says that you are away")
    waiting = office.hand_over(owner="ben@example.com")
    office.card(waiting, "In the queue")
    assert "I am not away" in text_of(found)

    office.control.change_person(BEN, status_text="", status_emoji="")
    told(office, BEN, "You are back")
    office.card(office.hand_over(owner="ben@example.com"), "Ben Cole has it")
    office.control.change_person(BEN, status_text="Vacationing", status_emoji=":palm_tree:")
    office.control.until(lambda: len(absences(office)) == 2 or None)
    office.control.change_person(BEN, status_text="", status_emoji="")
    office.control.until(lambda: [one.turn_at for one in absences(office)] == [None] * 2 or None)


def test_nobody_is_followed_who_does_not_want_it(office: Office) -> None:
    office.control.change_person(HUGO, status_text="Out sick", status_emoji="")
    handoff = office.hand_over(owner="hugo@example.com")

    office.card(handoff, "Hugo Lind has it")
    assert absences(office) == []
    office.control.change_person(HUGO, status_text="")


def test_while_somebody_is_not_to_be_disturbed_messages_wait(office: Office) -> None:
    assert office.bot
    follow(office, CHLOE)
    until = int((MONDAY_TEN + timedelta(minutes=40)).timestamp())
    begins = int(MONDAY_TEN.timestamp()) - 60
    office.control.change_person(CHLOE, dnd_start_ts=begins, dnd_end_ts=until)
    office.control.advance("1m")
    handoff = office.hand_over(owner="chloe@example.com")
    office.card(handoff, "Chloe Martin has it")
    office.settle()
    assert [row.ts for row in rows_of(office, handoff)] == [None]

    office.control.advance("31m")
    office.control.advance("15m")
    office.dm(CHLOE, handoff)
    settings.change(office.bot.liaison, CHLOE, Wishes())


def test_of_two_replicas_one_asks_slack(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    slack = Slack(WebClient("xoxb-sandbox", base_url=office.settings.slack_api_url))
    with liaison.transaction() as tx:
        tx.execute(update(Person).values(follow_at=MONDAY_TEN))
    looked: list[int] = []
    at_once = Barrier(4)

    def look() -> None:
        at_once.wait()
        looked.append(presence.follow(slack, liaison))

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(looked) == 16
