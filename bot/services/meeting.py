"""The part of App Home about the next stand-up of each meeting, for those who run it."""

from sqlalchemy.orm import Session

from bot import queries
from bot.liaison import Liaison
from bot.services import occurrences
from bot.services.agenda import STANDS
from bot.services.home_look import Look
from bot.views import meeting as views
from bot.views.blocks import Block


def next_ones(tx: Session, liaison: Liaison, look: Look) -> list[Block]:
    """When each is, who leads it, and where its agenda stands."""
    lines = []
    for meeting in liaison.playbook.standups:
        planned = occurrences.ahead(tx, liaison, meeting.key)
        channel = liaison.standup_channels.get(meeting.key)
        if planned is None or channel is None:
            continue
        leads = planned.facilitator_id
        names = queries.names_of(tx, liaison.team_id, [leads] if leads else [])
        leader = "you" if leads == look.edition.person.id else names.get(leads or "")
        stands = planned.state in STANDS
        lines.append(views.line(planned, channel, leader, stands=stands))
    return views.meetings(lines)
