"""What a brief says to a rep, a manager, a marketer; and that nothing kept back is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot import queries
from bot.core.history import Line
from bot.delivery.sayings import Saying, say, tell
from bot.errors import Unknown
from bot.models import NEXT_BRIEF, Ask, Handoff, Message, MessageKind, Person, Step
from bot.services import asks, brief_parts, campaign_entry, campaigns, outcomes
from bot.services.briefs import open_part
from bot.services.campaign_entry import Filled
from bot.services.edition import Edition, Page
from bot.services.handoffs import note
from bot.services.hours import back_at_work
from bot.services.outcomes import Answer
from bot.views import ids, whys
from tests.acts import press
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    IDA,
    LEADS,
    MONDAY_TEN,
    Json,
    Office,
    dm,
    playbook_with,
    text_of,
)
from tests.postgres import ON_BOTH_ENGINES

JONAS = "U0JONAS0000"
MONDAY_EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OWNED = '\n[[campaigns]]\nname = "Spring webinar"\nowner = "jonas@example.com"\n'


@pytest.fixture
def quiet(own_office: Office) -> Iterator[Office]:
    """An office with the cap and the briefs of the sandbox's playbook; Jonas owns a campaign."""
    agreed = playbook_with(OWNED, leave_out='standup = "#standup"\n')
    own_office.settings = replace(own_office.settings, liaison_playbook=agreed)
    own_office.open()
    own_office.control.set_clock(MONDAY_TEN)  # a first tick plans everybody's briefs
    yield own_office


def handed(office: Office, **fields: object) -> str:
    handoff = office.hand_over(**fields)
    office.card(handoff, "Ben Cole has it" if fields.get("owner", "") is not None else "queue")
    office.settle()
    return handoff


def tell_ben(office: Office, handoff: str) -> None:
    """A note of the kind a rep gets when something happens with their lead."""
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        told = queries.handoff_to_change(tx, liaison.team_id, handoff)
        line = note(tx, told, Line.CAME_BACK, liaison.now())
        tx.flush()
        ben = tx.get_one(Person, (liaison.team_id, BEN))
        tell(tx, liaison, line, BEN, hold_until=back_at_work(tx, liaison, ben, liaison.now()))


def ask_marketing(office: Office, handoff: str, words: str = "Which plant?") -> None:
    assert office.bot
    asks.ask(office.bot.liaison, handoff, BEN, words)


def answer(office: Office, by: str) -> None:
    """Answer the only open question."""
    assert office.bot
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        asked = tx.scalars(select(Ask).where(col(Ask.answered_at).is_(None))).one()
    asks.answer(liaison, asked.id, by, "The one in Ghent.")


def escalated(office: Office, **fields: object) -> str:
    """A lead of an hour that stayed open the whole Monday."""
    handoff = handed(office, **fields)
    for minute in (31, 61, 92, 124):
        office.control.set_clock(MONDAY_TEN + timedelta(minutes=minute))
        office.settle()
    return handoff


def kept_back(office: Office, person: str) -> list[Message]:
    """What a person reads in a brief and not as a message."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        kept = (col(Message.recipient_id) == person) & col(Message.brief_id).is_not(None)
        return list(tx.scalars(select(Message).where(kept).order_by(col(Message.id))))


@ON_BOTH_ENGINES
def test_everything_kept_back_is_in_the_next_brief_once(quiet: Office) -> None:
    """Six messages fill Monday; what comes then, by day and by night, waits for Tuesday."""
    leads = [quiet.hand_over(grade="B", company=f"Full {n}") for n in range(6)]
    for lead in leads:
        quiet.dm(BEN, lead)
    quiet.settle()
    tell_ben(quiet, leads[0])
    quiet.hand_over(grade="B", company="One more")
    ask_marketing(quiet, leads[1])
    quiet.settle()
    answer(quiet, IDA)
    quiet.settle()
    assert len(quiet.dms(BEN)) == 6
    quiet.control.set_clock(MONDAY_EVENING)
    tell_ben(quiet, leads[2])
    waiting = kept_back(quiet, BEN)
    assert {row.kind for row in waiting} >= {"note", "answer", "lead_dm"}

    quiet.control.set_clock(TUESDAY_NINE)

    told = quiet.brief(BEN, "2 to know")["text"]
    assert told.count("The lead came back.") == 2
    assert told.count("answered “The one in Ghent.”") == 1
    assert "One more" in told
    quiet.settle()
    assert {row.brief_id for row in kept_back(quiet, BEN) if row.id in {w.id for w in waiting}} == {
        brief_of(quiet, BEN)
    }
    quiet.control.set_clock(TUESDAY_NINE + DAY)
    quiet.control.until(lambda: len(quiet.briefs(BEN)) == 2)
    again = quiet.brief(BEN, "overdue")["text"]
    assert "The lead came back." not in again
    assert "Ghent" not in again


def brief_of(office: Office, person: str) -> str:
    """The id of a person's newest brief."""
    assert office.bot
    with office.bot.liaison.reading() as tx:
        newest = select(func.max(col(Message.id))).where(
            col(Message.kind) == MessageKind.BRIEF, col(Message.recipient_id) == person
        )
        return tx.scalars(newest).one()


