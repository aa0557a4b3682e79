"""What is told of campaigns: the table, one of them, the leads behind a number, a CSV of either."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import queries
from bot.core.business_time import local_date
from bot.core.campaigns import look_alike
from bot.core.lifecycle import Stage
from bot.core.marketing import Number
from bot.core.results import ACCEPTED, COHORT, NO_ANSWER, share
from bot.delivery.courier import Told
from bot.delivery.sayings import Saying, say
from bot.errors import Refused
from bot.liaison import Liaison
from bot.models import Campaign, Handoff, Message, MessageKind, Person, Rating, RatingValue
from bot.playbook import Playbook
from bot.services import campaigns, marketing, preview_told, results, verdicts
from bot.services.files import File, csv_file
from bot.services.results import Row, Scope, Window
from bot.views import campaign_leads, campaign_page
from bot.views import campaigns as views
from bot.views import marketing as marketing_views
from bot.views.blocks import Post, View
from bot.views.verdicts import Standing

MOST_IN_A_FILE = 50_000
"""Leads in one CSV; a larger file is for the database's own tools."""


def all_campaigns(liaison: Liaison, window: Window) -> Post:
    """The table of all campaigns."""
    rows, now = results.table(liaison, window), liaison.now()
    with liaison.reading() as tx:
        side = marketing.side(tx, liaison.playbook, Scope.of(liaison, window, now), now)
        standings = verdicts.standings(tx, liaison)
    lines = [_line(row, standings) for row in rows]
    return views.all_campaigns(lines, side, str(window), now - COHORT)


def _line(row: Row, standings: Mapping[str, Standing]) -> views.Line:
    name = row.campaign.name if row.campaign else views.NO_ORIGIN
    standing = standings[row.campaign.id] if row.campaign else None
    return views.Line(name, views.campaign_key(row.campaign), row.result, row.ratings, standing)


def called(liaison: Liaison, typed: str, window: Window, by: str) -> Post:
    """One campaign by what somebody typed. Raises `NoSuchCampaign`."""
    with liaison.reading() as tx:
        campaign = campaigns.called(tx, liaison.team_id, typed)
        return _one(tx, liaison, campaign, window, liaison.now(), by)


def by_key(liaison: Liaison, key: str, window: Window, by: str) -> Post:
    """One campaign by its id, or no origin. Raises `NoSuchCampaign`."""
    with liaison.reading() as tx:
        campaign = _by_key(tx, liaison, key)
        return _one(tx, liaison, campaign, window, liaison.now(), by)


def _by_key(tx: Session, liaison: Liaison, key: str) -> Campaign | None:
    if key == views.NONE_ID:
        return None
    found = campaigns.roots(tx, liaison.team_id).get(key)
    if found is None:
        raise campaigns.NoSuchCampaign
    return found


def _scope(
    tx: Session, liaison: Liaison, campaign: Campaign | None, window: Window, now: datetime
) -> Scope:
    those = campaigns.members(tx, campaign) if campaign else [None]
    return Scope.of(liaison, window, now, those)


def _one(
    tx: Session,
    liaison: Liaison,
    campaign: Campaign | None,
    window: Window,
    now: datetime,
    by: str | None,
) -> Post:
    scope = _scope(tx, liaison, campaign, window, now)
    row = results.of_campaign(tx, liaison.playbook, campaign, scope)
    said = results.last_words(tx, scope)
    members = campaigns.members(tx, campaign) if campaign else []
    standing = verdicts.standings(tx, liaison, members)[campaign.id] if campaign else None
    preview, buttons = preview_told.of_campaign(tx, liaison, campaign, by) if campaign else ("", [])
    told = campaign_page.One(
        campaign,
        row.result,
        row.ratings,
        row.revenue,
        row.median_minutes,
        marketing.side(tx, liaison.playbook, scope, now),
        standing,
        [((one.outcome, one.detail), one.words) for one in said],
        campaigns.owner(tx, liaison, campaign) if campaign else None,
        _alike(tx, campaign) if campaign and by else [],
        preview,
        buttons,
    )
    reader = tx.get(Person, (liaison.team_id, by)) if by else None
    zone = reader.timezone if reader else liaison.playbook.hours.timezone
    dates = campaign_page.Dates(str(window), scope.closing, local_date(zone, now))
    return campaign_page.one_campaign(told, dates, liaison.playbook)


