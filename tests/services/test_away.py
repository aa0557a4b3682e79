"""Somebody goes away, a colleague covers, and all of it undoes itself."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from bot.models import Absence, Handoff, Message, MessageKind, Person
from bot.services.absences import take_due_absences
from bot.views import ids
from tests.acts import history, log_touch, record_outcome, why_me
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    ELLA,
    IDA,
    LEADS,
    MONDAY_TEN,
    Json,
    Office,
    dm,
    text_of,
)
from tests.services.test_followups import nudges
from tests.services.test_handoffs import run_of, stored

MONDAY, TUESDAY, WEDNESDAY = "2026-11-23", "2026-11-24", "2026-11-25"
THURSDAY, FRIDAY = "2026-11-26", "2026-11-27"
FRIDAY_OPENING = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
"""09:00 in Berlin."""


@pytest.fixture(autouse=True)
def _nobody_is_away(office: Office) -> None:
    """What earlier tests left open, or away, would take part in this one."""
    assert office.bot
    with office.bot.liaison.transaction() as tx:
        tx.execute(update(Absence).values(ends_at=col(Absence.starts_at), turn_at=None))
        tx.execute(update(Person).values(own_opens=None))
        still_open = update(Handoff).where(col(Handoff.closed_at).is_(None))
        tx.execute(still_open.values(closed_at=MONDAY_TEN, absence_id=None))
        # The same days come again, and each has one brief.
        earlier = update(Message).where(col(Message.kind) == MessageKind.BRIEF)
        tx.execute(earlier.values(key=Message.key + Message.id))


def form_of(office: Office, person: str) -> Json:
    office.control.command(person, LEADS, "/liaison", "away")
    return office.modal(person, "Away")


def enter(
    office: Office,
    person: str = BEN,
    first: str = MONDAY,
    last: str = THURSDAY,
    cover: str | None = CHLOE,
    **more: object,
) -> Json:
    """Fill in the form for an absence; gives Slack's answer, with the modal closed."""
    form = form_of(office, person)
    fields = {"away_from": first, "away_to": last, "away_cover": cover, **more}
    values = {name: {ids.CHOICE: value} for name, value in fields.items() if value is not None}
    answer = office.control.submit(person, form["id"], values)
    for view in office.control.state(person)["views"]:
        office.control.close(person, view["id"])
    return answer


def typed(office: Office, person: str, words: str) -> str:
    """The private answer to `/liaison` and these words."""
    before = len(office.control.messages(LEADS))
    office.control.command(person, LEADS, "/liaison", words)
    return office.control.until(lambda: _answered(office, person, before))


def _answered(office: Office, person: str, before: int) -> str | None:
    told = [m for m in office.control.messages(LEADS)[before:] if m["ephemeral_to"] == person]
    return str(told[-1]["text"]) if told else None


def absences(office: Office, person: str = BEN) -> list[Absence]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        rows = (
            select(Absence)
            .where(col(Absence.person_id) == person, col(Absence.ends_at) > col(Absence.starts_at))
            .order_by(col(Absence.id))
        )
        return list(tx.scalars(rows))


def told(office: Office, person: str, words: str) -> Json:
    return office.control.message(dm(person), lambda m: words in text_of(m))


def heard(office: Office, person: str, handoff: str) -> list[str]:
    """The first lines of what a person has been told of a lead."""
    office.settle()
    return [m["text"].split("\n")[0] for m in office.dms(person) if office.subject(m) == handoff]


def test_a_new_lead_of_somebody_away_goes_to_their_cover(office: Office) -> None:
    enter(office)

    handoff = office.hand_over(company="Globex")

    office.card(handoff, "Chloe Martin has it, covering for Ben Cole. First touch due")
    message = office.dm(CHLOE, handoff, "covering for Ben Cole until Thu 26 Nov")
    assert message["text"].startswith("Call Globex: asked for a demo, due 11:00")
    assert (stored(office, handoff).owner_id, stored(office, handoff).actor_id) == (BEN, CHLOE)
    assert heard(office, BEN, handoff) == []
    assert why_me(office, CHLOE, message, handoff).startswith("You have this lead because")


