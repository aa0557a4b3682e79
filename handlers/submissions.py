"""One listener for every form."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, BoltContext

from bot.views import ids
from bot.views.blocks import View
from handlers import (
    asks,
    away,
    byhand,
    campaigns,
    definitions,
    diary,
    disputes,
    erasing,
    fixes,
    flags,
    followups,
    hands,
    items,
    links,
    outcomes,
    playbooks,
    previews,
    rota,
    running,
    search,
    settings,
    setup,
    snooze,
    topics,
    trial,
    watching,
    written,
)
from handlers.desk import desk_of
from handlers.submission import Submission

SUBMISSIONS: dict[str, Callable[[Submission], View | None]] = {
    ids.TOUCH_FORM: followups.save_touch,
    ids.OUTCOME_FORM: outcomes.save_outcome,
    ids.SNOOZE_FORM: snooze.save,
    ids.ASK_FORM: asks.save_ask,
    ids.ANSWER_FORM: asks.save_answer,
    ids.FLAG_FORM: flags.save,
    ids.FLAG_REPLY_FORM: flags.save_reply,
    ids.FLAG_CLOSE_FORM: flags.save_change,
    ids.PREVIEW_FORM: previews.save,
    ids.PREVIEW_CONCERN_FORM: previews.save_concern,
    ids.PREVIEW_SETTLE_FORM: previews.save_settled,
    ids.PREVIEW_OFF_FORM: previews.call_off,
    ids.FIX_FORM: fixes.save_fix,
    ids.ERASE_FORM: erasing.erase,
    ids.REASSIGN_FORM: hands.offer,
    ids.HAND_OVER_FORM: byhand.hand_over,
    ids.AWAY_FORM: away.save,
    ids.DISPUTE_FORM: disputes.save,
    ids.SETTLE_FORM: disputes.settle,
    ids.CAMPAIGN_FORM: campaigns.save,
    ids.MERGE_FORM: campaigns.merge,
    ids.BOOK_ENTRY_FORM: playbooks.choose_entry,
    ids.BOOK_FORM: playbooks.save,
    ids.DEFINITION_ASK_FORM: definitions.ask,
    ids.DEFINITION_FORM: definitions.save_answer,
    ids.DEFINITION_AGREE_FORM: definitions.agree,
    ids.SETUP_FORM: setup.save,
    ids.TRIAL_FORM: trial.ask_both_sides,
    ids.WATCH_FORM: watching.choose_poster,
    ids.WATCH_POSTER_FORM: watching.show_reading,
    ids.WATCH_CONFIRM_FORM: watching.confirm,
    ids.ADD_FORM: topics.save_added,
    ids.ITEM_FORM: items.save_item,
    ids.ITEM_DECIDE_FORM: items.save_decided,
    ids.DECISION_FORM: running.save_decision,
    ids.DUTY_FORM: rota.save_swap,
    ids.WRITTEN_FORM: written.save,
    ids.LINK_FORM: links.save,
    ids.DIARY_FORM: diary.save,
    ids.SETTINGS_FORM: settings.save,
    ids.SEARCH_FORM: search.show_found,
}


def submitted(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
    """The use case commits, then the form closes, or turns into what the use case tells."""
    form = Submission.read(desk_of(context), body)
    told = SUBMISSIONS[form.form](form)
    if told:
        ack(response_action="update", view=form.acting.dressed(told))
    elif body["view"]["previous_view_id"]:
        # What lies beneath an answered form is of before; it closes too.
        ack(response_action="clear")
    else:
        ack()
