"""Two weeks of a sales team of eight, over the wire; `python -m tests.two_weeks` prints who was
told how much on which day.

Ben, Hugo and Dev (in Kathmandu) work as one hopes. Chloe is on leave from Tuesday to Thursday, and
Hugo covers. Ella works in the CRM alone. Femi lets everything lie. Grace snoozes, asks marketing,
and takes a lead of Femi's. Rosa, in Auckland, presses the wrong button once. Thursday is a holiday
in the United States. On the first Friday a fair brings eighty leads at once: a list of ten each,
which all but Femi answer. Ana manages them all; Jonas answers for marketing.
"""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from bot.models import Handoff, Message, MessageKind, Person
from bot.views import ids
from sandbox.server import Sandbox
from tests.acts import pass_over_the_rating, press, record_outcome
from tests.core.walk import MINUTE, Place, walk
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    ELLA,
    HUGO,
    IDA,
    LEADS,
    MANIFEST,
    PACE,
    Json,
    Office,
    dm,
    settings_for,
    without_standup,
)
from tests.services.test_batches import batch_of, list_of, open_lead, start

FEMI, GRACE, JONAS, ROSA = "U0FEMI00000", "U0GRACE0000", "U0JONAS0000", "U0ROSA00000"
AUCKLAND = "Pacific/Auckland"
REPS = (BEN, CHLOE, DEV, ELLA, FEMI, GRACE, HUGO, ROSA)
NORMAL = (BEN, DEV)
"""Who answers every lead in time and needs nothing else."""
AMERICANS = (ELLA, FEMI, GRACE)
FIRST_DAY = date(2026, 11, 23)
DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11))
THANKSGIVING = date(2026, 11, 26)

Lead = tuple[Collection[int], str, str, str]
"""On which of the days, whose, the company's name before the day's number, the grade."""
MORNING: tuple[Lead, ...] = (
    (range(0, 10, 2), BEN, "Brisk", "A"),
    (range(1, 10, 2), BEN, "Brisk", "B"),
    ((0, 3, 6), BEN, "Calm", "C"),
    ((1, 2, 5), CHLOE, "Kestrel", "A"),
    ((4, 7), HUGO, "Lark", "A"),
    ((5,), JONAS, "Nobody's", "A"),  # who sells nothing: it waits in the queue
)
AFTERNOON: tuple[Lead, ...] = (
    ((1, 4, 7), DEV, "Himal", "A"),
    ((0, 3, 6), ELLA, "Harbor", "A"),
    ((1, 5), FEMI, "Dune", "A"),
    ((2, 7), GRACE, "Mesa", "A"),
)

FAIR, FAIR_DAY = "Trade fair", 4
"""The campaign of the eighty, and on which of the days they come."""
GRADES = "AABBCCCDDD"
"""Of each rep's ten."""
HOT = range(GRADES.index("C"))
"""Which of the ten have to be answered within these weeks."""


@dataclass(frozen=True)
class Told:
    """A message the app started with a person, on their local day."""

    reader: str
    day: date
    at: datetime
    kind: MessageKind
    handoff: str


