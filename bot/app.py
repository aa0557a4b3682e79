"""The composition root: the only place that knows how everything is put together.

`Bot` wires; `start` sets going what others depend on first; `stop` ends in the opposite order, so
that nothing acknowledged is left half done.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread, Timer

import uvicorn
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

import handlers
from bot.clock import SandboxClock, wall
from bot.config import Settings
from bot.db import make_engine, migrate
from bot.delivery.backlog import backlog
from bot.delivery.courier import Courier, Routes, Telling
from bot.delivery.homes import Homes
from bot.delivery.inbox import EventWorker, GroupWriter
from bot.delivery.pacing import Pace
from bot.errors import CannotStart, NotSaved, SlackRefused, SlackShut
from bot.intake.doors import Health, doors
from bot.intake.signature import Verifier
from bot.intake.slack_door import SlackDoor
from bot.intake.webhook import LeadHook
from bot.liaison import Liaison, Shelf
from bot.meters import Meters, exposition
from bot.models import MessageKind, Workspace
from bot.outgoing import Outgoing, trusted
from bot.services import home, people, playbooks, rooms, setup, trial, walks
from bot.services.deliveries import receive
from bot.services.tellings import tellings
from bot.services.troubles import tell_admins
from bot.slack import Slack
from bot.socket import Socket
from bot.vault import Vault
from handlers.desk import Desk
from handlers.inbox import EVENTS
from jobs import UPKEEP, Rounds, timetable
from jobs.walks import Walks
from jobs.watchdog import Watchdog

log = logging.getLogger(__name__)

SLACK_TIMEOUT = 10
"""Seconds, or half a lease if that is shorter: a post must be settled while its lease lasts."""
CLICKS_AT_ONCE = 128
"""With 20 threads, 100 clicks at once still lose 20 acknowledgements; with 128 none."""
DIRECT_ANSWERS = 16
CONNECTIONS = 1000
"""Open HTTP connections; past them a caller reads 503, so that nobody can take all memory."""
START_WITHIN = 10.0
ANSWERS_WITHIN = 3.0
"""Seconds after a press in which Slack opens a form; whoever ends the bot waits some ten in all."""


def begin(
    settings: Settings, now: Callable[[], datetime]
) -> tuple[Liaison, Slack, AuthorizeResult]:
    """`connect` for whoever works from now on: the file is read, and people are as it says."""
    liaison, slack, myself = connect(settings, now, playbooks.bring_in)
    learn_people(liaison, slack)
    rooms.enter(slack, liaison)
    setup.begin(liaison)
    return liaison, slack, myself


def learn_people(liaison: Liaison, slack: Slack) -> None:
    """Who works here, by Slack and the playbook."""
    count = people.refresh(liaison, slack.members())
    log.info("connected to %s, %d people", liaison.team_id, count)


Choice = Callable[[Session, str, Path | None, datetime], Shelf]
"""Which playbook to go by, given the workspace and the file in the settings."""


def connect(
    settings: Settings, now: Callable[[], datetime], choose: Choice = playbooks.in_force
) -> tuple[Liaison, Slack, AuthorizeResult]:
    """Ask Slack who we are, open our database, read the playbook; nobody's rights change by it.

    Raises `CannotStart`, `PlaybookFaults`, or a `SlackError` when Slack cannot be asked.
    """
    slack = Slack(web_client(settings, SLACK_TIMEOUT))
    me = _myself(slack)
    engine = _open_database(settings)
    with Session(engine) as tx, tx.begin():
        _own_database(tx, me)
        shelf = choose(tx, me["team_id"], settings.liaison_playbook, wall())
    liaison = Liaison(
        team_id=me["team_id"],
        engine=engine,
        shelf=shelf,
        rooms=rooms.find(slack.channel_id, shelf),
        now=now,
        wall=wall,
        vault=Vault(settings.liaison_calendar_key) if settings.liaison_calendar_key else None,
    )
    myself = AuthorizeResult(
        enterprise_id=None,
        team_id=me["team_id"],
        bot_id=me["bot_id"],
        bot_user_id=me["user_id"],
        bot_token=settings.slack_bot_token,
    )
    return liaison, slack, myself


def _open_database(settings: Settings) -> Engine:
    engine = make_engine(settings.database_url)
    try:
        migrate(engine)
    except DBAPIError as error:
        raise CannotStart(
            f"DATABASE_URL cannot be opened: {str(error.orig).strip().splitlines()[0]}."
        ) from error
    return engine


def _myself(slack: Slack) -> dict[str, str]:
    try:
        return slack.who_am_i()
    except (SlackRefused, SlackShut) as error:
        raise CannotStart(
            f"Slack refuses SLACK_BOT_TOKEN ({error}): copy the Bot User OAuth Token anew from "
            "OAuth & Permissions."
        ) from error


def _within_a_lease(settings: Settings) -> int:
    """Seconds a call may take while we work: the courier's must end before its lease does. Who
    only asks at the start holds no lease and need not hurry."""
    return min(SLACK_TIMEOUT, int(settings.liaison_lease_seconds / 2))


def web_client(settings: Settings, timeout: int) -> WebClient:
    """`timeout` in seconds. No retry handlers: the SDK's default sends a post again after a reset,
    and doubles it."""
    return WebClient(
        token=settings.slack_bot_token,
        base_url=settings.slack_api_url,
        timeout=timeout,
        # Given to a plain address too, urllib would make ready for both anew at each call.
        ssl=trusted() if settings.slack_api_url.startswith("https:") else None,
        retry_handlers=[],
    )


def _own_database(tx: Session, me: dict[str, str]) -> None:
    """One deployment serves one workspace: refuse to run on another's data."""
    known = tx.scalars(select(Workspace)).first()
    if known is None:
        tx.add(
            Workspace(
                team_id=me["team_id"],
                name=me["team"],
                bot_user_id=me["user_id"],
                connected_at=wall(),
            )
        )
    elif known.team_id != me["team_id"]:
        raise CannotStart(
            f"This database belongs to the workspace {known.name}, but the token is of "
            f"{me['team']}: set another DATABASE_URL."
        )


