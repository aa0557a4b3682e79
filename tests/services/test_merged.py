"""The CRM made one lead of two."""

from sqlalchemy import select
from sqlmodel import col

from bot.core.lifecycle import Stage
from bot.models import Lead
from tests.acts import log_touch
from tests.office import BEN, CHLOE, Json, Office, dm
from tests.services.test_handoffs import stored


def merge(office: Office, lead: str, into: str) -> Json:
    return office.tell(event="merged", lead_id=lead, into=into)


def test_the_only_open_hand_off_moves_to_the_lead_that_lives_on(office: Office) -> None:
    handoff = office.hand_over(lead_id="m1-old", company="Oldname")
    office.card(handoff)

    assert merge(office, "m1-old", "m1-new")["handoff"] == handoff

    office.tell(event="updated", lead_id="m1-new", company="Newname")
    office.card(handoff, "Newname")
    assert stored(office, handoff).closed_at is None


def test_of_two_open_hand_offs_one_stays_and_the_other_actor_is_told(office: Office) -> None:
    stays = office.hand_over(lead_id="m2-new", company="Kept", grade="C")
    goes = office.hand_over(lead_id="m2-old", owner="chloe@example.com", grade="A")
    office.dm(BEN, stays)
    office.dm(CHLOE, goes)
    promised = stored(office, goes).due_at

    assert merge(office, "m2-old", "m2-new")["handoff"] == stays

    office.control.message(
        dm(CHLOE), lambda said: "merged it into a lead that Ben Cole has" in said["text"]
    )
    office.card(goes, "*Duplicate*")
    assert (stored(office, goes).stage, stored(office, stays).stage) == (
        Stage.REJECTED,
        Stage.NEW,
    )
    assert (stored(office, stays).grade, stored(office, stays).due_at) == ("A", promised)


def test_the_hand_off_somebody_works_on_is_the_one_that_stays(office: Office) -> None:
    idle = office.hand_over(lead_id="m3-new")
    worked = office.hand_over(lead_id="m3-old", owner="chloe@example.com")
    log_touch(office, CHLOE, office.dm(CHLOE, worked), worked, "spoke")

    assert merge(office, "m3-old", "m3-new")["handoff"] == worked

    assert stored(office, idle).outcome == "duplicate"
    assert stored(office, worked).closed_at is None


def test_what_is_told_later_under_the_old_key_reaches_the_lead_that_lives_on(
    office: Office,
) -> None:
    handoff = office.hand_over(lead_id="m4-new")
    merge(office, "m4-old", "m4-new")  # before anything was told of the old one
    merge(office, "m4-older", "m4-old")

    for key in ("m4-old", "m4-older"):
        assert office.tell(lead_id=key, company="Acme")["handoff"] == handoff
    for key in ("m4-old", "m4-older"):
        assert office.tell(event="outcome", lead_id=key, kind="won")["handoff"] == handoff


def test_leads_that_merge_into_each_other_make_no_circle(office: Office) -> None:
    handoff = office.hand_over(lead_id="m5-a")
    office.hand_over(lead_id="m5-b")

    for lead, into in (("m5-a", "m5-b"), ("m5-b", "m5-a"), ("m5-a", "m5-a")):
        merge(office, lead, into)

    assert office.bot
    with office.bot.liaison.reading() as tx:
        keys = ["id:m5-a", "id:m5-b"]
        leads = tx.scalars(select(Lead).where(col(Lead.lead_key).in_(keys))).all()
    assert sorted(lead.merged_into is None for lead in leads) == [False, True]
    told = {office.tell(event="contacted", lead_id=key)["handoff"] for key in ("m5-a", "m5-b")}
    assert len(told) == 1
    assert handoff


def test_the_lead_that_lives_on_has_what_only_the_other_had(office: Office) -> None:
    handoff = office.hand_over(lead_id="m6-new", phone=None)
    office.hand_over(lead_id="m6-old", phone="+1 555 0166", company="Other")

    merge(office, "m6-old", "m6-new")

    office.dm(BEN, handoff, "+1 555 0166")


def test_two_leads_we_never_had_may_merge(office: Office) -> None:
    assert merge(office, "m7-a", "m7-b") == {"handoff": None, "duplicate": False}