@dataclass
class Weeks:
    """The team at work; each act is pressed, typed or told by webhook."""

    office: Office
    leads: dict[str, str] = field(default_factory=dict)
    """The hand-off of each company."""
    gathered: dict[tuple[str, int], str] = field(default_factory=dict)
    """Those of the fair: a rep's first to tenth, counted from 0."""

    def at(self, day: date, time: str) -> None:
        """It is this time, UTC, and whatever is due has been told."""
        hours, minutes = map(int, time.split(":"))
        now = datetime(day.year, day.month, day.day, hours, minutes, tzinfo=UTC)
        self.office.control.set_clock(now)
        self.office.settle()

    def hand(self, rep: str, company: str, grade: str = "A", **more: object) -> str:
        owner = f"{rep[2:].strip('0').lower()}@example.com"
        handoff = self.office.hand_over(company=company, grade=grade, owner=owner, **more)
        self.leads[company] = handoff
        self.office.settle()
        return handoff

    def gather(self) -> None:
        """Eighty leads at once, all of them in before Slack takes a post."""
        self.office.control.fault("rate_limited", method="chat.postMessage", seconds=0.1)
        for number, grade in enumerate(GRADES):
            for rep in REPS:
                name = rep[2:].strip("0").capitalize()
                self.gathered[rep, number] = self.office.hand_over(
                    campaign=FAIR,
                    company=f"Stand {name} {number}",
                    grade=grade,
                    owner=f"{name.lower()}@example.com",
                )
        self.office.control.clear_faults()
        start(self.office, FAIR)

    def touch_listed(self, rep: str, numbers: Collection[int]) -> None:
        """Open leads of the fair from the rep's one list, and log a touch of each."""
        for number in numbers:
            self._press_listed(rep, number, ids.TOUCH)
            self._send(rep, "Log touch", {ids.TOUCH_KIND: {ids.CHOICE: "emailed"}})

    def end_listed(self, rep: str, number: int, outcome: str) -> None:
        """The same, but it ends."""
        self._press_listed(rep, number, ids.OUTCOME)
        self._send(rep, "Outcome", {ids.OUTCOME_KEY: {ids.CHOICE: outcome}})

    def _press_listed(self, rep: str, number: int, action_id: str) -> None:
        """Once the list stands still: each answer moves its lines."""
        self.office.settle()
        handoff = self.gathered[rep, number]
        lead = open_lead(self.office, rep, list_of(self.office, rep, FAIR, ""), handoff)
        self.office.control.click(rep, action_id, view_id=lead["id"], value=handoff)

    def dm(self, rep: str, company: str) -> Json:
        """The living message about a lead."""
        return self.office.dm(rep, self.leads[company])

    def touch(self, rep: str, company: str, kind: str = "spoke", next_step: str = "") -> None:
        press(self.office, rep, ids.TOUCH, self.dm(rep, company), self.leads[company])
        values = {
            ids.TOUCH_KIND: {ids.CHOICE: kind},
            ids.FOLLOW_UP_ON: {ids.CHOICE: next_step or None},
        }
        self._send(rep, "Log touch", values)

    def touch_on_card(self, rep: str, company: str) -> None:
        """A lead of no hurry is worked from its card; it has no message of its own."""
        handoff = self.leads[company]
        self.office.press(rep, ids.TOUCH, self.office.card(handoff), LEADS, handoff)
        self._send(rep, "Log touch", {ids.TOUCH_KIND: {ids.CHOICE: "emailed"}})

    def end(self, rep: str, company: str, outcome: str, words: str = "") -> None:
        handoff = self.leads[company]
        message = self.dm(rep, company)
        assert not record_outcome(self.office, rep, message, handoff, outcome, words)["errors"]
        pass_over_the_rating(self.office, rep)

    def choose(self, rep: str, company: str, entry: str) -> None:
        press(self.office, rep, ids.MORE, self.dm(rep, company), f"{entry}:{self.leads[company]}")

    def fill_in(self, person: str, title: str, **fields: object) -> None:
        self._send(person, title, {name: {ids.CHOICE: value} for name, value in fields.items()})

    def _send(self, person: str, title: str, values: Json) -> None:
        form = self.office.modal(person, title)
        answer = self.office.control.submit(person, form["id"], values)
        assert answer["acked"] and not answer["errors"], answer
        for view in reversed(self.office.control.state(person)["views"]):
            self.office.control.close(person, view["id"])

    def in_crm(self, rep: str, handoff: str) -> None:
        """Contact that is logged in the CRM alone."""
        self.office.tell(
            event="contacted",
            lead_id=self.office.lead_of(handoff),
            by=f"{rep[2:].strip('0').lower()}@example.com",
            kind="call",
            occurred_at=self.office.now().isoformat(),
        )

    def told(self) -> list[Told]:
        """What the app said to people of itself; answers to their own presses left out."""
        assert self.office.bot
        with self.office.bot.liaison.reading() as tx:
            zones = {person.id: person.timezone for person in tx.scalars(select(Person))}
            rows = tx.scalars(
                select(Message)
                .where(
                    col(Message.recipient_id).is_not(None),
                    col(Message.ts).is_not(None),
                    ~col(Message.is_answer),
                )
                .order_by(col(Message.settled_at))
            )
            return [
                Told(
                    str(row.recipient_id),
                    row.settled_at.astimezone(ZoneInfo(zones[str(row.recipient_id)])).date(),
                    row.settled_at,
                    row.kind,
                    row.subject_id,
                )
                for row in rows
                if row.settled_at
            ]

    def handoff(self, company: str) -> Handoff:
        assert self.office.bot
        with self.office.bot.liaison.reading() as tx:
            return tx.get_one(Handoff, (self.office.bot.liaison.team_id, self.leads[company]))

    def is_hot(self, company: str, rep: str) -> bool:
        """Whether the company came as a lead of this rep's that is told at once."""
        handoff = self.handoff(company)
        return handoff.owner_id == rep and handoff.grade in {"A", "B"}

    def is_at_work(self, person_id: str, at: datetime) -> bool:
        """By walking the calendar; leave apart."""
        assert self.office.bot
        with self.office.bot.liaison.reading() as tx:
            zone = tx.get_one(Person, (self.office.bot.liaison.team_id, person_id)).timezone
        closed = (THANKSGIVING.isoformat(),) if person_id in AMERICANS else ()
        return next(walk(Place(zone, "Mo-Fr 09:00-17:00", closed), at, at + MINUTE))[1]


