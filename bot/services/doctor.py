"""Is all of it set up? Every part looked at, each finding with what to do about it.

A check is a function in `CHECKS`. Whoever wants to know more of a part adds one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import manifest, queries
from bot.delivery.courier import NOT_WANTED
from bot.delivery.outbox import FOLDED
from bot.errors import NotAllowed, SlackError
from bot.liaison import Liaison
from bot.models import (
    Handoff,
    InboxEvent,
    Link,
    Message,
    Person,
    PlaybookVersion,
    Setup,
    WatchedChannel,
)
from bot.outgoing import CannotFetch, Outgoing
from bot.services import canvases, playbooks, usergroups
from bot.services.home_look import Look
from bot.slack import Granted, Slack
from bot.views import doctor as views
from bot.views.blocks import Block, escape, when
from bot.views.doctor import Finding

APART = timedelta(seconds=60)
"""Slack's clock and ours. Its signatures are refused from five minutes on."""
BEHIND = timedelta(minutes=10)
"""How long a message may wait for Slack before somebody should look."""
LATELY = timedelta(days=7)
NAMED = 10
"""Addresses named in one finding."""


@dataclass(frozen=True)
class Doorstep:
    """How the webhook is reached from outside."""

    outgoing: Outgoing
    url: str | None = None
    """None = nobody said."""


@dataclass(frozen=True)
class Bench:
    """What the checks look at."""

    liaison: Liaison
    slack: Slack
    granted: Granted
    doorstep: Doorstep


Check = Callable[[Bench], Finding]


def examine(liaison: Liaison, slack: Slack, doorstep: Doorstep | None = None) -> list[Finding]:
    """Every part, in the order in which a lead passes through them. Nothing is changed."""
    try:
        bench = Bench(liaison, slack, slack.granted(), doorstep or Doorstep(Outgoing()))
    except SlackError as error:
        return [Finding("Slack", f"Slack does not answer ({error}).", "Try again in a minute.")]
    return [check(bench) for check in CHECKS]


def may_examine(liaison: Liaison, by: str) -> None:
    """Raises `NotAllowed` unless `by` is an admin; while there is none, anybody listed may look."""
    with liaison.reading() as tx:
        person = queries.person(tx, liaison.team_id, by)
        admins = [one for one in _listed(tx, liaison) if "admin" in one.roles]
    if admins and person not in admins:
        names = ", ".join(f"<@{admin.id}>" for admin in admins[:3])
        raise NotAllowed(f"This is for admins: ask {names}.")


def _permissions(bench: Bench) -> Finding:
    needed = manifest.scopes(manifest.load())
    if bench.granted.scopes is None:
        return Finding("Permissions", "Slack does not say which it granted.")
    missing = sorted(needed - bench.granted.scopes)
    if not missing:
        return Finding("Permissions", f"All {len(needed)} are granted.")
    return Finding(
        "Permissions",
        f"Missing: {', '.join(missing)}.",
        "Paste `manifest.yml` under App Manifest anew, then press Reinstall to Workspace.",
    )


def _clock(bench: Bench) -> Finding:
    told = bench.granted.at
    if told is None:
        return Finding("Clock", "Slack does not say what time it is.")
    apart = abs(bench.liaison.wall() - told)
    seconds = round(apart.total_seconds())
    if apart <= APART:
        return Finding("Clock", "This machine's and Slack's agree to a minute.")
    return Finding(
        "Clock",
        f"This machine's and Slack's are {seconds} seconds apart.",
        "Let NTP set this machine's clock; five minutes apart, what Slack sends is refused.",
    )