class Bot:
    """All running parts of one process."""

    def __init__(self, settings: Settings) -> None:
        """Connects; raises as `connect` does. Nothing runs before `start`."""
        url = settings.liaison_clock_url
        self._clock = SandboxClock(url, self._tick) if url else None
        now = self._clock.now if self._clock else wall
        self.liaison, _, myself = begin(settings, now)
        slack = Slack(web_client(settings, _within_a_lease(settings)))
        self._courier = Courier(
            self.liaison,
            slack,
            tellings(self.liaison),
            pace=Pace(settings.liaison_pace),
            lease=timedelta(seconds=settings.liaison_lease_seconds),
            routes=Routes(partial(tell_admins, self.liaison), partial(trial.divert, self.liaison)),
        )
        self._walks = Walks(self.liaison, partial(_walking, settings, slack), slack.delete)
        self._homes = Homes(self.liaison, slack, partial(home.render, self.liaison))
        self._direct = ThreadPoolExecutor(DIRECT_ANSWERS, thread_name_prefix="direct")
        event_stored = Event()
        self.outgoing = Outgoing(may_be_here=settings.is_sandbox)
        public_url = settings.liaison_public_url
        desk = Desk(self.liaison, slack, self._direct, event_stored, self.outgoing, public_url)
        handle = {kind: partial(handler, desk) for kind, handler in EVENTS.items()}
        self._worker = EventWorker(self.liaison, handle, event_stored)
        self._writer = GroupWriter(self.liaison, partial(receive, self.liaison))
        self._rounds = Rounds(self.liaison, timetable(slack, self.outgoing), UPKEEP)
        self._scheduler = self._rounds.schedule()
        self._watchdog = Watchdog(self._scheduler, wall, self._count_deaf)
        app = _bolt(settings, desk, myself)
        token = settings.slack_app_token
        self._socket = self._listening(settings, app, token) if token else None
        self._server = _server(
            settings, self._leads(settings), _slack_door(settings, app, self.liaison.meters), self
        )
        self._serving = Thread(target=self._server.run, name="http")

    def _leads(self, settings: Settings) -> LeadHook:
        secrets = settings.liaison_webhook_secret
        verifier = Verifier(secrets, wall) if secrets else None
        return LeadHook(self._writer.store, verifier, self.liaison.now, self.liaison.meters)

    def _listening(self, settings: Settings, app: App, token: str) -> Socket:
        # It holds no lease: whoever asks for a socket may wait as long as at the start.
        client = web_client(settings, SLACK_TIMEOUT)
        meters = self.liaison.meters
        return Socket(app, token, client, clicks_at_once=CLICKS_AT_ONCE, meters=meters)

    @property
    def port(self) -> int:
        """Where it listens; the one the system chose when PORT is 0."""
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    def start(self) -> None:
        """Returns once everything listens. Raises `CannotStart` when the port is taken."""
        if self._clock:
            self._clock.start()
        self._courier.start()
        self._worker.start()
        self._homes.start()
        self._walks.start()
        self._scheduler.start()
        self._watchdog.start()
        self._serving.start()
        if not _soon(lambda: self._server.started or not self._serving.is_alive()):
            raise CannotStart("The HTTP server did not start.")
        if not self._serving.is_alive():
            raise CannotStart("HOST and PORT cannot be listened on: is the bot running already?")
        if self._socket:
            self._socket.start()

    def stop(self) -> None:
        """Take nothing new, finish what is at hand, record it."""
        self.liaison.stopping.set()
        if self._clock:
            self._clock.stop()
        if self._socket:
            self._socket.stop()
        self._server.should_exit = True
        if self._serving.is_alive():
            self._serving.join()
        self._watchdog.stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._writer.stop()
        self._worker.stop()
        self._homes.stop()
        self._walks.stop()
        finish(self._direct, within=ANSWERS_WITHIN)
        self._courier.stop()
        self.liaison.engine.dispose()

    def health(self) -> Health:
        """What `/healthz` tells: each part by a word, no names and no addresses."""
        parts = {
            "database": _word(self._database_answers()),
            "courier": _word(self._courier.is_alive),
            "token": _word(self._courier.is_let_in),
            "inbox": _word(self._worker.is_alive),
            "homes": _word(self._homes.is_alive),
            "clock": _word(self._scheduler.running),
        }
        if self._socket:
            parts["socket"] = _word(self._socket.is_listening())
        return Health(all(word == "ok" for word in parts.values()), parts)

    def metrics(self) -> str:
        """What `/metrics` tells; without the gauges while the database does not answer."""
        readings = self.liaison.meters.readings()
        with suppress(NotSaved, SQLAlchemyError):
            readings += backlog(self.liaison)
        return exposition(readings)

    def _count_deaf(self, seconds: float) -> None:
        if self._socket and not self._socket.is_listening():
            self.liaison.meters.count("liaison_deaf_seconds_total", seconds)

    def _database_answers(self) -> bool:
        try:
            with self.liaison.reading() as tx:
                tx.execute(text("SELECT 1"))
        except (NotSaved, SQLAlchemyError):
            return False
        return True

    def _tick(self) -> None:
        """The sandbox's clock was set: everything that is due by it happens now."""
        self._rounds.run_all()