@contextmanager
def eight_reps() -> Iterator[Office]:
    """The sandbox's seven, a newcomer in Auckland, and the holidays of the United States."""
    with (
        TemporaryDirectory(prefix="liaison-") as folder,
        Sandbox(pace=PACE, manifest=MANIFEST) as sandbox,
    ):
        rosa = sandbox.control.join("rosa", real_name="Rosa Tane", tz=AUCKLAND)
        assert rosa == ROSA
        playbook = Path(folder) / "playbook.toml"
        playbook.write_text(_playbook(), "utf-8")
        sandbox.control.set_clock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
        settings = settings_for(sandbox, f"sqlite:///{folder}/liaison.db")
        office = Office(sandbox, replace(settings, liaison_playbook=playbook))
        office.open()
        try:
            yield office
        finally:
            office.close()


def _playbook() -> str:
    text = without_standup().read_text("utf-8")
    for name in ("ella", "femi", "grace"):
        entry = f'email = "{name}@example.com"\n'
        assert entry in text
        text = text.replace(entry, f'{entry}holidays = ["US"]\n')
    rosa = 'email = "rosa@example.com"\nteam = "sales"\nroles = ["rep"]\n'
    return f'{text}\n[[people]]\n{rosa}manager = "ana@example.com"\n'


def play(office: Office) -> Weeks:
    """All of it, day by day."""
    weeks = Weeks(office)
    for day in DAYS:
        _night(weeks, day)
        _morning(weeks, day)
        _afternoon(weeks, day)
    return weeks


def _hand_out(weeks: Weeks, n: int, leads: Sequence[Lead]) -> None:
    for days, rep, name, grade in leads:
        if n in days:
            weeks.hand(rep, f"{name} {n}", grade)


def _touch(weeks: Weeks, n: int, leads: Sequence[tuple[Collection[int], str, str]]) -> None:
    for days, rep, name in leads:
        if n in days:
            weeks.touch(rep, f"{name} {n}")


def _night(weeks: Weeks, day: date) -> None:
    """Auckland's working day, then Kathmandu's morning."""
    n = DAYS.index(day)
    weeks.at(day - timedelta(days=1), "20:00")  # Rosa: nine in the morning
    _hand_out(weeks, n, (((1, 4, 6), ROSA, "Kauri", "A"),))
    weeks.at(day - timedelta(days=1), "20:20")
    _touch(weeks, n, (((1, 4, 6), ROSA, "Kauri"),))
    if n == 1:
        _rosa_presses_the_wrong_button(weeks)
    if n == 6:
        weeks.end(ROSA, "Kauri 6", "do_not_contact")
    if n == FAIR_DAY + 1:
        weeks.touch_listed(ROSA, HOT)
    weeks.at(day, "03:15")  # Dev: nine in the morning
    if n in {2, 5, 8}:
        weeks.touch(DEV, f"Himal {n - 1}")
        weeks.end(DEV, f"Himal {n - 1}", "not_a_fit:size" if n == 5 else "qualified")


