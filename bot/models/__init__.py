"""Every table: columns, constraints, indexes, and nothing else.

Keys lead with `team_id`, so one deployment can serve many workspaces later, and so the tables can
be distributed by it. Ids are UUIDv7 text made by us (`bot.identity`): SQLite refuses a composite
key with an autoincrement part, and they sort by time.

Two kinds of time stand side by side. Business time (`at`, `due_at`, `hold_until` …) may be set in a
sandbox; wall time (`send_at`, `first_tried_at`, everything on `Gate` and `InboxEvent`) never is.

What identifies a lead stands in `Lead` alone. `Handoff` keeps the sentences told about one hand-off
(`reason`, `last_activity`, `url`, `owner_given`, `outcome_words`, `follow_up_words`); everything
else keeps ids and codes, and is rendered anew at each send. `InboxEvent.body` is blanked after some
days.
"""

from bot.models.campaigns import Campaign, CampaignAlias, Preview, PreviewAnswer, PreviewVoice
from bot.models.definitions import DefinitionAnswer, DefinitionQuestion
from bot.models.feedback import Ask, Dispute, Verdict
from bot.models.handoffs import Arrivals, Batch, Handoff, History, Undo
from bot.models.intake import InboxEvent
from bot.models.leads import ErasedKey, Lead
from bot.models.links import Link, PersonChange
from bot.models.messages import (
    NEXT_BRIEF,
    Collected,
    Gate,
    HomeChange,
    HomeView,
    Lane,
    Message,
    MessageKind,
)
from bot.models.people import Absence, Diary, Person, UserGroup
from bot.models.quality import Flag, FlagKind, Rating, RatingValue, SecondLook, Severity
from bot.models.runs import Escalation, Offer, Run, Snooze, Step
from bot.models.standup import (
    ActionItem,
    ActionItemLine,
    Decision,
    Occurrence,
    Topic,
    WrittenAnswer,
)
from bot.models.usefulness import Usefulness
from bot.models.workspace import (
    PlaybookSignature,
    PlaybookVersion,
    Setup,
    TurnOrder,
    WatchedChannel,
    Workspace,
)

__all__ = [
    "NEXT_BRIEF",
    "Absence",
    "ActionItem",
    "ActionItemLine",
    "Arrivals",
    "Ask",
    "Batch",
    "Campaign",
    "CampaignAlias",
    "Collected",
    "Decision",
    "DefinitionAnswer",
    "DefinitionQuestion",
    "Diary",
    "Dispute",
    "ErasedKey",
    "Escalation",
    "Flag",
    "FlagKind",
    "Gate",
    "Handoff",
    "History",
    "HomeChange",
    "HomeView",
    "InboxEvent",
    "Lane",
    "Lead",
    "Link",
    "Message",
    "MessageKind",
    "Occurrence",
    "Offer",
    "Person",
    "PersonChange",
    "PlaybookSignature",
    "PlaybookVersion",
    "Preview",
    "PreviewAnswer",
    "PreviewVoice",
    "Rating",
    "RatingValue",
    "Run",
    "SecondLook",
    "Setup",
    "Severity",
    "Snooze",
    "Step",
    "Topic",
    "TurnOrder",
    "Undo",
    "Usefulness",
    "UserGroup",
    "Verdict",
    "WatchedChannel",
    "Workspace",
    "WrittenAnswer",
]
