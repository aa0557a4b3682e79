"""Every action_id, block_id and callback_id, once."""

ACTIONS = "lead:"
"""All our action ids start with this, so that one listener takes them all."""

CLAIM = "lead:claim"
ACCEPT = "lead:accept"
TOUCH = "lead:touch"
OUTCOME = "lead:outcome"
MORE = "lead:more"
OPEN = "lead:open"

MORE_WHY = "why"
MORE_HISTORY = "history"
MORE_SNOOZE = "snooze"

TOUCH_FORM = "lead:touch_form"
TOUCH_KIND = "touch_kind"

OUTCOME_FORM = "lead:outcome_form"
OUTCOME_KEY = "outcome_key"
OUTCOME_WORDS = "outcome_words"

SNOOZE_FORM = "lead:snooze_form"
SNOOZE_FOR = "snooze_for"
SNOOZE_UNTIL = "snooze_until"
SNOOZE_REASON = "snooze_reason"

HISTORY_VIEW = "lead:history"

CHOICE = "choice"
"""The action_id of a form's only element in its block."""
