"""Slack listeners: parse, one use case, acknowledge. At most ten with Bolt; the rest are dicts."""

import re

from slack_bolt import App

from bot.views import ids
from handlers import commands, errors, inbox, presses, shortcuts, submissions
from handlers.desk import Desk


def register(app: App, desk: Desk) -> None:
    """Bind every listener. `desk` reaches them through Bolt's context."""
    app.use(desk.into_context)
    app.use(inbox.store_before_ack)
    app.action(re.compile(rf"^(lead:|{ids.CHOICE}$)"))(presses.pressed)
    app.view(re.compile(r"^lead:"))(submissions.submitted)
    app.shortcut(re.compile(r"^lead:"))(shortcuts.chosen)
    app.command(re.compile(r"^/"))(commands.typed)
    app.error(errors.answer)
