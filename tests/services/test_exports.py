"""What an admin takes away: history, people and playbook, as lists and as files."""

import csv
import io

from bot import queries
from bot.services import exports
from bot.views import ids
from bot.views.handoffs import history as history_view
from tests.acts import log_touch
from tests.office import BEN, LEADS, PIA, Office, dm, text_of
from tests.test_home import press_home, turn_tab, watch_home


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_history_of_a_lead_has_a_csv_for_admins_alone(office: Office) -> None:
    handoff = office.hand_over()
    log_touch(office, BEN, office.dm(BEN, handoff), handoff, "spoke")
    card = office.card(handoff, "working on it")
    for person, has_csv in ((BEN, False), (PIA, True)):
        office.press(person, ids.MORE, card, LEADS, f"{ids.MORE_HISTORY}:{handoff}")
        view = office.modal(person, "History")
        assert ("CSV" in text_of(view)) == has_csv

    assert office.bot
    file = exports.history_of(office.bot.liaison, handoff, PIA)
    found = rows(file.content)
    assert [row["what"] for row in found] == ["handed_over", "shown", "touched"]
    assert (found[2]["by"], found[2]["details"]) == ("Ben Cole", "kind spoke")
    assert b"example.org" not in file.content
    for person in (BEN, PIA):
        office.control.close(person, office.modal(person, "History")["id"])


def test_a_long_history_has_pages_the_newest_first(office: Office) -> None:
    assert office.bot
    handoff = office.hand_over()
    office.card(handoff)
    liaison = office.bot.liaison
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff)
        lines = [*queries.history(tx, facts.handoff)][:1] * 200

    newest = history_view(facts, lines, {}, 0, may_export=False)
    oldest = history_view(facts, lines, {}, 2, may_export=False)

    assert "111 to 200 of 200" in text_of(newest) and "Earlier" in text_of(newest)
    assert "1 to 20 of 200" in text_of(oldest) and "Earlier" not in text_of(oldest)
    assert len(newest["blocks"]) <= 100


def test_people_are_a_list_and_a_file(office: Office) -> None:
    turn_tab(office, PIA, "Set-up")
    watch_home(office, PIA, "Set-up")
    press_home(office, PIA, ids.PEOPLE_OPEN, "all")
    view = office.modal(PIA, "People")
    assert "*Ben Cole*: rep in sales, manager Ana Ruiz" in text_of(view)
    button = next(b for b in view["blocks"][-1]["elements"] if b["text"]["text"] == "CSV")
    office.control.click(PIA, ids.EXPORT_PEOPLE, view_id=view["id"], value=button["value"])

    sent = office.control.message(dm(PIA), lambda m: "people" in m["text"] and bool(m.get("files")))
    assert sent
    assert office.bot
    found = rows(exports.people_as_file(office.bot.liaison, PIA).content)
    ben = next(row for row in found if row["name"] == "Ben Cole")
    assert (ben["roles"], ben["hours"], ben["zone"]) == (
        "rep",
        "Mo-Fr 09:00-17:00",
        "Europe/Berlin",
    )


def test_the_playbook_is_a_file_by_key(office: Office) -> None:
    assert office.bot
    found = {
        row["key"]: row["value"] for row in rows(exports.playbook(office.bot.liaison, PIA).content)
    }

    assert found["sla.A"] == "1h"
    assert found["people[ben@example.com].team"] == "sales"
    assert found["report.in_time"] == "0.9"
