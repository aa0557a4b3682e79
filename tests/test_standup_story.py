"""Six weeks of two teams over the wire: real leads, a meeting every Tuesday, nothing lost."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest

from bot.core.standup import State
from bot.services import item_lists
from bot.services.occurrences import ahead
from bot.views import ids
from replay import leadforge
from tests.office import ANA, BEN, CHLOE, DEV, IDA, MONDAY_TEN, OLGA, Json, Office
from tests.services.test_standup import (
    TUESDAY_TEN,
    WEEK,
    add_item,
    at,
    command,
    in_channel,
    occurrences,
    playbook,
    press,
    said_in_channel,
    submit,
)

SAMPLE = Path(__file__).parent.parent / "replay" / "sample"
REPS = ("ben", "chloe", "dev", "ella")


class Teams:
    """An office whose weeks go by one after the other."""

    def __init__(self, office: Office) -> None:
        self.office = office
        found = [json.loads(each.body) for each in leadforge.read(SAMPLE, 60).arrivals]
        owners = cycle(REPS)
        for event in found:
            if "owner" in event:
                event["owner"] = f"{next(owners)}@example.com"
        size = -(-len(found) // 6)
        self._weeks: Iterator[list[Json]] = iter(
            [found[first : first + size] for first in range(0, len(found), size)]
        )

    def leads_arrive(self) -> None:
        """A sixth of the set, as its CRM told it: hand-offs, contacts, outcomes."""
        for event in next(self._weeks):
            self.office.tell(**event | {"occurred_at": self.office.now().isoformat()})

    def agenda(self, week: int) -> Json:
        """Monday ten: the leads of the week are in, and the agenda stands."""
        at(self.office, MONDAY_TEN + week * WEEK)
        day = (TUESDAY_TEN + week * WEEK).date()
        return in_channel(self.office, f"Stand-up Tue {day.day} {day:%b}")

    def begin(self, week: int) -> Json:
        at(self.office, TUESDAY_TEN + week * WEEK)
        return in_channel(self.office, "1 of")

    def end(self, week: int) -> None:
        """Turn a page, so that it counts as held, and let it close itself."""
        press(self.office, ANA, ids.STANDUP_NEXT, in_channel(self.office, "1 of"))
        in_channel(self.office, "2 of")
        at(self.office, TUESDAY_TEN + week * WEEK + timedelta(minutes=45))
        day = (TUESDAY_TEN + week * WEEK).date()
        in_channel(self.office, f"Stand-up Tue {day.day} {day:%b} is over")

    def open_items(self) -> list[str]:
        """What stands on the next agenda, by its words."""
        assert self.office.bot
        liaison = self.office.bot.liaison
        with liaison.reading() as tx:
            coming = ahead(tx, liaison, "weekly")
            assert coming
            shown, count = item_lists.on_agenda(tx, liaison, coming)
        assert count == len(shown)
        return sorted(facts.item.words for facts in shown)


@pytest.fixture
def teams(own_office: Office) -> Teams:
    own_office.settings = replace(own_office.settings, liaison_playbook=playbook())
    own_office.control.set_clock(MONDAY_TEN - timedelta(days=3))
    own_office.open()
    own_office.control.advance("1m")
    return Teams(own_office)


def decide(office: Office, message: Json, words: str, **verdict: str) -> None:
    press(office, ANA, ids.ITEM_DECIDE, message, words)
    submit(office, ANA, "Action item", **verdict)
    office.settle()


@pytest.mark.timeout(240)
def test_six_weeks_of_two_teams(teams: Teams) -> None:
    office = teams.office
    teams.leads_arrive()
    form, script, owners = "Ask for the size", "Write a script", "Name an owner"
    for words, owner in ((form, IDA), (script, BEN), (owners, OLGA)):
        add_item(office, words, owner=owner, due="2026-12-01")

    first = teams.agenda(0)
    assert all(first["text"].count(words) == 1 for words in (form, script, owners))
    assert "*2 · To talk about* (20 min)" in first["text"]
    press(office, ANA, ids.ITEM_DONE, teams.begin(0), owners)
    in_channel(office, "Olga Petrova · due Tue 1 Dec · done")
    teams.end(0)
    assert teams.open_items() == [form, script]

    teams.leads_arrive()
    command(office, CHLOE, "add who calls the fair leads?")
    second = teams.agenda(1)
    assert second["text"].count("carried once") == 2
    assert "who calls the fair leads?" in second["text"]
    teams.begin(1)
    teams.end(1)

    teams.leads_arrive()
    third = teams.agenda(2)
    assert third["text"].count("carried twice: decide what becomes of it") == 2
    assert "who calls the fair leads?" not in third["text"]
    running = teams.begin(2)
    decide(office, running, form, item_verdict="drop", item_reason="The form is gone.")
    decide(office, in_channel(office, "1 of"), script, item_verdict="reown", item_owner=DEV)
    teams.end(2)
    assert teams.open_items() == [script]

    at(office, MONDAY_TEN + 3 * WEEK - timedelta(days=3))
    command(office, ANA, "skip everybody is at the fair")
    at(office, TUESDAY_TEN + 3 * WEEK + timedelta(hours=1))
    assert teams.open_items() == [script]

    teams.leads_arrive()
    teams.agenda(4)
    office.close()
    office.control.set_clock(TUESDAY_TEN + 4 * WEEK + timedelta(hours=3))
    office.open()
    office.control.advance("1m")
    late = in_channel(office, "This comes late")
    assert late["text"].count(script) == 1
    assert "carried" not in late["text"]
    press(office, ANA, ids.STANDUP_NEXT, late)
    in_channel(office, "2 of")
    press(office, IDA, ids.STANDUP_DECIDE, in_channel(office, "2 of"))
    submit(office, IDA, "Decision", decision_words="Fair leads are called within a day.")
    in_channel(office, "Decided: Fair leads")
    at(office, TUESDAY_TEN + 4 * WEEK + timedelta(hours=4))

    teams.leads_arrive()
    sixth = teams.agenda(5)
    assert sixth["text"].count(script) == 1
    assert "Dev Thapa" in sixth["text"]
    running = teams.begin(5)
    assert "Write a script" in office.brief(DEV)["text"]
    press(office, ANA, ids.ITEM_DONE, running)
    teams.end(5)
    assert teams.open_items() == []

    assert "Fair leads are called within a day." in command(office, BEN, "decisions fair")
    states = [each.state for each in occurrences(office)][:6]
    skipped = [State.CLOSED] * 3 + [State.SKIPPED] + [State.CLOSED] * 2
    assert states == skipped
    said = said_in_channel(office)
    assert len([each for each in said if each.startswith("Minutes of the")]) == 5
    assert len([each for each in said if "is over; its minutes stand below" in each]) == 5
    leaders = {each.facilitator_id for each in occurrences(office)[:6]}
    assert leaders == {ANA, IDA, OLGA}
