"""One listener for every button: which lead, who pressed, and what that button does."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltContext, Respond

from bot.views import ids
from handlers import (
    asks,
    batches,
    briefs,
    campaigns,
    colleagues,
    disputes,
    erasing,
    escalations,
    fixes,
    followups,
    handoffs,
    hands,
    home,
    items,
    outcomes,
    playbooks,
    ratings,
    returns,
    rota,
    snooze,
    standup,
    undo,
    written,
)
from handlers.desk import desk_of
from handlers.press import Press

PRESSES: dict[str, Callable[[Press], None]] = {
    ids.BOOK_EDIT: playbooks.open_edit_form,
    ids.BOOK_SIGN: playbooks.sign,
    ids.CLAIM: handoffs.claim,
    ids.ACCEPT: followups.accept,
    ids.TOUCH: followups.open_touch_form,
    ids.OUTCOME: outcomes.open_outcome_form,
    ids.OUTCOME_KEY: outcomes.follow_the_choice,
    ids.UNDO: undo.take_back,
    f"{ids.CAMPAIGN_OPEN}:show": campaigns.open_one,
    ids.CAMPAIGN_SHOW: campaigns.show_one,
    f"{ids.CAMPAIGN_LEADS}:show": campaigns.show_leads,
    ids.CAMPAIGN_PAGE: campaigns.turn_page,
    ids.CAMPAIGN_PAGE_BACK: campaigns.turn_page,
    ids.CAMPAIGN_CSV: campaigns.send_csv,
    ids.CAMPAIGN_POST: campaigns.post_to_channel,
    f"{ids.CAMPAIGN_MORE}:edit": campaigns.open_edit_form,
    f"{ids.CAMPAIGN_MORE}:merge": campaigns.open_merge_form,
    ids.CAMPAIGN_SEPARATE: campaigns.separate,
    f"{ids.MORE}:{ids.MORE_DISPUTE}": disputes.open_form,
    ids.SETTLE: disputes.open_settle_form,
    ids.RATE_GOOD: ratings.rate,
    ids.RATE_SO_SO: ratings.rate,
    ids.RATE_BAD: ratings.rate,
    f"{ids.MORE}:{ids.MORE_RATE}": ratings.open_question,
    ids.OPEN: home.open_lead,
    ids.ANSWER: asks.open_answer_form,
    ids.HOME_MORE: home.turn_page,
    ids.HOME_FIRST: home.turn_page,
    f"{ids.MORE}:{ids.MORE_ASK}": asks.open_ask_form,
    f"{ids.MORE}:{ids.MORE_FIXED}": fixes.open_fix_form,
    f"{ids.MORE}:{ids.MORE_WHY}": followups.why_me,
    f"{ids.MORE}:{ids.MORE_HISTORY}": handoffs.open_history,
    f"{ids.MORE}:{ids.MORE_SNOOZE}": snooze.open_form,
    ids.BATCH_CLAIM: batches.claim_one,
    ids.BATCH_TAKE_ON: batches.take_on_one,
    ids.BATCH_PAGE: batches.open_page,
    ids.BATCH_NEXT: batches.turn_page,
    ids.BATCH_BACK: batches.turn_page,
    ids.BATCH_WHY: batches.why_me,
    ids.BATCH_EXCUSE: batches.excuse_all,
    ids.BATCH_LEAVE: batches.leave_all,
    f"{ids.MORE}:{ids.MORE_BATCH}": batches.why,
    ids.BRIEF_MORE: briefs.open_part,
    ids.BRIEF_NEXT: briefs.turn_page,
    ids.BRIEF_FIRST: briefs.turn_page,
    f"{ids.MORE}:{ids.MORE_REASSIGN}": hands.open_form,
    ids.REASSIGN: hands.open_form,
    f"{ids.MORE}:{ids.MORE_ERASE}": erasing.open_form,
    ids.TAKE: hands.take,
    ids.NO_THANKS: hands.decline,
    ids.TAKE_ON: colleagues.take_on,
    ids.EXCUSE: escalations.excuse,
    ids.LEAVE: escalations.leave,
    f"{ids.MORE}:{ids.MORE_CANCEL_RETURN}": returns.cancel_return,
    f"{ids.MORE}:{ids.MORE_DEAL}": outcomes.open_deal_form,
    f"{ids.MORE}:{ids.MORE_UNDO}": undo.take_back,
    ids.STANDUP_POST: standup.post_now,
    ids.STANDUP_NEXT: standup.next_page,
    ids.STANDUP_BACK: standup.page_back,
    ids.STANDUP_PARK: standup.park,
    ids.STANDUP_END: standup.end,
    ids.STANDUP_ADD: standup.open_add_form,
    ids.STANDUP_DECIDE: standup.open_decision_form,
    ids.STANDUP_LEADS: standup.open_leads,
    ids.STANDUP_REST: standup.open_rest,
    ids.MINUTES_FILES: standup.send_minutes,
    ids.CALENDAR_FILE: standup.send_calendar,
    ids.ITEM_DONE: items.done,
    ids.ITEM_UNDO: items.undo,
    ids.ITEM_DECIDE: items.open_decide_form,
    ids.ITEMS_ALL: items.open_all,
    ids.ITEMS_EARLIER: items.turn_page,
    ids.ITEMS_LATER: items.turn_page,
    ids.WRITTEN_ANSWER: written.open_form,
    ids.WRITTEN_SKIP: written.skip,
    ids.DUTY_CANNOT: rota.cannot,
    ids.DUTY_SWAP: rota.open_swap_form,
}


def pressed(ack: Ack, body: dict[str, Any], context: BoltContext, respond: Respond) -> None:
    """The use case commits, then Slack is answered: "saved" is never said too early."""
    press = Press.read(desk_of(context), body, respond)
    PRESSES[press.button](press)
    home.show_lead_again(press)
    briefs.show_part_again(press)
    ack()
