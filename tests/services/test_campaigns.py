"""`/campaign`: what became of the leads, for everybody to read and for marketing to mend."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.views import ids
from sandbox.server import Sandbox
from tests.acts import log_touch, pass_over_the_rating, record_outcome
from tests.conftest import NewDatabase
from tests.office import (
    ANA,
    BEN,
    CHLOE,
    IDA,
    LEADS,
    MANIFEST,
    MONDAY_TEN,
    PACE,
    Json,
    Office,
    settings_for,
    text_of,
)

JONAS = "U0JONAS0000"
FAIR, OTHER = "Autumn fair", "autumn-fair"


@pytest.fixture(scope="module")
def fair(new_database: NewDatabase) -> Iterator[Office]:
    """An office with a campaign whose leads have all kinds of ends, and one without origin."""
    with Sandbox(pace=PACE, manifest=MANIFEST) as sandbox:
        office = Office(sandbox, settings_for(sandbox, new_database()))
        sandbox.control.set_clock(MONDAY_TEN)
        office.open()
        _fill(office)
        yield office
        office.close()


def _fill(office: Office) -> None:
    touched = handed(office, company="Touched Ltd")
    log_touch(office, BEN, office.dm(BEN, touched), touched, "spoke")
    answered(office, "not_a_fit:size", "They are forty people.", company="Too small Ltd")
    answered(office, "not_a_fit:size", "=HYPERLINK(1)", company="=Formula Ltd")
    answered(office, "no_need", "They build it themselves.", company="No need Ltd")
    answered(office, "already_ours:customer", company="Ours Ltd")
    answered(office, "qualified", company="Qualified Ltd")
    old = office.now() - timedelta(days=70)
    won = handed(
        office, company="Won Ltd", occurred_at=old.isoformat(), amount="9000", currency="EUR"
    )
    office.tell(event="outcome", kind="won", lead_id=office.lead_of(won), by="ben@example.com")
    handed(office, company="Open Ltd", owner="chloe@example.com")
    handed(office, company="Nowhere Ltd", campaign=None)
    handed(office, company="Alike Ltd", campaign=OTHER)
    office.settle()


def handed(office: Office, **fields: object) -> str:
    return office.hand_over(**({"campaign": FAIR} | fields))


def answered(office: Office, outcome: str, words: str = "", **fields: object) -> str:
    handoff = handed(office, **fields)
    record_outcome(office, BEN, office.dm(BEN, handoff), handoff, outcome, words)
    pass_over_the_rating(office, BEN)
    return handoff


def told(office: Office, person: str, typed: str) -> Json:
    """The private answer to `/campaign typed`."""
    before = len(office.control.messages(LEADS))
    office.control.command(person, LEADS, "/campaign", typed)
    return office.control.until(lambda: newest_note(office, person, before))


def newest_note(office: Office, person: str, before: int) -> Json | None:
    found = [m for m in office.control.messages(LEADS)[before:] if m["ephemeral_to"] == person]
    return found[-1] if found else None


def select(office: Office, person: str, message: Json, action_id: str, label: str) -> None:
    """Choose an entry of a select menu that begins like this."""
    options = [
        option
        for block in message["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == action_id
        for option in element["options"]
    ]
    value = next(o["value"] for o in options if o["text"]["text"].startswith(label))
    office.control.click(person, action_id, channel=LEADS, ts=message["ts"], value=value)


def value_of(message: Json, action_id: str) -> str:
    return str(
        next(
            element["value"]
            for block in message["blocks"]
            for element in block.get("elements", [])
            if element.get("action_id") == action_id
        )
    )


def rows(message: Json) -> list[list[str]]:
    block = next(block for block in message["blocks"] if block["type"] == "table")
    return [[cell["text"] for cell in row] for row in block["rows"]]


def test_the_table_has_a_line_for_each_campaign_and_one_without_origin(fair: Office) -> None:
    answer = told(fair, IDA, "")

    assert rows(answer) == [
        ["Campaign", "Leads", "Flag", "Taken on", "Rated bad", "Touched", "Qualified", "Won"],
        [FAIR, "8", "4 of 8 ratings", "2 of 5", "2 of 4", "13 %", "1 of 1", "1 of 1"],
        [OTHER, "1", "0 of 8 ratings", "–", "–", "0 %", "–", "–"],
        ["No origin", "1", "–", "–", "–", "0 %", "–", "–"],
    ]


def test_the_text_says_what_table_and_chart_say(fair: Office) -> None:
    text = told(fair, IDA, "")["text"]

    assert f"{FAIR}: 8 leads, flag 4 of 8 ratings, taken on 2 of 5, rated bad 2 of 4" in text
    assert "No origin: 1 lead, " in text


def test_one_campaign_is_told_whole(fair: Office) -> None:
    answer = told(fair, IDA, FAIR)

    text = answer["text"]
    assert "*8 handed over*, 6 answered, 1 touched, half of them within 0 min" in text
    assert "*Taken on* 40 %: 2 of 5 decided; 1 answer says nothing of it" in text
    assert "*Ratings* 2 good, 0 so-so, 2 bad (4 of 8 rated)" in text
    assert "*Flag* none yet: 4 of 8 ratings so far" in text
    assert "Not a fit: size 2" in text and "No need 1" in text
    assert "1 lead, 1 qualified (100 %), 1 won (100 %), worth 9,000 EUR" in text
    assert "“They are forty people.”" in text
    assert "“They build it themselves.”" in text
    charted = next(block for block in answer["blocks"] if block["type"] == "data_visualization")
    assert [point["value"] for point in charted["chart"]["series"][0]["data"]] == [8, 6, 1, 2]


def test_no_rep_is_named_to_marketing(fair: Office) -> None:
    for typed in ("", FAIR):
        assert "Ben" not in text_of(told(fair, JONAS, typed))


@pytest.mark.parametrize("typed", ["autumn FAIR", "Autumn", "fair"])
def test_a_campaign_is_found_by_part_of_its_name_unless_several_could_be_meant(
    fair: Office, typed: str
) -> None:
    answer = told(fair, IDA, typed)["text"]

    if typed == "autumn FAIR":
        assert answer.startswith("Autumn fair, the last 180 days")
    else:
        assert answer.startswith(f"Several campaigns are called like “{typed}”: ")


def test_what_is_no_campaign_gets_one_sentence(fair: Office) -> None:
    answer = told(fair, IDA, "Easter <bunny>")

    assert answer["text"] == (
        "No campaign is called “Easter &lt;bunny&gt;”; type `/campaign` for the table."
    )


def test_help_says_what_may_be_typed(fair: Office) -> None:
    assert told(fair, BEN, "help")["text"].startswith("`/campaign` shows all campaigns")


def test_a_window_may_be_typed_with_or_without_a_name(fair: Office) -> None:
    assert told(fair, IDA, "30d")["text"].startswith("Campaigns, the last 30 days")
    assert "*7 handed over*" in told(fair, IDA, f"{FAIR} 30d")["text"]
    assert told(fair, IDA, "ALL")["text"].startswith("Campaigns, all time")


def test_the_leads_without_origin_have_a_report_of_their_own(fair: Office) -> None:
    answer = told(fair, IDA, "no origin")

    assert "*1 handed over*" in answer["text"]
    assert not [b for b in answer["blocks"] if ids.CAMPAIGN_MORE in json.dumps(b)]


def test_every_number_opens_its_leads(fair: Office) -> None:
    answer = told(fair, IDA, FAIR)
    for label, companies in {
        "Not a fit: size": ["=Formula Ltd", "Too small Ltd"],
        "Touched": ["Touched Ltd"],
        "Rated good": ["Qualified Ltd", "Won Ltd"],
        "Closed, won": ["Won Ltd"],
        "Answered": [
            *("=Formula Ltd", "No need Ltd", "Ours Ltd"),
            *("Qualified Ltd", "Too small Ltd", "Won Ltd"),
        ],
    }.items():
        select(fair, IDA, answer, ids.CAMPAIGN_LEADS, label)
        assert sorted(companies_in(fair, IDA, label)) == companies


def companies_in(office: Office, person: str, title: str) -> list[str]:
    view = office.control.until(
        lambda: next(
            (
                view
                for view in office.control.state(person)["views"]
                if view["title"]["text"] == "Leads" and f"*{title}*" in text_of(view)
            ),
            None,
        )
    )
    office.control.close(person, view["id"])
    told_of = [block["text"]["text"] for block in view["blocks"][1:] if "text" in block]
    return [words.partition("*")[2].partition("*")[0] for words in told_of]


def test_a_rep_reads_who_had_a_lead_only_of_their_own(fair: Office) -> None:
    for person, names in ((IDA, []), (CHLOE, ["Chloe"]), (ANA, ["Ben", "Chloe"])):
        select(fair, person, told(fair, person, FAIR), ids.CAMPAIGN_LEADS, "Handed over")
        view = fair.modal(person, "Leads")
        fair.control.close(person, view["id"])
        assert [name for name in ("Ben", "Chloe") if name in text_of(view)] == names


def test_a_csv_comes_into_the_readers_own_messages(fair: Office) -> None:
    answer = told(fair, IDA, "")
    file = csv_of(fair, IDA, answer)

    assert [(row["campaign"], row["leads"], row["closed_won"]) for row in file] == [
        (FAIR, "8", "1"),
        (OTHER, "1", "0"),
        ("No origin", "1", "0"),
    ]


def test_no_spreadsheet_runs_what_somebody_wrote(fair: Office) -> None:
    file = csv_of(fair, IDA, told(fair, IDA, FAIR))

    row = next(row for row in file if "Formula" in row["company"])
    assert (row["company"], row["words"]) == ("'=Formula Ltd", "'=HYPERLINK(1)")
    assert not {"owner", "email", "phone"} & row.keys()


def csv_of(office: Office, person: str, answer: Json) -> list[dict[str, str]]:
    before = len(office.dms(person))
    value = value_of(answer, ids.CAMPAIGN_CSV)
    office.control.click(person, ids.CAMPAIGN_CSV, channel=LEADS, ts=answer["ts"], value=value)
    message = office.control.until(
        lambda: next((m for m in office.dms(person)[before:] if m.get("files")), None)
    )
    file = office.sandbox.workspace.files.get(message["files"][0]["id"])
    assert file
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def test_a_report_is_posted_to_the_channel_once(fair: Office) -> None:
    answer = told(fair, IDA, FAIR)
    value = value_of(answer, ids.CAMPAIGN_POST)
    for _ in range(2):
        fair.control.click(IDA, ids.CAMPAIGN_POST, channel=LEADS, ts=answer["ts"], value=value)

    fair.settle()
    public = [
        message
        for message in fair.control.messages(LEADS)
        if not message["ephemeral_to"] and message["text"].startswith(FAIR)
    ]
    assert len(public) == 1
    assert "*8 handed over*" in public[0]["text"]


def test_where_slack_knows_no_tables_the_text_says_it(fair: Office) -> None:
    fair.control.fault("error", method="chat.postMessage", times=1, error="invalid_blocks")
    answer = told(fair, IDA, "all")
    value = value_of(answer, ids.CAMPAIGN_POST)

    fair.control.click(IDA, ids.CAMPAIGN_POST, channel=LEADS, ts=answer["ts"], value=value)

    public = fair.control.message(
        LEADS, lambda m: not m["ephemeral_to"] and "Campaigns, all time" in m["text"]
    )
    assert not [b for b in public["blocks"] if b["type"] in {"table", "data_visualization"}]
    assert f"{FAIR}: 8 leads" in json.dumps(public["blocks"])


def open_menu(office: Office, person: str, typed: str, entry: str) -> None:
    answer = told(office, person, typed)
    value = next(
        option["value"]
        for block in answer["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == ids.CAMPAIGN_MORE
        for option in element["options"]
        if option["value"].startswith(entry)
    )
    office.control.click(person, ids.CAMPAIGN_MORE, channel=LEADS, ts=answer["ts"], value=value)


def test_two_spellings_are_merged_and_that_is_undone(fair: Office) -> None:
    assert f"“{FAIR}” looks like the same campaign" in told(fair, IDA, OTHER)["text"]
    open_menu(fair, IDA, OTHER, "merge")
    form = fair.modal(IDA, "Merge")
    first = form["blocks"][-2]["element"]["options"][0]
    assert first["text"]["text"] == FAIR

    fair.control.submit(IDA, form["id"], {ids.MERGE_INTO: {ids.CHOICE: first["value"]}})

    assert [row[:2] for row in rows(told(fair, IDA, ""))[1:]] == [[FAIR, "9"], ["No origin", "1"]]
    assert told(fair, IDA, OTHER)["text"].startswith(f"{FAIR}, ")
    view = fair.modal(IDA, "Merge")
    undo = view["blocks"][0]["accessory"]
    fair.control.click(IDA, undo["action_id"], view_id=view["id"], value=undo["value"])
    fair.control.until(lambda: "own leads again" in text_of(fair.modal(IDA, "Merge")))
    fair.control.close(IDA, view["id"])
    assert [row[:2] for row in rows(told(fair, IDA, ""))[1:3]] == [[FAIR, "8"], [OTHER, "1"]]


def test_marketing_writes_down_what_a_campaign_costs_and_who_answers(fair: Office) -> None:
    open_menu(fair, IDA, FAIR, "edit")
    form = fair.modal(IDA, "Campaign")
    filled = {
        ids.CAMPAIGN_NAME: FAIR,
        ids.CAMPAIGN_OWNER: JONAS,
        ids.STARTS_ON: "2026-09-01",
        ids.CAMPAIGN_COST: "3,000 eur",
        ids.AUDIENCE: "Plants above 200 people",
    }
    fair.control.submit(IDA, form["id"], {name: {ids.CHOICE: v} for name, v in filled.items()})
    fair.control.close(IDA, fair.modal(IDA, "Campaign")["id"])

    text = told(fair, IDA, FAIR)["text"]

    assert "owner Jonas Weber · 01 Sep 2026 · cost 3,000 EUR" in text
    assert "worth 9,000 EUR, ROI 2.00" in text


def test_before_its_day_no_verdict_is_given(fair: Office) -> None:
    open_menu(fair, IDA, FAIR, "edit")
    form = fair.modal(IDA, "Campaign")
    filled = {ids.CAMPAIGN_NAME: FAIR, ids.JUDGE_ON: "2027-03-01", ids.CAMPAIGN_COST: "3000 EUR"}
    fair.control.submit(IDA, form["id"], {name: {ids.CHOICE: v} for name, v in filled.items()})
    fair.control.close(IDA, fair.modal(IDA, "Campaign")["id"])

    text = told(fair, IDA, FAIR)["text"]

    assert "no verdict before 01 Mar 2027" in text
    assert "ROI" not in text


def test_what_is_filled_in_wrong_is_told_beside_its_field(fair: Office) -> None:
    open_menu(fair, IDA, FAIR, "edit")
    form = fair.modal(IDA, "Campaign")
    filled = {
        ids.CAMPAIGN_NAME: FAIR,
        ids.STARTS_ON: "2026-09-02",
        ids.ENDS_ON: "2026-09-01",
        ids.CAMPAIGN_COST: "a lot",
    }
    answer = fair.control.submit(
        IDA, form["id"], {name: {ids.CHOICE: v} for name, v in filled.items()}
    )
    fair.control.close(IDA, form["id"])

    assert answer["errors"] == {
        ids.ENDS_ON: "Choose a day on or after the first one.",
        ids.CAMPAIGN_COST: "Write an amount and a currency, such as 12500 EUR.",
    }


def test_sales_reads_campaigns_and_does_not_change_them(fair: Office) -> None:
    open_menu(fair, BEN, FAIR, "edit")

    fair.whisper(BEN, "Only marketing can press this.")