def test_what_waits_for_a_first_touch_passes_to_the_cover_and_what_is_worked_on_stays(
    office: Office,
) -> None:
    waiting, worked, without_clock = (
        office.hand_over(),
        office.hand_over(),
        office.hand_over(grade="D"),
    )
    log_touch(office, BEN, office.dm(BEN, worked), worked, "spoke")
    office.dm(BEN, waiting)
    office.dm(BEN, without_clock)
    promised = stored(office, waiting).due_at

    office.control.advance("20m")
    enter(office)

    office.card(waiting, "Chloe Martin has it, covering for Ben Cole")
    office.dm(CHLOE, waiting)
    office.card(worked, "Ben Cole is working on it")
    assert stored(office, without_clock).actor_id == BEN
    assert stored(office, waiting).due_at == promised
    covering = run_of(office, waiting, 2)
    assert promised and covering.due_at and covering.due_at > promised
    card = office.card(worked)
    assert "Chloe Martin covers for Ben Cole, who keeps this lead" in history(
        office, IDA, card, worked
    )


def test_the_cover_answers_as_the_actor_does(office: Office) -> None:
    worked = office.hand_over()
    log_touch(office, BEN, office.dm(BEN, worked), worked, "spoke")
    office.card(worked, "Ben Cole is working on it")
    enter(office)
    covered = office.hand_over()

    record_outcome(office, CHLOE, office.dm(CHLOE, covered), covered, "qualified")
    office.press(CHLOE, ids.OUTCOME, office.card(worked), LEADS, worked)
    form = office.modal(CHLOE, "Outcome")
    office.control.submit(CHLOE, form["id"], {ids.OUTCOME_KEY: {ids.CHOICE: "qualified"}})

    office.card(covered, "*Qualified*, says Chloe Martin")
    office.card(worked, "*Qualified*, says Chloe Martin")
    assert stored(office, worked).actor_id == BEN
    assert stored(office, covered).owner_id == BEN


def test_somebody_who_answers_although_they_are_away_has_their_lead_back(office: Office) -> None:
    handoff = office.hand_over()
    mine = office.dm(BEN, handoff)
    enter(office)
    office.dm(CHLOE, handoff)

    card = office.card(handoff, "covering for Ben Cole")
    office.press(BEN, ids.TOUCH, card, LEADS, handoff)
    form = office.modal(BEN, "Log touch")
    office.control.submit(BEN, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})

    office.card(handoff, "Ben Cole is working on it: in touch")
    assert stored(office, handoff).actor_id == BEN
    assert mine


def test_contact_that_the_crm_tells_of_counts_whoever_of_the_two_it_was(office: Office) -> None:
    by_owner, by_cover = office.hand_over(), office.hand_over()
    office.dm(BEN, by_cover)
    enter(office)
    for handoff, by in ((by_owner, "ben@example.com"), (by_cover, "chloe@example.com")):
        office.dm(CHLOE, handoff)
        at = office.now().isoformat()
        office.tell(
            event="contacted", lead_id=office.lead_of(handoff), by=by, kind="spoke", occurred_at=at
        )

    assert (stored(office, by_owner).actor_id, stored(office, by_cover).actor_id) == (BEN, CHLOE)
    assert stored(office, by_owner).touched_at
    assert stored(office, by_cover).touched_at


def test_on_return_what_was_not_touched_comes_back_with_one_message(office: Office) -> None:
    qualified, touched, untouched = office.hand_over(), office.hand_over(), office.hand_over()
    office.dm(BEN, untouched)
    enter(office)
    record_outcome(office, CHLOE, office.dm(CHLOE, qualified), qualified, "qualified")
    log_touch(office, CHLOE, office.dm(CHLOE, touched), touched, "spoke")
    office.card(touched, "Chloe Martin is working on it, covering for Ben Cole: in touch")
    office.dm(CHLOE, untouched)

    office.control.set_clock(FRIDAY_OPENING)

    words = "Chloe Martin covered 3 leads: 1 qualified, 1 still with a colleague, 1 back with you."
    told(office, BEN, f"While you were away {words}")
    office.card(untouched, "Ben Cole has it. First touch due")
    again = office.dm(BEN, untouched, "First touch due")
    assert "due 10:00" in again["text"]
    office.card(touched, "Chloe Martin is working on it: in touch")
    assert (stored(office, touched).owner_id, stored(office, touched).actor_id) == (BEN, CHLOE)
    assert "It is back with Ben Cole" in history(office, IDA, office.card(untouched), untouched)
    assert why_me(office, BEN, again, untouched).startswith("You have this lead because it came")


