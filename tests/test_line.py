"""One lead, all the way: handed over, shown, nudged, answered. Over the wire."""

from bot.views import ids
from tests.office import BEN, Office, dm, text_of


def test_a_lead_is_shown_in_the_channel_and_told_to_its_owner(office: Office) -> None:
    handoff = office.hand_over(company="Globex")

    card = office.card(handoff, "First touch due")
    told = office.dm(BEN, handoff)

    assert "Globex" in text_of(card)
    assert "Ben Cole has it" in text_of(card)
    assert told["text"].startswith("Call Globex: asked for a demo, due 11:00")


def test_a_touch_answers_the_clock(office: Office) -> None:
    handoff = office.hand_over()
    told = office.dm(BEN, handoff)

    office.press(BEN, ids.TOUCH, told, dm(BEN), handoff)
    form = office.modal(BEN, "Log touch")
    office.control.submit(BEN, form["id"], {ids.TOUCH_KIND: {ids.CHOICE: "spoke"}})

    office.card(handoff, "Ben Cole is working on it")
    office.control.advance("2h")
    office.settle()
    assert len([m for m in office.dms(BEN) if handoff in text_of(m)]) == 1
