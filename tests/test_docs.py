"""What the pages say is what the code does: their examples run, their lists are complete."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from dotenv import dotenv_values

from bot import playbook
from bot.cli import main
from bot.config import Settings
from bot.intake.doors import Health, doors
from bot.intake.formats import ENVELOPE_PATHS
from bot.intake.lead_event import EventKind, InvalidEvent, LeadEvent, parse
from bot.intake.request import READ_SECONDS
from bot.intake.signature import Verifier
from bot.intake.webhook import BODY_LIMIT, Delivery, LeadHook, Receipt
from bot.playbook import Playbook, PlaybookFaults
from bot.playbook.text import LISTS_INSIDE
from tests.intake.wire import Server, serving
from tests.office import Office

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```[\s\S]*?^```$|^ {4,}.*$|`.+?`", re.MULTILINE)
OUR_PATH = re.compile(
    r"(?<![\w./-])(?:bot|handlers|jobs|tests|sandbox|tools|replay|migrations|docs)/[\w./-]*"
)

of_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [text for named, text in FENCE.findall(read(page)) if named == language]


def code(page: Path) -> str:
    """Everything a page sets as code: fenced, indented, or between backticks."""
    return "\n".join(CODE.findall(page.read_text("utf-8")))


def rows(page: str, header: str) -> Iterator[list[str]]:
    """The cells of every table whose first column has this header."""
    tables = re.findall(r"(?:^\|.*\|\n)+", read(page), re.MULTILINE)
    for table in tables:
        first, _, *lines = ([c.strip() for c in row.split("|")[1:-1]] for row in table.splitlines())
        if first[0] == header:
            yield from lines


def bare(cell: str) -> str:
    return cell.strip("`")


def slug(heading: str) -> str:
    """A heading's anchor, as the usual renderers make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@of_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{target} leads nowhere"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), f"{target} has no such heading"


@of_page
def test_every_file_a_page_names_is_there(page: Path) -> None:
    named = {path.rstrip(".") for path in OUR_PATH.findall(code(page))}

    assert not [path for path in sorted(named) if not (ROOT / path).exists()]


@of_page
def test_every_make_target_a_page_names_is_one(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"\bmake ([a-z][a-z-]*)", code(page))

    assert set(named) <= set(targets)