def test_nothing_reaches_somebody_who_is_away(office: Office) -> None:
    handoff = office.hand_over(grade="C")
    office.dm(BEN, handoff)
    before = heard(office, BEN, handoff)
    enter(office, cover=None, last=TUESDAY)

    office.control.set_clock(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    assert heard(office, BEN, handoff) == before
    assert nudges(office, BEN, handoff) == []

    office.control.set_clock(datetime(2026, 11, 25, 8, 55, tzinfo=UTC))
    assert len(nudges(office, BEN, handoff)) == 1


def test_without_a_cover_a_lead_waits_a_little_and_no_longer(office: Office) -> None:
    enter(office, cover=None, first=TUESDAY, last=TUESDAY)
    enter(office, cover=None, person=ELLA, first=TUESDAY, last=THURSDAY)
    office.control.set_clock(datetime(2026, 11, 24, 14, 30, tzinfo=UTC))

    soon = office.hand_over()
    late, no_clock = (office.hand_over(owner="ella@example.com", grade=grade) for grade in "AD")

    office.card(soon, "Ben Cole has it. First touch due")
    office.card(late, "In the queue: nobody has it yet. First touch due")
    office.card(no_clock, "Ella Novak has it.")
    assert stored(office, late).owner_id == ELLA


def test_what_nobody_took_out_of_the_queue_comes_back(office: Office) -> None:
    claimed, left = office.hand_over(), office.hand_over()
    office.dm(BEN, left)
    enter(office, cover=None)
    office.press(DEV, ids.CLAIM, office.card(claimed, "In the queue"), LEADS, claimed)
    office.card(claimed, "Dev Thapa has it")

    office.control.set_clock(FRIDAY_OPENING)

    told(office, BEN, "2 leads went to the queue: 1 still with a colleague, 1 back with you.")
    office.card(left, "Ben Cole has it")
    assert stored(office, claimed).actor_id == DEV


def test_a_planned_absence_begins_and_ends_at_its_instants(office: Office) -> None:
    handoff = office.hand_over(grade="C")
    office.dm(BEN, handoff)
    enter(office, first=TUESDAY, last=TUESDAY, away_halves=[ids.UNTIL_MIDDAY])
    told(office, CHLOE, "You cover for Ben Cole on Tue 24 Nov.")

    office.control.set_clock(datetime(2026, 11, 23, 22, 59, tzinfo=UTC))
    assert stored(office, handoff).actor_id == BEN
    office.control.set_clock(datetime(2026, 11, 23, 23, 0, tzinfo=UTC))
    assert stored(office, handoff).actor_id == CHLOE
    office.control.set_clock(datetime(2026, 11, 24, 11, 59, tzinfo=UTC))
    assert stored(office, handoff).actor_id == CHLOE
    office.control.set_clock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    assert stored(office, handoff).actor_id == BEN
    assert stored(office, handoff).runs == 3


def test_an_absence_takes_its_turn_once_however_many_look(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    enter(office, first=TUESDAY, last=TUESDAY)
    assert office.bot
    liaison = office.bot.liaison

    for day in (24, 25):
        office.control.set_clock(datetime(2026, 11, day, 9, 0, tzinfo=UTC))
        with ThreadPoolExecutor(4) as hands:
            list(hands.map(take_due_absences, [liaison] * 4))

    assert stored(office, handoff).runs == 3
    told(office, BEN, "While you were away Chloe Martin covered 1 lead: 1 back with you.")


def test_what_comes_and_goes_while_the_bot_is_down_moves_nothing(office: Office) -> None:
    handoff = office.hand_over(grade="C")
    office.dm(BEN, handoff)
    enter(office, first=TUESDAY, last=TUESDAY)

    office.control.set_clock(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))

    assert stored(office, handoff).runs == 1
    assert absences(office)[0].turn_at is None


def test_ending_it_early_brings_everything_back_at_once(office: Office) -> None:
    handoff, held = office.hand_over(), office.hand_over(grade="D")
    office.dm(BEN, held)
    enter(office)
    office.dm(CHLOE, handoff)
    office.control.set_clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))

    assert typed(office, BEN, "away off").startswith("Welcome back.")

    office.card(handoff, "Ben Cole has it. First touch due")
    assert office.dm(BEN, handoff, "due 11:00")
    told(office, BEN, "While you were away")
    assert typed(office, BEN, "away off") == "You are not away, and no absence is planned."


