"""Slack listeners: parse, one use case, acknowledge. At most ten with Bolt; the rest are dicts."""

import re

from slack_bolt import App

from handlers import errors, inbox, presses, submissions
from handlers.desk import Desk
from handlers.home import LEAD_COMMAND, lead_command


def register(app: App, desk: Desk) -> None:
    """Bind every listener. `desk` reaches them through Bolt's context."""
    app.use(desk.into_context)
    app.use(inbox.store_before_ack)
    app.action(re.compile(r"^lead:"))(presses.pressed)
    app.view(re.compile(r"^lead:"))(submissions.submitted)
    app.command(LEAD_COMMAND)(lead_command)
    app.error(errors.answer)