def test_what_stood_in_a_brief_that_was_never_sent_stands_in_the_next(quiet: Office) -> None:
    handoff = handed(quiet, grade="D")
    quiet.control.set_clock(MONDAY_EVENING)
    tell_ben(quiet, handoff)
    quiet.control.fault("error", method="conversations.open", times=1000, error="internal_error")
    quiet.control.set_clock(TUESDAY_NINE)
    assert [row.brief_id for row in kept_back(quiet, BEN)] == [brief_of(quiet, BEN)]
    quiet.control.set_clock(TUESDAY_NINE + timedelta(hours=10))
    quiet.control.clear_faults()
    quiet.settle()
    assert quiet.briefs(BEN) == []

    quiet.control.set_clock(TUESDAY_NINE + DAY)

    assert "The lead came back." in quiet.brief(BEN, "1 to know")["text"]


def test_without_briefs_what_waited_for_one_goes_out_as_messages(quiet: Office) -> None:
    handoff = handed(quiet, grade="D")
    quiet.control.set_clock(MONDAY_EVENING)
    tell_ben(quiet, handoff)
    assert [row.brief_id for row in kept_back(quiet, BEN)] == [NEXT_BRIEF]
    without = playbook_with("[attention]\nbrief = false\n", leave_out='standup = "#standup"\n')

    quiet.reopen(liaison_playbook=without)
    quiet.control.set_clock(TUESDAY_NINE)

    told = f"The lead came back.\nWhy you: {whys.HAS_THE_LEAD}."
    quiet.control.message(dm(BEN), lambda said: said["text"].endswith(told))
    assert quiet.briefs(BEN) == []


def test_a_note_taken_back_before_the_brief_is_in_none(quiet: Office) -> None:
    handoff = quiet.hand_over(company="Kramerica")
    quiet.dm(BEN, handoff)
    quiet.control.set_clock(MONDAY_EVENING)
    assert quiet.bot
    liaison = quiet.bot.liaison
    outcomes.record_outcome(liaison, handoff, BEN, Answer("qualified", person=CHLOE))
    assert [row.kind for row in kept_back(quiet, CHLOE)] == ["note"]

    card = quiet.card(handoff, "Qualified")
    quiet.press(BEN, ids.MORE, card, LEADS, f"{ids.MORE_UNDO}:{handoff}")
    quiet.card(handoff, "Ben Cole has it")
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.settle()

    assert kept_back(quiet, CHLOE) == []
    assert not [said for said in quiet.dms(CHLOE) if "Kramerica" in text_of(said)]


def test_a_manager_decides_in_the_brief_and_has_no_other_message_that_morning(
    quiet: Office,
) -> None:
    first = escalated(quiet, company="Waiting Ltd")

    quiet.control.set_clock(TUESDAY_NINE)

    told = quiet.brief(ANA, "1 to decide")
    assert "*Waiting Ltd* · grade A · Ben Cole has it" in told["text"]
    assert "Excuse: it does not count." in told["text"]
    quiet.settle()
    assert len(quiet.dms(ANA)) == 1
    press(quiet, ANA, ids.LEAVE, told, first)
    quiet.control.message(dm(ANA), lambda said: "all of it is done" in said["text"])


def test_a_decision_that_waits_is_in_the_brief_every_morning(quiet: Office) -> None:
    escalated(quiet, company="Waiting Ltd")

    for day in (0, 1):
        quiet.control.set_clock(TUESDAY_NINE + day * DAY)
        assert "Waiting Ltd" in quiet.brief(ANA, "1 to decide")["text"]
        quiet.settle()
        assert len(quiet.briefs(ANA)) == day + 1


def test_a_manager_whose_brief_is_out_already_is_told_the_same_morning(quiet: Office) -> None:
    escalated(quiet, company="Waiting Ltd")
    assert quiet.bot
    liaison = quiet.bot.liaison
    with liaison.transaction() as tx:  # as if hours had changed since
        ana = tx.get_one(Person, (liaison.team_id, ANA))
        ana.brief_at = TUESDAY_NINE + DAY

    quiet.control.set_clock(TUESDAY_NINE)
    quiet.control.advance("1m")

    quiet.brief(ANA, "1 to decide")