def test_calling_off_a_planned_absence_tells_the_cover(office: Office) -> None:
    enter(office, first=WEDNESDAY)
    told(office, CHLOE, "You cover for Ben Cole from Wed 25 Nov until Thu 26 Nov.")

    assert typed(office, BEN, "away off") == "Called off: your absence from Wed 25 Nov on."

    told(office, CHLOE, "Called off: Ben Cole’s absence.")
    office.control.set_clock(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    office.card(office.hand_over(), "Ben Cole has it")


def test_an_absence_moves_the_actors_due_time_and_never_the_promise(office: Office) -> None:
    handoff = office.hand_over(grade="C")
    office.dm(BEN, handoff)
    promised = stored(office, handoff).due_at

    enter(office, cover=None, first=TUESDAY, last=TUESDAY)
    later = run_of(office, handoff).due_at
    typed(office, BEN, "away off")

    assert promised and later and later > promised
    assert stored(office, handoff).due_at == promised == run_of(office, handoff).due_at


def test_time_that_was_worked_before_leaving_stays_worked(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    office.control.advance("40m")

    enter(office, cover=None, last=MONDAY)

    due = run_of(office, handoff).due_at
    assert due and abs(due - datetime(2026, 11, 24, 8, 20, tzinfo=UTC)) < timedelta(minutes=1)


def test_absences_that_meet_become_one(office: Office) -> None:
    enter(office, first=TUESDAY, last=TUESDAY)
    enter(office, first=THURSDAY, last=FRIDAY, cover=None)
    enter(office, first=WEDNESDAY, last=THURSDAY, cover=DEV)

    ahead = [row for row in absences(office) if row.turn_at]

    assert [(row.starts_at.day, row.ends_at.day) for row in ahead] == [(23, 27)]
    assert ahead[0].cover_id == DEV
    told(office, CHLOE, "You do not cover for Ben Cole any more.")


def test_the_same_form_sent_twice_is_one_absence(office: Office) -> None:
    handoff = office.hand_over()
    office.dm(BEN, handoff)

    for _ in range(2):
        enter(office)

    assert len(absences(office)) == 1
    assert stored(office, handoff).runs == 2


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"first": "2026-11-22"}, ids.AWAY_FROM, "Choose today or a later day."),
        ({"first": FRIDAY}, ids.AWAY_TO, "Choose the first day or a later one."),
        ({"last": "2028-01-01"}, ids.AWAY_TO, "Choose a day within a year from today."),
        (
            {"last": MONDAY, "away_halves": [ids.FROM_MIDDAY, ids.UNTIL_MIDDAY]},
            ids.AWAY_TO,
            "That is over before it begins; choose a later day or half.",
        ),
        (
            {"cover": BEN},
            ids.AWAY_COVER,
            "Choose somebody else: nobody covers for themselves.",
        ),
        (
            {"cover": IDA},
            ids.AWAY_COVER,
            "Choose somebody who sells: leads can be theirs.",
        ),
        ({"cover": DEV}, ids.AWAY_COVER, "They are away then too; choose somebody else."),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    office: Office, fields: dict[str, object], field: str, sentence: str
) -> None:
    enter(office, person=DEV, cover=None, first=THURSDAY)

    answer = enter(office, **fields)  # type: ignore[arg-type]  # each field by its name

    assert answer["errors"] == {field: sentence}
    assert absences(office) == []


def test_a_cover_who_goes_away_is_covered_in_turn(office: Office) -> None:
    enter(office)
    first = office.hand_over()
    office.dm(CHLOE, first)

    enter(office, person=CHLOE, last=WEDNESDAY, cover=DEV)
    second = office.hand_over()

    for handoff in (first, second):
        office.card(handoff, "Dev Thapa has it, covering for Ben Cole")
    office.control.set_clock(FRIDAY_OPENING)
    for handoff in (first, second):
        office.card(handoff, "Ben Cole has it")


def test_two_who_cover_for_each_other_leave_their_leads_to_the_queue(office: Office) -> None:
    enter(office, first=TUESDAY)
    assert enter(office, person=CHLOE, first=TUESDAY, cover=BEN)["errors"]
    enter(office, person=CHLOE, first=TUESDAY, cover=None)
    office.control.set_clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))

    office.card(office.hand_over(), "In the queue")


def test_a_manager_enters_an_absence_for_somebody_of_theirs(office: Office) -> None:
    enter(office, person=ANA, away_who=BEN, first=TUESDAY)

    told(office, BEN, "Ana Ruiz entered that you are away from Tue 24 Nov until Thu 26 Nov.")
    assert absences(office)[0].created_by == ANA


@pytest.mark.parametrize("person", [BEN, IDA])
def test_nobody_else_does(office: Office, person: str) -> None:
    fields = {"away_who": CHLOE} if person == IDA else {}
    offered = [block["block_id"] for block in form_of(office, person)["blocks"]]
    office.control.close(person, office.modal(person, "Away")["id"])

    assert (ids.AWAY_WHO in offered) == (person == IDA)
    if fields:
        refused = enter(office, person=person, **fields)
        assert "whose manager you are" in refused["errors"][ids.AWAY_WHO]
    assert absences(office, CHLOE) == []


