"""Every action_id, block_id and callback_id, once."""

ACTIONS = "lead:"
"""All our action ids start with this, so that one listener takes them all."""

CLAIM = "lead:claim"
ACCEPT = "lead:accept"
TOUCH = "lead:touch"
OUTCOME = "lead:outcome"
MORE = "lead:more"
OPEN = "lead:open"
ANSWER = "lead:answer"
HOME_MORE = "lead:home_more"
HOME_FIRST = "lead:home_first"

MORE_WHY = "why"
MORE_HISTORY = "history"
MORE_ASK = "ask"
MORE_FIXED = "fixed"
MORE_CANCEL_RETURN = "cancel_return"

TOUCH_FORM = "lead:touch_form"
TOUCH_KIND = "touch_kind"
FOLLOW_UP_ON = "follow_up_on"
FOLLOW_UP_WORDS = "follow_up_words"

OUTCOME_FORM = "lead:outcome_form"
OUTCOME_KEY = "outcome_key"
OUTCOME_WORDS = "outcome_words"

ASK_FORM = "lead:ask_form"
ASK_WORDS = "ask_words"

ANSWER_FORM = "lead:answer_form"
ANSWER_WORDS = "answer_words"

FIX_FORM = "lead:fix_form"
HAND_OFF_MESSAGE = "lead:hand_off_message"
HAND_OVER_FORM = "lead:hand_over_form"
HANDED_OVER_VIEW = "lead:handed_over"
GRADE = "grade"
OWNER = "owner"

WATCH_FORM = "lead:watch_form"
WATCH_CHANNEL = "watch_channel"
WATCH_POSTER_FORM = "lead:watch_poster_form"
WATCH_POSTER = "watch_poster"
WATCH_CONFIRM_FORM = "lead:watch_confirm_form"
WATCH_LABEL = "watch_label_"
"""Of the first label; the number follows."""
LEFT_OUT = "-"
WATCHING_VIEW = "lead:watching"

HISTORY_VIEW = "lead:history"
LEAD_VIEW = "lead:lead"
TOLD_VIEW = "lead:told"

CHOICE = "choice"
"""The action_id of a form's only element in its block."""
