"""Opens what an action item came from, to whoever may read it."""

from bot import queries
from bot.core.origins import Origin, Source
from bot.errors import Unknown
from bot.liaison import Liaison
from bot.models import ActionItem, Campaign, Flag
from bot.services import disputes, item_lists
from bot.services.occurrences import listed
from bot.views import origins as views
from bot.views.blocks import View


def look(liaison: Liaison, item_id: str, by: str) -> View | Origin:
    """The flag or the dispute; a message's place, for Slack knows where that opens."""
    with liaison.reading() as tx:
        listed(tx, liaison, by)
        item = tx.get(ActionItem, (liaison.team_id, item_id))
        if item is None or item.origin is None:
            raise Unknown("This action item is not here any more.")
        origin = Origin.of(item.origin)
        if origin.source is Source.FLAG:
            raised = tx.get_one(Flag, (liaison.team_id, origin.id))
            campaign = tx.get_one(Campaign, (liaison.team_id, raised.campaign_id))
            return views.flag(raised, campaign, item_lists.made_from(tx, liaison, origin))
        if origin.source is Source.DISPUTE:
            reader = queries.person(tx, liaison.team_id, by)
            post = disputes.shown_to(tx, liaison, origin.id, reader)
            return views.dispute(post) if post else views.private()
        return origin
