"""What Slack tells us: stored before it is acknowledged, worked on once, whatever happens."""

from collections.abc import Iterator
from threading import Event

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.delivery.inbox import EventHandler, EventWorker, store_slack_event
from bot.errors import SlackUnavailable
from bot.liaison import Liaison
from bot.models import InboxEvent
from sandbox.limits import Limits
from sandbox.server import Sandbox
from tests.conftest import NewDatabase
from tests.delivery.locks import locked
from tests.delivery.mailroom import new_liaison
from tests.office import BEN, MANIFEST, MONDAY_TEN, PACE, Json, Office, settings_for
from tests.postgres import ON_BOTH_ENGINES

IMPATIENT = Limits(pace=PACE, retry_after=(0.2,) * 20)
"""A Slack that sends an event again at once, and not in a minute."""


@pytest.fixture
def impatient_office(new_database: NewDatabase) -> Iterator[Office]:
    with Sandbox(limits=IMPATIENT, manifest=MANIFEST) as sandbox:
        sandbox.control.set_clock(MONDAY_TEN)
        office = Office(sandbox, settings_for(sandbox, new_database()))
        yield office
        office.close()


@pytest.fixture
def liaison(new_database: NewDatabase) -> Iterator[Liaison]:
    made = new_liaison(new_database())
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("listen", ["over_http", "by_socket"])
def test_an_event_that_cannot_be_stored_is_not_acknowledged_and_comes_again(
    impatient_office: Office, listen: str
) -> None:
    office = impatient_office
    open_over_http(office) if listen == "over_http" else office.open()
    with locked(office.settings.database_url):
        office.control.home(BEN)
        office.control.until(lambda: len(attempts(office)) > 1)
        assert "acked" not in attempts(office)

    office.control.until(lambda: "acked" in attempts(office))
    office.control.until(lambda: office.control.state(BEN)["home"])
    assert len(homes_opened(office)) == 1


@ON_BOTH_ENGINES
def test_an_event_that_slack_sends_five_times_works_once(office: Office) -> None:
    office.control.home(BEN)
    office.control.until(lambda: homes_opened(office))
    for _ in range(4):
        office.control.deliver(resend_last=1)
    office.control.until(lambda: len(attempts(office)) >= 5)
    office.control.until(lambda: all(row.processed_at for row in homes_opened(office)))

    [row] = homes_opened(office)
    assert (row.attempts, row.error) == (1, None)
    published = [c for c in office.control.traffic() if c.get("method") == "views.publish"]
    assert len(published) == 1


def test_over_http_an_event_is_stored_and_worked_on_as_well(own_office: Office) -> None:
    office = own_office
    open_over_http(office)

    office.control.home(BEN)

    office.control.until(lambda: office.control.state(BEN)["home"])
    assert attempts(office) == ["acked"]


@ON_BOTH_ENGINES
def test_what_a_killed_bot_acknowledged_is_worked_on_by_the_next(own_office: Office) -> None:
    office = own_office
    office.open()
    assert office.bot
    liaison = office.bot.liaison
    office.close()
    store_slack_event(liaison, envelope("Ev1", {"type": "app_home_opened", "tab": "home"}))
    liaison.engine.dispose()

    office.open()

    office.control.until(lambda: office.control.state(BEN)["home"])


def test_a_poisonous_event_keeps_no_other_waiting_and_does_not_stop_the_worker(
    own_office: Office,
) -> None:
    office = own_office
    office.open()
    assert office.bot
    store_slack_event(office.bot.liaison, envelope("Ev1", {"type": "user_change", "user": {}}))
    office.control.home(BEN)

    office.control.until(lambda: office.control.state(BEN)["home"])
    assert office.bot.health().ok
    with office.bot.liaison.reading() as tx:
        poison = tx.scalars(select(InboxEvent).where(col(InboxEvent.key) == "slack:Ev1")).one()
    assert (poison.error, poison.processed_at) == ("KeyError", None)


def test_an_event_that_fails_is_tried_again_and_given_up_in_the_end(liaison: Liaison) -> None:
    tried: list[Json] = []

    def handle(event: Json) -> None:
        tried.append(event)
        raise SlackUnavailable("ratelimited")

    store_slack_event(liaison, envelope("Ev1", {"type": "app_home_opened"}))
    for number in range(1, 9):
        make_due(liaison)
        work_once(liaison, handle)
        assert len(tried) == number

    with liaison.reading() as tx:
        row = tx.scalars(select(InboxEvent)).one()
    assert (row.next_try_at, row.error) == (None, "ratelimited")
    assert row.processed_at is not None


def test_an_event_nobody_listens_for_is_stored_and_left(liaison: Liaison) -> None:
    store_slack_event(liaison, envelope("Ev1", {"type": "reaction_added"}))

    work_once(liaison, lambda event: pytest.fail("nobody asked for it"))

    with liaison.reading() as tx:
        assert tx.scalars(select(InboxEvent)).one().processed_at is not None


def open_over_http(office: Office) -> None:
    office.reopen(slack_app_token=None, slack_signing_secret="sandbox")
    assert office.bot
    office.control.deliver(http_url=f"http://127.0.0.1:{office.bot.port}/slack/events")


def envelope(event_id: str, event: Json) -> Json:
    return {"event_id": event_id, "event": {"user": BEN, **event}}


def make_due(liaison: Liaison) -> None:
    with liaison.transaction() as tx:
        tx.scalars(select(InboxEvent)).one().next_try_at = liaison.wall()


def work_once(liaison: Liaison, handle: EventHandler) -> None:
    """Let a worker look once."""
    looked = Event()
    worker = EventWorker(liaison, {"app_home_opened": handle}, looked)
    worker.start()
    worker.stop()


def attempts(office: Office) -> list[str]:
    """How Slack's deliveries of the event went, retries too."""
    traffic = office.control.traffic()
    return [str(sent["status"]) for sent in traffic if sent.get("type") == "app_home_opened"]


def homes_opened(office: Office) -> list[InboxEvent]:
    assert office.bot
    with office.bot.liaison.reading() as tx:
        found = select(InboxEvent).where(col(InboxEvent.kind) == "app_home_opened")
        return list(tx.scalars(found))