def test_marketing_reads_its_questions_in_the_brief_late_ones_first(quiet: Office) -> None:
    late, fresh = handed(quiet, company="Late Ltd"), handed(quiet, company="Fresh Ltd")
    ask_marketing(quiet, late, "Which one?")
    quiet.settle()
    assert len(quiet.dms(JONAS)) == 1
    quiet.control.set_clock(MONDAY_TEN + 2 * DAY + timedelta(minutes=1))
    quiet.settle()
    quiet.control.set_clock(MONDAY_EVENING + 2 * DAY)
    ask_marketing(quiet, fresh, "And which site?")

    quiet.control.set_clock(TUESDAY_NINE + 2 * DAY)

    told = quiet.brief(JONAS, "2 to answer")
    assert "*Late Ltd*: Not answered yet: Ben Cole asks “Which one?”" in told["text"]
    assert told["text"].index("Late Ltd") < told["text"].index("Fresh Ltd")
    assert "*Late Ltd*: Not answered yet" in quiet.brief(IDA, "1 to answer")["text"]
    buttons = [block["accessory"] for block in told["blocks"] if "accessory" in block]
    press(quiet, JONAS, ids.ANSWER, told, buttons[0]["value"])
    form = quiet.modal(JONAS, "Answer")
    quiet.control.submit(JONAS, form["id"], {ids.ANSWER_WORDS: {ids.CHOICE: "The first."}})
    assert "Late Ltd" not in quiet.brief(JONAS, "1 to answer")["text"]


def test_a_question_asked_at_night_is_one_line_of_the_brief_and_no_message(quiet: Office) -> None:
    handoff = handed(quiet, company="Nightly")
    quiet.control.set_clock(MONDAY_EVENING)
    ask_marketing(quiet, handoff)

    quiet.control.set_clock(TUESDAY_NINE)

    assert "*Nightly*: Ben Cole asks “Which plant?”" in quiet.brief(JONAS, "1 to answer")["text"]
    quiet.settle()
    assert len(quiet.dms(JONAS)) == 1


def test_marketing_reads_what_became_of_its_leads_in_numbers_without_names(quiet: Office) -> None:
    assert quiet.bot
    liaison = quiet.bot.liaison
    for outcome in ("qualified", "no_need", "no_need"):
        outcomes.record_outcome(liaison, handed(quiet), BEN, Answer(outcome))
    outcomes.record_outcome(liaison, handed(quiet, campaign="Fair"), BEN, Answer("no_need"))

    quiet.control.set_clock(TUESDAY_NINE)

    told = quiet.brief(JONAS)["text"]
    assert told == "\n".join(
        [
            "Your brief: news of campaigns",
            "Campaigns",
            "*Spring webinar*: No need 2 · Qualified 1",
            f"Why you: {whys.of_a_brief(6)}.",
        ]
    )
    assert "*Fair*: No need 1" in quiet.brief(IDA, "news of campaigns")["text"]
    assert "Spring webinar" not in quiet.brief(IDA)["text"]
    press(quiet, JONAS, ids.CAMPAIGN_SHOW, quiet.brief(JONAS), shown_by(quiet.brief(JONAS)))
    assert "*3 handed over*" in quiet.whisper(JONAS, "Spring webinar, the last")["text"]
    quiet.control.set_clock(TUESDAY_NINE + DAY)
    quiet.settle()
    assert len(quiet.briefs(JONAS)) == len(quiet.briefs(IDA)) == 1
    assert briefs_in_vain(quiet) == []


def briefs_in_vain(office: Office) -> list[str | None]:
    """Who had a brief written that had nothing to say."""
    assert office.bot
    in_vain = (col(Message.kind) == MessageKind.BRIEF) & col(Message.dropped).is_not(None)
    with office.bot.liaison.reading() as tx:
        return [*tx.scalars(select(col(Message.recipient_id)).where(in_vain))]


def shown_by(brief: Json) -> str:
    """The campaign that the first Show of a brief shows."""
    buttons = (block["accessory"] for block in brief["blocks"] if "accessory" in block)
    return str(next(b["value"] for b in buttons if b["action_id"] == ids.CAMPAIGN_SHOW))