def test_the_note_reaches_the_cover_alone_and_no_channel_hears_why(office: Office) -> None:
    before = len(office.control.traffic())
    handoff = office.hand_over()
    office.dm(BEN, handoff)
    enter(office, away_note="Globex *calls* on Tuesday")
    told(office, CHLOE, "Globex ∗calls∗ on Tuesday")
    office.card(handoff, "covering for")
    office.control.set_clock(FRIDAY_OPENING)
    office.card(handoff, "Ben Cole has it")

    calls = [call["body"] for call in office.control.traffic(before) if call["direction"] == "in"]
    in_channel = [str(body) for body in calls if body.get("channel") == LEADS]
    noted = [body for body in calls if "on Tuesday" in str(body)]

    assert len(in_channel) >= 3
    assert not re.search(r"\b(away|holiday|vacation|sick|ill|until)\b", " ".join(in_channel))
    assert {body.get("channel") for body in noted} == {dm(CHLOE)}


def test_the_form_says_what_was_saved(office: Office) -> None:
    form = form_of(office, BEN)
    values = {"away_from": {ids.CHOICE: MONDAY}, "away_to": {ids.CHOICE: THURSDAY}}
    answer = office.control.submit(BEN, form["id"], values | {"away_cover": {ids.CHOICE: CHLOE}})

    assert answer["response_action"] == "update"
    saved = office.control.state(BEN)["views"][-1]
    assert "You are away until Thu 26 Nov; Chloe Martin covers." in text_of(saved)
    office.control.close(BEN, saved["id"])


def test_bare_liaison_tells_a_person_their_own_time(office: Office) -> None:
    assert typed(office, BEN, "").splitlines()[:2] == [
        "*Your hours*: Mo-Fr 09:00-17:00, Europe/Berlin (the playbook's)",
        "*Away*: not planned",
    ]
    enter(office, first=TUESDAY)

    assert "*Away*: from Tue 24 Nov until Thu 26 Nov; Chloe Martin covers" in typed(office, BEN, "")
    assert "*You cover for*: Ben Cole from Tue 24 Nov" in typed(office, CHLOE, "")
    assert typed(office, BEN, "help").startswith("`/liaison` shows your hours")
    assert typed(office, BEN, "away tomorrow").startswith("`/liaison` shows your hours")


def test_hours_of_ones_own_move_what_is_due(office: Office) -> None:
    handoff = office.hand_over(grade="B")
    office.dm(BEN, handoff)
    promised = stored(office, handoff).due_at

    answer = typed(office, BEN, "hours Mo–Fr 13:00-18:00")

    assert "Mo-Fr 13:00-18:00, Europe/Berlin (your own)" in answer
    moved = run_of(office, handoff).due_at
    assert promised and moved and moved == datetime(2026, 11, 23, 16, 0, tzinfo=UTC) > promised
    assert stored(office, handoff).due_at == promised
    assert "(the playbook's)" in typed(office, BEN, "hours off")
    assert run_of(office, handoff).due_at == promised


def test_earlier_hours_let_go_what_was_held(office: Office) -> None:
    office.control.set_clock(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    handoff = office.hand_over(company="Early Ltd")
    office.card(handoff, "First touch due")
    assert heard(office, BEN, handoff) == []

    typed(office, BEN, "hours Mo-Fr 07:00-15:00")

    assert office.dm(BEN, handoff)


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ("nine to five", 'write for example "Mo-Fr 09:00-17:00"'),
        ("<!channel>", "&lt;!channel&gt;"),
        ("Jan-Mar Mo-Fr 09:00-17:00", "at least four hours in every week"),
        ("Mo-Fr 09:00-17:00;" * 20, "under 200 characters"),
    ],
)
def test_hours_that_are_none_are_answered_with_what_to_write(
    office: Office, hours: str, sentence: str
) -> None:
    assert sentence in typed(office, BEN, f"hours {hours}")
    assert "(the playbook's)" in typed(office, BEN, "")


def test_somebody_the_playbook_does_not_list_reads_how_to_be(office: Office) -> None:
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, ELLA)).team = None

    for words in ("", "away", "away off", "hours Mo-Fr 09:00-17:00"):
        assert "the playbook does not list you" in typed(office, ELLA, words)

    with liaison.transaction() as tx:
        tx.get_one(Person, (liaison.team_id, ELLA)).team = "sales"