def _handoff_channel(bench: Bench) -> Finding:
    channel, part = bench.liaison.handoff_channel, "Hand-off channel"
    if channel.startswith("#"):
        return Finding(
            part,
            f"Liaison is not in {channel}, or there is none.",
            "Create it and type `/invite @Liaison` there; cards wait until then.",
        )
    try:
        joined = bench.slack.channel_id(channel)
        shared = joined is not None and bench.slack.is_shared(channel)
    except SlackError as error:
        return Finding(part, f"<#{channel}> cannot be read ({error}).", "Try again in a minute.")
    if joined is None:
        return Finding(part, f"Liaison is not in <#{channel}>.", "Type `/invite @Liaison` there.")
    if shared:
        return Finding(
            part,
            f"<#{channel}> is shared with another company.",
            "Choose a channel of your own under `[channels] handoffs` in the playbook.",
        )
    return Finding(part, f"Cards go to <#{channel}>.")


def _standup_channels(bench: Bench) -> Finding:
    liaison, part = bench.liaison, "Stand-up"
    meetings = liaison.playbook.standups
    missing = [each.channel for each in meetings if each.key not in liaison.standup_channels]
    if missing:
        return Finding(
            part,
            f"Liaison is not in {_few(missing)}, so no meeting is held there.",
            "Create what is missing, and type `/invite @Liaison` there.",
        )
    if not meetings:
        return Finding(part, "None is agreed.")
    places = ", ".join(f"<#{channel}>" for channel in liaison.standup_channels.values())
    return Finding(part, f"Agendas go to {places}.")


def _webhook(bench: Bench) -> Finding:
    """Asked at the address senders have, so that DNS, certificate and proxy are looked at too."""
    part, url = "Webhook", bench.doorstep.url
    if url is None:
        return Finding(part, "Where it is reached from outside, `LIAISON_PUBLIC_URL` does not say.")
    try:
        answer = json.loads(bench.doorstep.outgoing.get(f"{url}/healthz"))
    except CannotFetch as error:
        return Finding(
            part,
            f"{escape(url)} does not lead here. {error}",
            "Let name, certificate and reverse proxy of it lead to `HOST` and `PORT`.",
        )
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "courier" not in answer.get("parts", {}):
        return Finding(
            part,
            f"Something else than Liaison answers at {escape(url)}.",
            "Let the reverse proxy pass `/hooks/leads` and `/healthz` on to `HOST` and `PORT`.",
        )
    return Finding(part, f"Leads are taken at {escape(url)}/hooks/leads.")


def _intake(liaison: Liaison) -> Finding:
    newest = (
        select(col(Handoff.received_at))
        .where(col(Handoff.team_id) == liaison.team_id, ~col(Handoff.is_imported))
        .order_by(col(Handoff.id).desc())
        .limit(1)
    )
    watched = select(func.count()).where(col(WatchedChannel.team_id) == liaison.team_id)
    with liaison.reading() as tx:
        last, channels = tx.scalars(newest).first(), tx.scalars(watched).one()
    reads = f" {channels} channel{'' if channels == 1 else 's'} watched." if channels else ""
    if last is not None:
        return Finding("Leads", f"The last one came in {when(last)}.{reads}")
    return Finding(
        "Leads",
        f"None came in yet.{reads}",
        "Send one to `/hooks/leads`, type `/liaison watch`, or hand one over with `/lead new`.",
    )


def _inbox(liaison: Liaison) -> Finding:
    given_up = (
        select(func.count())
        .select_from(InboxEvent)
        .where(
            col(InboxEvent.team_id) == liaison.team_id,
            col(InboxEvent.received_at) >= liaison.wall() - LATELY,
            col(InboxEvent.next_try_at).is_(None),
            col(InboxEvent.error).is_not(None),
        )
    )
    waiting = (
        select(col(InboxEvent.received_at))
        .where(col(InboxEvent.team_id) == liaison.team_id, col(InboxEvent.next_try_at).is_not(None))
        .order_by(col(InboxEvent.received_at))
        .limit(1)
    )
    with liaison.reading() as tx:
        oldest, failed = tx.scalars(waiting).first(), tx.scalars(given_up).one()
    if failed:
        return Finding(
            "Inbox",
            f"{failed} of the last 7 days could not be worked on.",
            "The log names each by its id, with the reason.",
        )
    if oldest is not None and oldest < liaison.wall() - BEHIND:
        return Finding("Inbox", f"Something waits since {when(oldest)}.", "Restart Liaison.")
    return Finding("Inbox", "All that was told is worked on.")