def test_the_first_brief_back_says_what_happened_and_no_message_does(quiet: Office) -> None:
    covered = quiet.hand_over(company="Covered Ltd", grade="C")
    quiet.card(covered, "Ben Cole has it")
    away(quiet, "2026-11-24", "2026-11-25")
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.card(covered, "Chloe Martin has it, covering")

    quiet.control.set_clock(TUESDAY_NINE + 2 * DAY)

    told = quiet.brief(BEN, "what happened while you were away")["text"]
    assert "While you were away Chloe Martin covered 1 lead: 1 back with you." in told
    quiet.settle()
    assert [said for said in quiet.dms(BEN) if "While you were away Chloe" in said["text"]] == (
        quiet.briefs(BEN)
    )


def test_whoever_is_back_at_midday_has_their_brief_after_their_leads(quiet: Office) -> None:
    covered = quiet.hand_over(company="Covered Ltd", grade="C")
    quiet.card(covered, "Ben Cole has it")
    away(quiet, "2026-11-24", "2026-11-24", until_midday=True)
    quiet.control.set_clock(TUESDAY_NINE)
    quiet.card(covered, "Chloe Martin has it, covering")

    quiet.control.set_clock(TUESDAY_NINE + timedelta(hours=4))
    quiet.control.advance("1m")

    told = quiet.brief(BEN, "what happened while you were away")["text"]
    assert "*Covered Ltd*" in told


def away(office: Office, first: str, last: str, *, until_midday: bool = False) -> None:
    office.control.command(BEN, LEADS, "/liaison", "away")
    form = office.modal(BEN, "Away")
    fields: Json = {"away_from": first, "away_to": last, "away_cover": CHLOE}
    if until_midday:
        fields["away_halves"] = [ids.UNTIL_MIDDAY]
    values = {name: {ids.CHOICE: value} for name, value in fields.items()}
    assert not office.control.submit(BEN, form["id"], values)["errors"]


def test_a_lead_that_comes_back_is_announced_that_morning_with_last_times_reason(
    quiet: Office,
) -> None:
    assert quiet.bot
    liaison = quiet.bot.liaison
    handoff = handed(quiet, company="Again Ltd", grade="D")
    answered = Answer("bad_timing", words="After the fair.", day="2026-12-15")
    outcomes.record_outcome(liaison, handoff, BEN, answered)
    quiet.control.set_clock(datetime(2026, 12, 8, 8, 0, tzinfo=UTC))
    quiet.settle()

    quiet.control.set_clock(datetime(2026, 12, 15, 8, 0, tzinfo=UTC))

    told = quiet.brief(BEN, "1 back again")["text"]
    assert "*Again Ltd*" in told
    assert "Bad timing" in told
    quiet.settle()
    quiet.control.set_clock(datetime(2026, 12, 16, 8, 0, tzinfo=UTC))
    again = quiet.brief(BEN, "Back after 21 days")["text"]
    assert "Back after 21 days: “Bad timing”, said Ben Cole." in again
    quiet.control.set_clock(datetime(2026, 12, 17, 8, 0, tzinfo=UTC))
    quiet.settle()
    assert len([m for m in quiet.briefs(BEN) if "back again" in m["text"]]) <= 1


def test_an_offer_beyond_the_cap_is_taken_in_the_brief(quiet: Office) -> None:
    leads = [quiet.hand_over(grade="B", owner="chloe@example.com") for _ in range(6)]
    for lead in leads:
        quiet.dm(CHLOE, lead)
    offered = handed(quiet, company="Offered Ltd")
    quiet.press(BEN, ids.MORE, quiet.card(offered), LEADS, f"{ids.MORE_REASSIGN}:{offered}")
    form = quiet.modal(BEN, "Reassign")
    why = {ids.REASSIGN_TO: {ids.CHOICE: CHLOE}, ids.REASSIGN_WHY: {ids.CHOICE: "You know them"}}
    quiet.control.submit(BEN, form["id"], why)
    quiet.settle()
    assert len(quiet.dms(CHLOE)) == 6

    quiet.control.set_clock(TUESDAY_NINE)

    told = quiet.brief(CHLOE, "1 offered to you")
    assert "*Offered Ltd*: Ben Cole asks you to take it\n> You know them" in told["text"]
    press(quiet, CHLOE, ids.TAKE, told, offered)
    quiet.card(offered, "Chloe Martin has it")
    quiet.control.until(lambda: "offered to you" not in quiet.brief(CHLOE)["text"])


