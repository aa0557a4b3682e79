"""A campaign is flagged, by hand or by its ratings, and sales hears what marketing changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.core.lifecycle import Stage
from bot.core.standup import Problem
from bot.errors import NotAllowed, TooLate
from bot.identity import new_id
from bot.models import (
    Campaign,
    Flag,
    FlagKind,
    Handoff,
    Lead,
    Rating,
    RatingValue,
    SecondLook,
    Workspace,
)
from bot.playbook import Playbook
from bot.services import flag_answers, flags
from bot.services.problems import Span, leads_behind, problems
from bot.services.quality import judge_campaigns
from bot.views import ids
from bot.views.problems import headline
from tests.acts import record_outcome
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    DEV,
    IDA,
    LEADS,
    Json,
    Office,
    dm,
    is_brief,
    playbook_with,
    text_of,
)
from tests.postgres import ON_BOTH_ENGINES

pytestmark = ON_BOTH_ENGINES

ISSUE, CHANGE = "Students, not buyers", "The form now asks for company size"
TUESDAY_NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FRIDAY_TEN = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def flag_card(office: Office, person: str, handoff: str, **fields: Json) -> Json:
    """Run the shortcut on the card and send the form off; gives the answer."""
    card = office.card(handoff)
    office.settle()
    office.control.shortcut(person, ids.FLAG_MESSAGE, channel=LEADS, ts=card["ts"])
    form = office.modal(person, "Flag a campaign")
    select_block = form["blocks"][0]["element"]
    chosen = select_block["initial_option"]["value"]
    values = {
        ids.FLAG_CAMPAIGN: {ids.CHOICE: chosen},
        ids.FLAG_ISSUE: {ids.CHOICE: ISSUE},
        ids.FLAG_SEVERITY: {ids.CHOICE: "serious"},
        **fields,
    }
    answer = office.control.submit(person, form["id"], values)
    office.control.close(person, office.modal(person, "Flagged")["id"])
    return answer


def said(office: Office, person: str, shows: str) -> Json:
    return office.control.message(dm(person), lambda message: shows in text_of(message))


def press_flag(office: Office, person: str, action_id: str, message: Json) -> None:
    buttons = message["blocks"][-1]["elements"]
    value = next(b["value"] for b in buttons if b["action_id"] == action_id)
    office.control.click(person, action_id, channel=dm(person), ts=message["ts"], value=value)


def say_what_changed(office: Office, person: str, message: Json) -> None:
    press_flag(office, person, ids.FLAG_CLOSE, message)
    form = office.modal(person, "What changed")
    office.control.submit(person, form["id"], {ids.FLAG_CHANGE: {ids.CHOICE: CHANGE}})


def rows(office: Office, kind: FlagKind, campaign: str) -> list[Flag]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return list(
            tx.scalars(
                select(Flag)
                .join(Campaign, col(Campaign.id) == col(Flag.campaign_id))
                .where(col(Flag.kind) == kind, col(Campaign.name) == campaign)
            )
        )


def judge_now(office: Office) -> int:
    """As the daily job, whenever it ran last."""
    assert office.bot
    liaison = office.bot.liaison
    with liaison.transaction() as tx:
        tx.get_one(Workspace, liaison.team_id).judged_at = None
    return judge_campaigns(liaison)


def campaign_with(
    office: Office,
    name: str,
    raters: dict[str, int],
    leads: int = 10,
    stage: Stage = Stage.REJECTED,
    days_ago: float = 3,
) -> str:
    """A campaign with answered leads; each rater rated all, and called so many bad."""
    assert office.bot
    liaison, now = office.bot.liaison, office.now()
    at, created = now - timedelta(days=days_ago), now - timedelta(days=60)
    with liaison.transaction() as tx:
        campaign = Campaign(
            team_id=liaison.team_id,
            id=new_id(now),
            name=name,
            created_at=created,
            changed_at=created,
        )
        tx.add(campaign)
        tx.flush()
        for number in range(leads):
            lead_id, handoff_id = new_id(now), new_id(now)
            tx.add(
                Lead(
                    team_id=liaison.team_id,
                    id=lead_id,
                    lead_key=f"id:{lead_id}",
                    company=f"{name} {number}",
                    created_at=created,
                )
            )
            tx.flush()
            tx.add(
                Handoff(
                    team_id=liaison.team_id,
                    id=handoff_id,
                    lead_id=lead_id,
                    stage=stage,
                    outcome="not_a_fit" if stage is Stage.REJECTED else "qualified",
                    outcome_detail="role" if stage is Stage.REJECTED else None,
                    outcome_at=at,
                    outcome_by=next(iter(raters), None),
                    campaign=name,
                    campaign_id=campaign.id,
                    grade="B",
                    handed_at=at,
                    received_at=at,
                    rated_at=at if raters else None,
                    closed_at=at,
                )
            )
            tx.flush()
            for rater, bad in raters.items():
                tx.add(
                    Rating(
                        team_id=liaison.team_id,
                        id=new_id(now),
                        handoff_id=handoff_id,
                        rater_id=rater,
                        value=RatingValue.BAD if number < bad else RatingValue.GOOD,
                        at=at,
                        by_outcome=True,
                        campaign_id=campaign.id,
                        handed_at=at,
                    )
                )
        return campaign.id


def usual_campaigns(office: Office, prefix: str, many: int = 6) -> None:
    raters = dict.fromkeys((ANA, BEN, CHLOE, DEV), 3)
    for number in range(many):
        campaign_with(office, f"{prefix} {number}", raters, stage=Stage.QUALIFIED)


def test_a_flag_by_hand_reaches_the_owner_the_cards_and_who_has_open_leads(office: Office) -> None:
    handoff = office.hand_over(campaign="Flagged show", owner="ana@example.com")
    other = office.hand_over(campaign="Flagged show")
    flag_card(office, BEN, handoff)

    warning = said(office, IDA, "flagged Flagged show")
    assert warning["text"].startswith(f"Ben Cole flagged Flagged show\n“{ISSUE}”")
    assert f"Campaign flagged (serious): {ISSUE}" in office.card(other, "flagged")["text"]
    hint = said(office, ANA, "Flagged show is flagged, and you have 1 open lead of it")
    assert "Ben" not in text_of(hint)
    office.settle()
    assert not [m for m in office.dms(BEN) if "Flagged show is flagged, and" in text_of(m)]


def test_slash_campaign_flag_opens_the_form_with_the_campaign_that_is_named(
    office: Office,
) -> None:
    office.hand_over(campaign="Typed show")
    office.control.command(BEN, LEADS, "/campaign", "flag typed")
    form = office.modal(BEN, "Flag a campaign")
    office.control.close(BEN, form["id"])
    assert form["blocks"][0]["element"]["initial_option"]["text"]["text"] == "Typed show"


def test_a_campaign_is_flagged_once_at_a_time(office: Office) -> None:
    handoff = office.hand_over(campaign="Once")
    flag_card(office, BEN, handoff)
    with pytest.raises(TooLate, match="flagged already"):
        flags.raise_by_hand(
            office.bot.liaison,  # type: ignore[union-attr]
            flags.Raising(rows(office, FlagKind.HAND, "Once")[0].campaign_id, "no", "minor", None),
            ANA,
        )


def test_what_was_changed_reaches_who_flagged_and_who_rated_bad(office: Office) -> None:
    handoff = office.hand_over(campaign="Mended", owner="ana@example.com")
    bad = office.hand_over(campaign="Mended")
    record_outcome(office, BEN, office.dm(BEN, bad), bad, "not_a_fit:size")
    flag_card(office, ANA, handoff)
    say_what_changed(office, IDA, said(office, IDA, "flagged Mended"))

    rater = said(office, BEN, "marked leads of Mended bad")
    assert rater["text"].startswith(f"You marked leads of Mended bad. What changed: “{CHANGE}”")
    raiser = said(office, ANA, "You flagged Mended. What changed")
    assert "The same day" in raiser["text"]
    office.settle()
    assert "flagged" not in office.card(handoff)["text"]
    closed = rows(office, FlagKind.HAND, "Mended")[0]
    assert closed.closed_at and closed.change == CHANGE
    shown = said(office, IDA, "changed something the same day")
    assert len(shown["blocks"]) == 1


def test_a_flagged_campaign_is_talked_about_until_it_is_mended(office: Office) -> None:
    handoff = office.hand_over(campaign="Talked about", owner="ana@example.com")
    office.hand_over(campaign="Talked about")
    flag_card(office, ANA, handoff)

    flagged = [one for one in to_talk_about(office) if "Talked about" in one.about]

    assert [one.leads for one in flagged] == [2]
    assert headline(flagged[0], Playbook()) == "Talked about is flagged; 2 leads in 90 days"
    assert office.bot
    with office.bot.liaison.reading() as tx:
        behind, _ = leads_behind(tx, office.bot.liaison, flagged[0].key, span(office))
    assert handoff in behind
    say_what_changed(office, IDA, said(office, IDA, "flagged Talked about"))
    assert not [one for one in to_talk_about(office) if "Talked about" in one.about]


def span(office: Office) -> Span:
    return Span(office.now() - timedelta(days=7), office.now())


def to_talk_about(office: Office) -> list[Problem]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        return problems(tx, office.bot.liaison, span(office))


def test_an_answer_reaches_who_flagged_and_the_flag_stands(office: Office) -> None:
    handoff = office.hand_over(campaign="Answered")
    flag_card(office, BEN, handoff)
    press_flag(office, IDA, ids.FLAG_REPLY, said(office, IDA, "flagged Answered"))
    form = office.modal(IDA, "Answer")
    office.control.submit(IDA, form["id"], {ids.FLAG_ANSWER: {ids.CHOICE: "Looking at it"}})

    assert "Ida Berg answered “Looking at it”" in said(office, BEN, "Looking at it")["text"]
    assert rows(office, FlagKind.HAND, "Answered")[0].closed_at is None


def test_a_flag_nobody_answers_comes_before_marketings_manager(office: Office) -> None:
    handoff = office.hand_over(campaign="Forgotten")
    flag_card(office, BEN, handoff)
    said(office, IDA, "flagged Forgotten")
    office.control.set_clock(FRIDAY_TEN)
    words = "Not answered yet: Ben Cole flagged Forgotten"
    late = office.control.message(dm(IDA), lambda m: words in text_of(m) and not is_brief(m))
    assert "Serious: most leads suffer · please answer by" in late["text"]


def test_a_flag_ends_with_its_last_day(office: Office) -> None:
    handoff = office.hand_over(campaign="Short", grade="D")
    flag_card(office, BEN, handoff, **{ids.FLAG_UNTIL: {ids.CHOICE: "2026-11-24"}})
    assert "until Tue 24 Nov" in office.card(handoff, "flagged")["text"]
    office.control.set_clock(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    office.settle()
    assert "flagged" not in office.card(handoff)["text"]


def test_only_marketing_closes_a_flag(office: Office) -> None:
    handoff = office.hand_over(campaign="Guarded")
    flag_card(office, BEN, handoff)
    assert office.bot
    guarded = rows(office, FlagKind.HAND, "Guarded")[0]
    with pytest.raises(NotAllowed):
        flag_answers.close(office.bot.liaison, guarded.id, BEN, "no")


def test_ratings_that_are_worse_in_many_eyes_flag_a_campaign_once(office: Office) -> None:
    usual_campaigns(office, "Fine")
    campaign_with(office, "Bad fair", {ANA: 9, BEN: 8, CHLOE: 9})
    judge_now(office)
    judge_now(office)

    warning = said(office, IDA, "Bad fair brings worse leads than usual")
    assert "26 of 30 ratings are bad" in warning["text"]
    assert "Main reason: Not a fit: role (10)." in warning["text"]
    assert "10 of 10 leads of the last 90 days are rated" in warning["text"]
    assert not any(name in warning["text"] for name in ("Ana", "Ben", "Chloe"))
    (flag,) = rows(office, FlagKind.NUMBERS, "Bad fair")
    assert flag.figures["raters"] == 3
    assert rows(office, FlagKind.NUMBERS, "Fine 0") == []

    press_flag(office, IDA, ids.FLAG_LEADS, warning)
    assert "Bad fair 0" in text_of(office.modal(IDA, "Leads behind it"))
    office.control.close(IDA, office.modal(IDA, "Leads behind it")["id"])

    say_what_changed(office, IDA, warning)
    assert "You and 2 others marked leads of Bad fair bad" in said(office, BEN, "Bad fair")["text"]
    judge_now(office)
    assert len(rows(office, FlagKind.NUMBERS, "Bad fair")) == 1


def test_a_second_rep_is_asked_about_a_campaign_only_one_has_rated(office: Office) -> None:
    usual_campaigns(office, "Plain", 4)
    campaign_id = campaign_with(office, "One eye", {ANA: 10})
    judge_now(office)

    assert office.bot
    with office.bot.liaison.reading() as tx:
        looks = tx.scalars(
            select(SecondLook).where(col(SecondLook.campaign_id) == campaign_id)
        ).all()
    (look,) = looks
    assert look.person_id != ANA
    asked = said(office, look.person_id, "A second view, please: would One eye")
    assert "Ana" not in text_of(asked)
    office.press(look.person_id, ids.RATE_BAD, asked, dm(look.person_id), look.handoff_id)
    said(office, look.person_id, "you rated it bad. Thank you")


def test_acceptance_that_falls_is_told_once_until_it_is_answered(office: Office) -> None:
    campaign_with(office, "Falling", {}, leads=12)
    judge_now(office)
    judge_now(office)
    warning = said(office, IDA, "Falling: sales turns more leads down")
    assert "Sales took on 0 of 12 leads" in warning["text"]
    assert len(rows(office, FlagKind.ACCEPTANCE, "Falling")) == 1
    press_flag(office, IDA, ids.FLAG_REPLY, warning)
    form = office.modal(IDA, "Answer")
    office.control.submit(IDA, form["id"], {ids.FLAG_ANSWER: {ids.CHOICE: "A wrong list"}})
    assert rows(office, FlagKind.ACCEPTANCE, "Falling")[0].closed_at
    judge_now(office)
    assert len(rows(office, FlagKind.ACCEPTANCE, "Falling")) == 1


@pytest.fixture
def full_day(own_office: Office) -> Office:
    """An office in which a day takes one message, and everybody asked for here had theirs."""
    capped = playbook_with("[attention]\ncap = 1\n", leave_out='standup = "#standup"\n')
    own_office.settings = replace(own_office.settings, liaison_playbook=capped)
    own_office.open()
    filling = own_office.hand_over(campaign="Filling")
    own_office.dm(BEN, filling)
    own_office.dm(ANA, own_office.hand_over(campaign="Crowded", owner="ana@example.com"))
    flag_card(own_office, CHLOE, filling)
    said(own_office, IDA, "flagged Filling")
    return own_office


def next_morning(office: Office) -> None:
    office.settle()
    office.control.set_clock(TUESDAY_NINE)


def test_beyond_the_cap_a_flag_waits_for_the_brief_and_is_answered_there(full_day: Office) -> None:
    flag_card(full_day, BEN, full_day.hand_over(campaign="Crowded"))
    next_morning(full_day)

    brief = full_day.brief(IDA, "Flags to answer")
    assert "Ben Cole flagged Crowded" in text_of(brief)
    assert "Crowded is flagged, and you have 1 open lead of it" in text_of(full_day.brief(ANA))
    assert not [m for m in full_day.dms(IDA) if m["text"].startswith("Ben Cole flagged")]
    (flag,) = rows(full_day, FlagKind.HAND, "Crowded")
    where = {"channel": dm(IDA), "ts": brief["ts"], "value": flag.id}
    block_id = next(
        block["block_id"]
        for block in brief["blocks"]
        for element in block.get("elements", [])
        if element.get("value") == flag.id and element["action_id"] == ids.FLAG_REPLY
    )
    full_day.control.click(IDA, ids.FLAG_REPLY, block_id=block_id, **where)
    form = full_day.modal(IDA, "Answer")
    full_day.control.submit(IDA, form["id"], {ids.FLAG_ANSWER: {ids.CHOICE: "We look at it"}})
    full_day.control.until(lambda: "flagged Crowded" not in text_of(full_day.briefs(IDA)[-1]))


def test_beyond_the_cap_a_second_look_waits_for_the_brief(full_day: Office) -> None:
    usual_campaigns(full_day, "Plain", 4)
    campaign_with(full_day, "One eye", {ANA: 10})
    judge_now(full_day)
    assert full_day.bot
    with full_day.bot.liaison.reading() as tx:
        look = tx.scalars(select(SecondLook)).one()
    assert look.person_id == BEN
    next_morning(full_day)

    brief = full_day.brief(look.person_id, "A second view, please: would *One eye")
    assert not [m for m in full_day.dms(look.person_id) if m["text"].startswith("A second view")]
    full_day.press(look.person_id, ids.RATE_BAD, brief, dm(look.person_id), look.handoff_id)
    full_day.control.until(
        lambda: "A second view" not in text_of(full_day.briefs(look.person_id)[-1])
    )