def _rosa_presses_the_wrong_button(weeks: Weeks) -> None:
    weeks.end(ROSA, "Kauri 1", "no_need")
    settled = weeks.office.dm(ROSA, weeks.leads["Kauri 1"], "as you said")
    press(weeks.office, ROSA, ids.UNDO, settled, weeks.leads["Kauri 1"])
    weeks.office.dm(ROSA, weeks.leads["Kauri 1"], "You are working on it")


def _morning(weeks: Weeks, day: date) -> None:
    """Europe: Ben, Chloe, Hugo; Ana decides."""
    n = DAYS.index(day)
    weeks.at(day, "08:00")
    if n == 0:
        _chloe_plans_her_leave(weeks)
    if n in {1, 4, 7}:
        weeks.touch_on_card(BEN, f"Calm {n - 1}")
    _ana_decides(weeks, n)
    _hand_out(weeks, n, MORNING)
    if n == FAIR_DAY:
        weeks.gather()
    weeks.at(day, "08:25")
    if n == FAIR_DAY:
        for rep in (BEN, CHLOE, DEV, HUGO):
            weeks.touch_listed(rep, HOT)
        weeks.end_listed(BEN, HOT.stop, "no_need")
    _touch(weeks, n, ((range(10), BEN, "Brisk"), ((1, 2), HUGO, "Kestrel"), ((4, 7), HUGO, "Lark")))
    if n == 5:
        weeks.touch(CHLOE, "Kestrel 5", next_step="2026-12-02")
        _hugo_claims(weeks, "Nobody's 5")
    if n > 1:
        outcome = ("qualified", "no_need", "not_a_fit:industry")[n % 3]
        weeks.end(BEN, f"Brisk {n - 2}", outcome)


def _hugo_claims(weeks: Weeks, company: str) -> None:
    handoff = weeks.leads[company]
    card = weeks.office.card(handoff, "In the queue")
    assert weeks.office.press(HUGO, ids.CLAIM, card, LEADS, handoff)["acked"]
    weeks.touch(HUGO, company)


def _chloe_plans_her_leave(weeks: Weeks) -> None:
    weeks.office.control.command(CHLOE, LEADS, "/liaison", "away")
    leave = {
        ids.AWAY_FROM: "2026-11-24",
        ids.AWAY_TO: "2026-11-26",
        ids.AWAY_COVER: HUGO,
        ids.AWAY_NOTE: "Kestrel waits for a price.",
    }
    weeks.fill_in(CHLOE, "Away", **leave)


def _ana_decides(weeks: Weeks, n: int) -> None:
    """Femi's first lead is excused, the second goes to Grace; of the fair he may keep his."""
    if n == 2:
        told = weeks.office.brief(ANA, "*Dune 1* · grade")
        press(weeks.office, ANA, ids.EXCUSE, told, weeks.leads["Dune 1"])
    if n == 6:
        told = weeks.office.brief(ANA, "*Dune 5* · grade")
        press(weeks.office, ANA, ids.REASSIGN, told, weeks.leads["Dune 5"])
        weeks.fill_in(ANA, "Reassign", **{ids.REASSIGN_TO: GRACE, ids.REASSIGN_WHY: ""})
        of_femi = f"{batch_of(weeks.office, FAIR).id}:{FEMI}"
        press(weeks.office, ANA, ids.BATCH_LEAVE, told, of_femi)