def _outbox(liaison: Liaison) -> Finding:
    ours = col(Message.team_id) == liaison.team_id
    is_late = ours & (col(Message.send_at) <= liaison.wall() - BEHIND)
    late = select(func.count()).select_from(Message).where(is_late)
    first = select(col(Message.send_at)).where(is_late).order_by(col(Message.send_at)).limit(1)
    # What is said elsewhere or was overtaken is no failure.
    refused = _refused(liaison, liaison.now() - LATELY)
    with liaison.reading() as tx:
        waiting, oldest = tx.scalars(late).one(), tx.scalars(first).first()
        refusals = tx.execute(refused).all()
    if oldest is not None:
        return Finding(
            "Messages",
            f"{waiting} wait for Slack, the oldest since {when(oldest)}.",
            "See that Liaison runs and is in every channel; the log says what Slack answers.",
        )
    if refusals:
        reasons = ", ".join(f"{count} × {why}" for why, count in refusals)
        return Finding(
            "Messages",
            f"Slack refused some in the last 7 days: {reasons}.",
            "What Slack's words mean stands in its API reference; nobody was told those.",
        )
    return Finding("Messages", "None waits for Slack.")


def _refused(liaison: Liaison, since: datetime) -> Select[str | None, int]:
    return (
        select(col(Message.dropped), func.count())
        .where(
            col(Message.team_id) == liaison.team_id,
            col(Message.settled_at) >= since,
            col(Message.dropped).not_in([NOT_WANTED, FOLDED, "removed"]),
        )
        .group_by(col(Message.dropped))
        .order_by(func.count().desc())
    )


def _database(liaison: Liaison) -> Finding:
    with liaison.reading() as tx:
        schema = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[liaison.engine.dialect.name]
    return Finding("Database", f"{engine} answers, at schema {schema}.")


def _playbook(liaison: Liaison) -> Finding:
    newest = select(func.max(col(PlaybookVersion.number))).where(
        col(PlaybookVersion.team_id) == liaison.team_id
    )
    with liaison.reading() as tx:
        number = tx.scalars(newest).one()
    if number is None:
        return Finding(
            "Playbook",
            "The built-in one, which lists nobody.",
            "Type `/liaison setup`, or write one as in docs/configuration.md.",
        )
    notes = " ".join(liaison.playbook.notes())
    return Finding("Playbook", f"Version {number} is in force.{f' {notes}' if notes else ''}")


def _stage(liaison: Liaison) -> Finding:
    """Whether everybody is messaged yet."""
    part = "Stage"
    with liaison.reading() as tx:
        setup = tx.get(Setup, liaison.team_id)
    if setup is None or setup.live_at:
        return Finding(part, "Live: everybody reads their own messages.")
    if setup.trial_at:
        asked = " Both sides are asked to agree." if setup.asked_at else ""
        return Finding(part, f"A trial: only <@{setup.person_id}> is messaged.{asked}")
    return Finding(
        part,
        f"<@{setup.person_id}> is setting it up; nothing is sent yet.",
        "Answer the questions in the messages with Liaison, or take over by `/liaison setup`.",
    )


def _people(liaison: Liaison) -> Finding:
    """Whoever the playbook lists, found in Slack by address."""
    with liaison.reading() as tx:
        of_team = select(Person).where(col(Person.team_id) == liaison.team_id)
        known = {person.email: person for person in tx.scalars(of_team)}
    listed = [person.email for person in liaison.playbook.people]
    missing = [email for email in listed if email not in known]
    gone = [email for email in listed if email in known and not known[email].is_active]
    if not missing and not gone:
        return Finding("People", f"All {len(listed)} of the playbook are in Slack.")
    told = [
        f"not in Slack: {_few(missing)}" if missing else "",
        f"deactivated: {_few(gone)}" if gone else "",
    ]
    return Finding(
        "People",
        f"Of {len(listed)} in the playbook, {'; '.join(part for part in told if part)}.",
        "Correct the address under `[[people]]`, or take the person out.",
    )