def _alike(tx: Session, campaign: Campaign) -> list[str]:
    """Names of others that differ only in how they are written, or not at all."""
    return [
        one.name
        for one in campaigns.every(tx, campaign.team_id)
        if one.id != campaign.id
        and one.merged_into is None
        and (one.name == campaign.name or look_alike(one.name, campaign.name))
    ]


def leads_behind(liaison: Liaison, about: str, page: int, by: str) -> View:
    """What stands behind one number; `about` is `window:campaign:number`. Raises `Refused`."""
    window, key, number = _about(about)
    now = liaison.now()
    with liaison.reading() as tx:
        reader = queries.person(tx, liaison.team_id, by)
        if key == marketing_views.ALL:
            scope = Scope.of(liaison, window, now)
        else:
            scope = _scope(tx, liaison, _by_key(tx, liaison, key), window, now)
        if number == Number.FLAGS_LATE:
            return marketing_views.late_flags(marketing.late_flags(tx, scope, now))
        those = _behind(number, liaison.playbook, scope, now)
        count = tx.scalars(select(func.count()).select_from(Handoff).where(those)).one()
        newest = (
            select(col(Handoff.id))
            .where(those)
            .order_by(col(Handoff.handed_at).desc(), col(Handoff.id))
            .offset(page * campaign_leads.PAGE)
            .limit(campaign_leads.PAGE)
        )
        facts = queries.facts_of(tx, liaison.team_id, tx.scalars(newest).all())
    behind = campaign_leads.Behind(
        campaign_leads.number_called(number, liaison.playbook), count, page, facts, about
    )
    return campaign_leads.leads_behind(behind, reader, liaison.playbook)


def _about(about: str) -> tuple[Window, str, str]:
    window, _, rest = about.partition(":")
    key, _, number = rest.partition(":")
    parsed = Window.parse(window)
    if parsed is None:
        raise Refused
    return parsed, key, number