def test_a_shared_reminder_holds_back_the_leads_it_counts_and_no_other(quiet: Office) -> None:
    assert quiet.bot
    liaison = quiet.bot.liaison
    counted = handed(quiet, grade="D", company="Counted")
    handed(quiet, grade="D", company="Another")
    now = quiet.now()
    with liaison.transaction() as tx:
        ben = tx.get_one(Person, (liaison.team_id, BEN))
        shared = Saying("shared", MessageKind.BATCH_NUDGE, "batch", BEN, run=1)
        reminder = say(tx, liaison, shared, hold_until=now + DAY).message_id
        tx.get_one(Message, (liaison.team_id, reminder)).brief_id = "today's"
        tx.add(
            Step(
                team_id=liaison.team_id,
                handoff_id=counted,
                run=1,
                number=1,
                recipient_id=BEN,
                planned_at=now,
                taken_at=now,
                message_id=reminder,
            )
        )

    with liaison.reading() as tx:
        edition = Edition(ben, now, now, now, now + DAY, "today's")
        said = brief_parts.held_back(tx, liaison, edition, Page(0, 10))

    assert said
    assert [("Counted" in item.text) for item in said.items] == [True]


def test_a_part_opens_by_itself_page_by_page_and_follows_what_is_pressed(quiet: Office) -> None:
    escalated(quiet, company="Waiting Ltd")
    fill_the_day(quiet, 95)
    quiet.control.set_clock(TUESDAY_NINE)
    told = quiet.brief(BEN, "95 due today")
    more = next(
        block["accessory"]
        for block in told["blocks"]
        if block.get("accessory", {}).get("action_id") == ids.BRIEF_MORE
        and "today" in block["accessory"]["value"]
    )
    press(quiet, BEN, ids.BRIEF_MORE, told, more["value"])
    shown = len(told["text"].split("Due today\n")[1].split("\nand ")[0].split("\n")) // 2

    opened = quiet.modal(BEN, "Due today")
    assert f"{shown + 1} to {shown + 40} of 95" in text_of(opened)
    place = {"view_id": opened["id"], "value": f"{more['value'].rpartition(':')[0]}:{shown + 40}"}
    quiet.control.click(BEN, ids.BRIEF_NEXT, **place)
    quiet.control.until(lambda: f"to {shown + 80} of 95" in text_of(quiet.modal(BEN, "Due today")))
    assert quiet.bot
    with pytest.raises(Unknown):
        open_part(quiet.bot.liaison, more["value"], CHLOE)


def fill_the_day(office: Office, count: int) -> None:
    """So many leads of Ben's, due on Tuesday."""
    assert office.bot
    liaison = office.bot.liaison
    first = handed(office, grade="C", company="Crowd")
    with liaison.transaction() as tx:
        handoff = tx.get_one(Handoff, (liaison.team_id, first))
        run = queries.current_run(tx, handoff)
        assert run
        for number in range(count - 1):
            name = f"crowd-{number:05}"
            lead = queries.facts(tx, liaison.team_id, first).lead.model_dump()
            tx.add(
                type(queries.facts(tx, liaison.team_id, first).lead)(
                    **lead | {"id": name, "lead_key": f"id:{name}"}
                )
            )
            tx.flush()
            tx.add(Handoff(**handoff.model_dump() | {"id": name, "lead_id": name}))
            tx.flush()
            tx.add(type(run)(**run.model_dump() | {"handoff_id": name}))


def test_on_friday_a_rep_reads_what_went_well_in_the_week(quiet: Office) -> None:
    assert quiet.bot
    liaison = quiet.bot.liaison
    quiet.control.set_clock(MONDAY_TEN + 3 * DAY)
    good, bad = (handed(quiet, grade="A", campaign=f"Week {n}") for n in (1, 2))
    quiet.settle()
    outcomes.record_outcome(liaison, good, BEN, Answer("qualified"))
    quiet.control.advance("15m")
    outcomes.record_outcome(liaison, bad, BEN, Answer("not_a_fit:size"))
    with liaison.reading() as tx:
        rated = campaigns.called(tx, liaison.team_id, "Week 2")
    assert rated
    quiet.control.advance("15m")
    filled = Filled(name="Week 2", audience="Plants above 200 people")
    campaign_entry.edit(liaison, rated.id, IDA, filled)
    handed(quiet, grade="D", company="Something new")

    quiet.control.set_clock(TUESDAY_NINE + 3 * DAY)

    told = quiet.brief(BEN, "Your week")["text"]
    assert "2 of 2 answered in time, 1 qualified" in told
    assert "Your ratings count: marketing changed *Week 2* since." in told


def test_on_other_days_nobody_reads_of_the_week(quiet: Office) -> None:
    assert quiet.bot
    outcomes.record_outcome(quiet.bot.liaison, handed(quiet), BEN, Answer("qualified"))
    handed(quiet, grade="D", company="News of Tuesday")

    quiet.control.set_clock(TUESDAY_NINE)

    assert "Your week" not in quiet.brief(BEN, "News of Tuesday")["text"]