def _afternoon(weeks: Weeks, day: date) -> None:
    """New York: Ella, Femi, Grace; leads for Dev, who reads them in his morning."""
    n = DAYS.index(day)
    weeks.at(day, "14:00")
    _hand_out(weeks, n, AFTERNOON)
    if n == 6:
        weeks.at(day, "14:10")
        _grace_takes_over(weeks)
    weeks.at(day, "14:20")
    if n in {0, 4, 6}:
        weeks.in_crm(ELLA, weeks.leads[f"Harbor {3 if n == 4 else n}"])
    _grace_works(weeks, n)
    if n == FAIR_DAY:
        weeks.touch_listed(GRACE, HOT[:2])
        for number in HOT:
            weeks.in_crm(ELLA, weeks.gathered[ELLA, number])
    for time in ("14:40", "15:40", "16:30", "17:30"):
        weeks.at(day, time)
    if n == FAIR_DAY + 2:  # reminded of the rest of her list
        weeks.touch_listed(GRACE, HOT[2:])
    if n == 2:
        weeks.touch(GRACE, "Mesa 2")
        weeks.end(GRACE, "Mesa 2", "wrong_data")
    if n == 8:
        _ida_answers(weeks)
        weeks.at(day, "17:31")  # reminders go on
        weeks.touch(GRACE, "Mesa 7")


def _grace_works(weeks: Weeks, n: int) -> None:
    """She puts one lead off, and asks marketing about another."""
    if n == 2:
        weeks.choose(GRACE, "Mesa 2", ids.MORE_SNOOZE)
        weeks.fill_in(GRACE, "Snooze", **{ids.SNOOZE_FOR: "3h"})
    if n == 7:
        weeks.choose(GRACE, "Mesa 7", ids.MORE_ASK)
        weeks.fill_in(GRACE, "Ask marketing", **{ids.ASK_WORDS: "Which price did they see?"})


def _ida_answers(weeks: Weeks) -> None:
    asked = weeks.office.control.message(dm(IDA), lambda m: "Which price" in m["text"])
    press(weeks.office, IDA, ids.ANSWER, asked, _value(asked, ids.ANSWER))
    weeks.fill_in(IDA, "Answer", **{ids.ANSWER_WORDS: "The one for twenty seats."})
    weeks.office.settle()


def _grace_takes_over(weeks: Weeks) -> None:
    offer = weeks.office.dm(GRACE, weeks.leads["Dune 5"], "asks you to take")
    press(weeks.office, GRACE, ids.TAKE, offer, weeks.leads["Dune 5"])
    weeks.office.settle()
    weeks.touch(GRACE, "Dune 5")


def _value(message: Json, action_id: str) -> str:
    """The value of a message's button."""
    blocks = message["blocks"]
    elements = [e for b in blocks for e in [*b.get("elements", []), b.get("accessory", {})]]
    return next(str(e["value"]) for e in elements if e.get("action_id") == action_id)


def table(weeks: Weeks) -> str:
    """Messages the app started, by person and local day; in brackets what is no brief."""
    told, names = weeks.told(), _names(weeks)
    days = sorted({each.day for each in told})
    lines = ["| | " + " | ".join(f"{day:%a %d}" for day in days) + " | all |"]
    lines.append("|---|" + "--:|" * (len(days) + 1))
    for person_id, name in names.items():
        own = [each for each in told if each.reader == person_id]
        if own:
            cells = [_cell([each for each in own if each.day == day]) for day in days]
            lines.append(f"| {name} | " + " | ".join([*cells, str(len(own))]) + " |")
    return "\n".join(lines)


def _cell(told: list[Told]) -> str:
    others = sum(each.kind is not MessageKind.BRIEF for each in told)
    return f"{len(told)} ({others})" if told else ""


def _names(weeks: Weeks) -> dict[str, str]:
    assert weeks.office.bot
    with weeks.office.bot.liaison.reading() as tx:
        people = tx.scalars(select(Person).order_by(col(Person.team).desc(), col(Person.name)))
        return {person.id: person.name for person in people}


if __name__ == "__main__":
    with eight_reps() as office:
        sys.stdout.write(f"{table(play(office))}\n")