def _owners(liaison: Liaison) -> Finding:
    """Whoever the CRM names as owner, found among people."""
    same = (col(Person.team_id) == Link.team_id) & (col(Person.id) == Link.person_id)
    is_lost = col(Link.person_id).is_(None) | col(Person.is_active).is_(False)
    known = select(
        func.count(), func.coalesce(func.sum(case((is_lost & ~col(Link.is_nobody), 1), else_=0)), 0)
    ).select_from(Link)
    of_team = known.outerjoin(Person, same).where(col(Link.team_id) == liaison.team_id)
    with liaison.reading() as tx:
        count, lost = tx.execute(of_team).one()
    if not lost:
        return Finding("Owners", f"Of {count} that leads named, none is unknown here.")
    return Finding(
        "Owners",
        f"{lost} of {count} that leads named are nobody here; their leads wait in the queue.",
        "Type `/liaison links`, and link them.",
    )


def _user_groups(bench: Bench) -> Finding:
    return usergroups.examine(bench.liaison, bench.slack)


def _canvases(liaison: Liaison) -> Finding:
    return canvases.examine(liaison)


def _few(addresses: list[str]) -> str:
    more = len(addresses) - NAMED
    return ", ".join(addresses[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _roles(liaison: Liaison) -> Finding:
    """What happens where nobody has a role is said, because something always does."""
    with liaison.reading() as tx:
        listed = _listed(tx, liaison)
    empty = [
        f"{name} ({instead})"
        for name, role, team, instead in _ROLES
        if not any(role in one.roles and team in (None, one.team) for one in listed)
    ]
    if not empty:
        return Finding("Roles", "Each has somebody.")
    return Finding(
        "Roles", f"Nobody is {'; nobody is '.join(empty)}.", "Name them under `[[people]] roles`."
    )


_ROLES = (
    ("rep", "rep", queries.SALES, "leads wait in the queue"),
    ("marketer", "marketer", queries.MARKETING, "questions go to marketing's manager"),
    ("sales manager", "manager", queries.SALES, "an admin decides instead"),
    ("marketing manager", "manager", queries.MARKETING, "nobody hears of late answers"),
    ("liaison", "liaison", None, "nobody settles disagreements"),
    ("admin", "admin", None, "anybody may read this"),
)


def _listed(tx: Session, liaison: Liaison) -> list[Person]:
    """Active people of the playbook, by id."""
    listed = select(Person).where(
        col(Person.team_id) == liaison.team_id,
        col(Person.team).is_not(None),
        col(Person.is_active),
    )
    return list(tx.scalars(listed.order_by(col(Person.id))))


OURS: tuple[Callable[[Liaison], Finding], ...] = (
    _intake,
    _inbox,
    _outbox,
    _database,
    _playbook,
    _stage,
    _people,
    _owners,
    _canvases,
    _roles,
)
"""Checks that ask Slack nothing."""


def _asks_nothing(check: Callable[[Liaison], Finding]) -> Check:
    return lambda bench: check(bench.liaison)


CHECKS: tuple[Check, ...] = (
    _permissions,
    _clock,
    _handoff_channel,
    _standup_channels,
    _webhook,
    *map(_asks_nothing, OURS),
    _user_groups,
)


def on_home(tx: Session, liaison: Liaison, look: Look) -> list[Block]:
    """The part of App Home for admins: what needs a hand, how long the queue has waited, and
    whether both sides signed the playbook. Slack is asked nothing for it."""
    queued = (
        select(col(Handoff.shown_at))
        .where(
            col(Handoff.team_id) == liaison.team_id,
            col(Handoff.actor_id).is_(None),
            col(Handoff.closed_at).is_(None),
            col(Handoff.shown_at).is_not(None),
        )
        .order_by(col(Handoff.shown_at))
        .limit(1)
    )
    oldest = tx.scalars(queued).first()
    agreed = playbooks.look(liaison, look.edition.person.id)
    return views.on_home([check(liaison) for check in OURS], oldest, agreed)