def finish(pool: ThreadPoolExecutor, within: float) -> None:
    """What has begun is finished; what has not by then never begins."""
    give_up = Timer(within, partial(pool.shutdown, wait=False, cancel_futures=True))
    give_up.start()
    pool.shutdown(wait=True)
    give_up.cancel()


def _walking(settings: Settings, slack: Slack, own: Liaison) -> Courier:
    """Carries the messages of one rehearsal."""
    intro = Telling(partial(walks.telling, own))
    return Courier(
        own,
        slack,
        tellings(own) | {MessageKind.SETUP: intro},
        pace=Pace(settings.liaison_pace),
        lease=timedelta(seconds=settings.liaison_lease_seconds),
        routes=Routes(divert=partial(trial.divert, own)),
    )


def _word(is_well: bool) -> str:  # noqa: FBT001  # a predicate's answer turned into a word
    return "ok" if is_well else "down"


def _soon(probe: Callable[[], bool]) -> bool:
    waited = Event()
    for _ in range(int(START_WITHIN / 0.02)):
        if probe():
            return True
        waited.wait(0.02)
    return False


def _bolt(settings: Settings, desk: Desk, myself: AuthorizeResult) -> App:
    """Bolt with our listeners. Who we are was asked once, so no request asks again.

    The listener runs before the response is given: an acknowledgement means that it is stored.
    """
    app = App(
        name="liaison",  # unnamed, Bolt reads the source of whoever makes it to find one
        logger=logging.getLogger("slack_bolt"),
        client=web_client(settings, _within_a_lease(settings)),
        authorize=lambda: myself,
        # The door in front of it has verified the raw body already; see bot/intake/slack_door.py.
        request_verification_enabled=False,
        process_before_response=True,
    )
    handlers.register(app, desk)
    return app


def _slack_door(settings: Settings, app: App, meters: Meters) -> SlackDoor | None:
    """HTTP mode; None while Socket Mode is on, which wins."""
    if settings.slack_app_token or not settings.slack_signing_secret:
        return None
    return SlackDoor(app, settings.slack_signing_secret, wall, meters)


def _server(
    settings: Settings, leads: LeadHook, slack: SlackDoor | None, bot: Bot
) -> uvicorn.Server:
    config = uvicorn.Config(
        doors(leads, bot.health, metrics=bot.metrics, slack=slack),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
        limit_concurrency=CONNECTIONS,
    )
    return uvicorn.Server(config)