@of_page
def test_every_command_a_page_names_is_one(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command, action in re.findall(r"python -m bot ([a-z-]+)(?: ([a-z]+))?", code(page)):
        words = [command, action] if command == "playbook" else [command]
        with pytest.raises(SystemExit) as ended:
            main([*filter(None, words), "--help"])
        assert ended.value.code == 0, capsys.readouterr().err


def test_every_setting_is_explained_with_its_default() -> None:
    example = dotenv_values(ROOT / ".env.example")
    # The bare beginning of a token is there to be completed, and no default.
    defaults = {n: "none" if not v or v.endswith("-") else v for n, v in example.items()}
    explained = {bare(name): bare(default) for name, default, _ in rows("configuration.md", "Name")}

    assert explained == defaults
    assert list(explained) == [setting.name.upper() for setting in fields(Settings)]


def test_the_built_in_playbook_is_written_out_as_it_is() -> None:
    assert Playbook.parse(blocks("configuration.md", "toml")[0]) == Playbook.parse("")


def test_every_playbook_example_but_the_faulty_one_is_good() -> None:
    *good, _ = blocks("configuration.md", "toml")

    assert len([Playbook.parse(example) for example in good]) == 18


def test_the_faulty_playbook_has_the_faults_the_page_names() -> None:
    with pytest.raises(PlaybookFaults) as refused:
        Playbook.parse(blocks("configuration.md", "toml")[-1])

    assert [f"{refused.value}\n"] == blocks("configuration.md", "text")


def test_every_key_of_the_playbook_is_explained_in_its_section() -> None:
    sections = (
        *(playbook.Channels, playbook.Hours, playbook.Sla, playbook.Batches, playbook.Attention),
        *(playbook.Routing, playbook.Group, playbook.Rule, playbook.Timing),
        *(playbook.Rung, playbook.Attempts, playbook.Reason),
        *(playbook.Retention, playbook.Report, playbook.ListedPerson),
        *(playbook.Campaign, playbook.Meeting),
        *(playbook.Definition, playbook.Term),
    )
    explained = [bare(key) for key, *_ in rows("configuration.md", "Key")]

    known = [name for section in sections for name in section.model_fields]
    assert explained == [name for name in known if name not in LISTS_INSIDE]


@pytest.fixture(scope="module")
def door() -> Iterator[Server]:
    """The real door, before a store that answers with the id of the page's example."""
    handoff = json.loads(_body(blocks("webhook.md", "http")[0]))["handoff"]

    async def store(_: Delivery) -> Receipt:
        return Receipt(handoff, duplicate=False)

    hook = LeadHook(store, Verifier([SECRET], lambda: NOW), lambda: NOW)
    with serving(doors(hook, lambda: Health(True))) as server:
        yield server


def _body(answer: str) -> str:
    return answer.partition("\n\n")[2]


def test_every_event_on_the_page_is_taken() -> None:
    *events, faulty = (text.encode() for text in blocks("webhook.md", "json"))
    handed, least, *later, enveloped = (parse(event, NOW) for event in events)

    assert [event.event for event in (handed, *later)] == list(EventKind)
    assert {event.lead_key for event in (handed, *later)} == {"id:7781"}
    assert handed.owner == later[0].by
    assert all(handed.occurred_at < event.occurred_at for event in later)
    assert least.event == enveloped.event == EventKind.HANDOFF
    with pytest.raises(InvalidEvent):
        parse(faulty, NOW)


def test_the_envelope_on_the_page_is_understood_in_full() -> None:
    event = parse(blocks("webhook.md", "json")[-2].encode(), NOW)

    assert (event.lead_id, event.company, event.grade) == ("7782", "Globex", "B")
    assert (event.owner, event.utm) == ("chloe@example.com", {"source": "newsletter"})
    assert event.custom == {}


@pytest.mark.parametrize(("event", "answer"), [(0, 0), (-1, 1)])
def test_an_answer_on_the_page_is_the_answer_given(door: Server, event: int, answer: int) -> None:
    body = blocks("webhook.md", "json")[event].encode()
    shown = blocks("webhook.md", "http")[answer]

    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
    told = door.send("POST", "/hooks/leads", body, headers)

    assert shown.startswith(f"HTTP/1.1 {told.status} ")
    # Python 3.13 renamed the phrase of 422.
    assert json.loads(_body(shown)) | {"title": ""} == told.json | {"title": ""}


def test_the_signing_example_signs_as_we_verify() -> None:
    script: dict[str, Any] = {"__name__": "tell"}
    exec(compile(blocks("webhook.md", "python")[0], "tell.py", "exec"), script)
    body = b'{"lead_id": "7781"}'

    headers = script["signed"](SECRET, body, "msg_7", int(NOW.timestamp()))

    assert Verifier([SECRET], lambda: NOW).delivery_key(headers, body) == "wh:msg_7"


def test_the_worked_signature_verifies() -> None:
    given = {bare(name): bare(value) for name, value in rows("webhook.md", "Given")}
    at = datetime.fromtimestamp(int(given["webhook-timestamp"]), UTC)

    key = Verifier([given["secret"]], lambda: at).delivery_key(given, given["body"].encode())

    assert key == "wh:msg_1"


def test_every_field_is_explained_with_its_place_in_the_envelope() -> None:
    explained = {bare(name): bare(path) for name, path, *_ in rows("webhook.md", "Field")}

    assert explained.keys() == LeadEvent.model_fields.keys() - {"custom", "meeting_is_off"}
    assert explained == {name: paths[0] for name, paths in ENVELOPE_PATHS.items()}


def test_every_text_may_be_as_long_as_the_page_says_and_no_longer() -> None:
    limits = {bare(name): most.replace(",", "") for name, *_, most in rows("webhook.md", "Field")}
    prefixes = {"url": "https://example.com/"}
    own_shape = {"email", "owner", "by", "currency", "system"}
    texts = {n: int(most) for n, most in limits.items() if most.isdigit() and n not in own_shape}

    assert len(texts) == 22
    for name, most in texts.items():
        event = {"lead_id": "1", "company": "Acme"}
        longest = prefixes.get(name, "").ljust(most, "x")
        parse(json.dumps(event | {name: longest}).encode(), NOW)
        with pytest.raises(InvalidEvent):
            parse(json.dumps(event | {name: longest + "x"}).encode(), NOW)


def test_the_limits_of_a_delivery_are_the_ones_on_the_page() -> None:
    page = read("webhook.md")

    assert f"larger than {BODY_LIMIT // 1024} KiB" in page
    assert f"longer than {READ_SECONDS:g} seconds" in page


def test_every_scope_and_event_of_the_manifest_has_its_reason() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text())
    scopes, events = (
        [bare(name) for name, _ in rows("slack-setup.md", header)] for header in ("Scope", "Event")
    )

    assert scopes == manifest["oauth_config"]["scopes"]["bot"]
    assert events == manifest["settings"]["event_subscriptions"]["bot_events"]


def test_health_has_the_parts_the_page_explains(office: Office) -> None:
    assert office.bot
    with urlopen(f"http://127.0.0.1:{office.bot.port}/healthz", timeout=5) as answer:
        told = json.load(answer)

    assert told == json.loads(blocks("operating.md", "json")[0])
    assert [bare(part) for part, _ in rows("operating.md", "Part")] == list(told["parts"])


def test_every_picture_is_shown_on_some_page() -> None:
    shown = set(re.findall(r"pictures/([\w-]+)-(?:desk|phone)", "".join(map(text_of, PAGES))))
    made = {re.split("-(?:desk|phone)", file.stem)[0] for file in (DOCS / "pictures").glob("*.png")}

    assert made - shown == set()


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def test_every_decision_is_listed_by_its_number_and_title() -> None:
    listed = re.findall(r"\| \[(\d+)\]\((.+?)\) \| (.+) \|", read("decisions/README.md"))
    written = sorted((DOCS / "decisions").glob("0*.md"))

    assert [file for _, file, _ in listed] == [decision.name for decision in written]
    for (number, file, title), decision in zip(listed, written, strict=True):
        assert file.startswith(f"{number}-")
        assert decision.read_text("utf-8").startswith(f"# {int(number)}. {title}\n")