def _behind(number: str, playbook: Playbook, scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The hand-offs that a number counts."""
    if number in {*Number}:
        return marketing.behind(Number(number), playbook, scope, now)
    neutral = results.neutral_outcomes(playbook)
    return scope.handoffs & _counted(number, scope, neutral)


def _counted(number: str, scope: Scope, neutral: Iterable[str]) -> ColumnElement[bool]:
    outcome = col(Handoff.outcome)
    name, _, rest = number.partition(":")
    if name == "rated":
        return exists().where(
            col(Rating.team_id) == Handoff.team_id,
            col(Rating.handoff_id) == Handoff.id,
            col(Rating.ended_at).is_(None),
            col(Rating.value) == RatingValue(rest),
        )
    if name == "outcome":
        key, _, detail = rest.partition(":")
        of_detail = col(Handoff.outcome_detail)
        return (outcome == key) & (of_detail == detail if detail else of_detail.is_(None))
    answered = outcome.is_not(None) & outcome.not_in(NO_ANSWER)
    known = {
        "handed": col(Handoff.id).is_not(None),
        "answered": answered,
        "touched": col(Handoff.touched_at).is_not(None),
        "accepted": outcome.in_(ACCEPTED),
        "decided": answered & outcome.not_in(list(neutral)),
        "closed": scope.is_closed,
        "closed_qualified": scope.is_closed & outcome.in_(ACCEPTED),
        "closed_won": scope.is_closed & (outcome == Stage.WON),
    }
    if name not in known:
        raise Refused
    return known[name]


def post_to_channel(liaison: Liaison, key: str, window: Window, channel: str, by: str) -> None:
    """Say it in a channel, once a minute however often it is pressed. `key` "" = the table."""
    now = liaison.now()
    with liaison.transaction() as tx:
        queries.person(tx, liaison.team_id, by)
        kind, subject = MessageKind.CAMPAIGN, key or "all"
        minute = f"{now:%Y-%m-%dT%H:%M}"
        saying = Saying(
            f"{kind}:{subject}:{window}:{channel}:{minute}",
            kind,
            subject,
            channel=channel,
            about=str(window),
        )
        say(tx, liaison, saying, hold_until=None)


def telling(liaison: Liaison, tx: Session, message: Message, now: datetime) -> Told:
    """A report that was posted to a channel; it stays as it was when it was sent."""
    window = Window.parse(message.about or "") or Window()
    if message.subject_id == "all":
        return all_campaigns(liaison, window)
    return _one(tx, liaison, _by_key(tx, liaison, message.subject_id), window, now, None)


def csv_of_all(liaison: Liaison, window: Window) -> File:
    """A line for each campaign with every number of it."""
    rows = results.table(liaison, window)
    content = csv_file(_TABLE, map(_table_row, rows))
    return File(f"campaigns-{window}.csv", content, f"{len(rows):,} campaigns.")


_TABLE = (
    *("campaign", "starts_on", "ends_on", "judge_on", "cost", "currency"),
    *("leads", "answered", "touched", "taken_on", "decided", "undecided"),
    *("rated_good", "rated_so_so", "rated_bad", "leads_rated"),
    *("closed_leads", "closed_qualified", "closed_won", "closed_won_per_cent", "revenue"),
)


def _table_row(row: Row) -> tuple[object, ...]:
    campaign, result = row.campaign, row.result
    about = ("name", "starts_on", "ends_on", "judge_on", "cost", "currency")
    nothing = (views.NO_ORIGIN, *(None,) * (len(about) - 1))
    return (
        *((getattr(campaign, name) for name in about) if campaign else nothing),
        *(result.handed, result.answered, result.touched),
        *(result.accepted, result.decided, result.undecided),
        *(row.ratings.get(value, 0) for value in RatingValue),
        result.rated,
        *(result.closed, result.closed_qualified, result.closed_won),
        share(result.closed_won, result.closed),
        " ".join(f"{amount} {currency}".strip() for currency, amount in row.revenue.items()),
    )


def csv_of_leads(liaison: Liaison, key: str, window: Window) -> File:
    """A line for each lead of a campaign: no contact data, and nobody who had it."""
    with liaison.reading() as tx:
        campaign = _by_key(tx, liaison, key)
        scope = _scope(tx, liaison, campaign, window, liaison.now())
        newest = (
            select(col(Handoff.id))
            .where(scope.handoffs)
            .order_by(col(Handoff.handed_at).desc(), col(Handoff.id))
            .limit(MOST_IN_A_FILE)
        )
        rows = list(_lead_rows(tx, liaison, tx.scalars(newest).all()))
    name = views.name_of(campaign)
    content = csv_file(_LEADS, rows)
    cut = f" The newest {MOST_IN_A_FILE:,}." if len(rows) == MOST_IN_A_FILE else ""
    return File(f"leads-{window}.csv", content, f"{len(rows):,} leads of {name}.{cut}")


_LEADS = (
    *("company", "grade", "handed_over", "shown", "first_touch", "minutes_to_touch"),
    *("stage", "outcome", "detail", "words", "amount", "currency"),
)


def _lead_rows(
    tx: Session, liaison: Liaison, handoff_ids: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    for start in range(0, len(handoff_ids), 500):
        for facts in queries.facts_of(tx, liaison.team_id, handoff_ids[start : start + 500]):
            handoff = facts.handoff
            yield (
                *(facts.lead.company, handoff.grade, handoff.handed_at, handoff.shown_at),
                *(handoff.touched_at, handoff.touch_minutes, handoff.stage.value),
                *(handoff.outcome, handoff.outcome_detail, handoff.outcome_words),
                *(handoff.amount, handoff.currency),
            )
