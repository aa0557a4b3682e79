"""What Slack has to show: messages, App Homes, and its limits."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from bot.models.columns import CHURNS, codes, due_index, points_to


class MessageKind(StrEnum):
    CARD = "card"
    LEAD_DM = "lead_dm"
    NUDGE = "nudge"
    NOTE = "note"
    """A line of a hand-off's history, told to one person."""
    BRIEF = "brief"
    """The one message that opens a person's working day."""
    FLAG = "flag"
    """A warning about a campaign, told to who answers for it."""
    FLAG_HINT = "flag_hint"
    """The same, told to who has open leads of it."""
    FLAG_NEWS = "flag_news"
    """What marketing says to a flag, told to who raised it or rated the campaign's leads bad."""
    PREVIEW = "preview"
    """A campaign before its launch, shown to one of those who are asked."""
    PREVIEW_STATE = "preview_state"
    """What they said so far, told to who answers for the campaign."""
    PREVIEW_ALERT = "preview_alert"
    """Concerns that are open at the deadline, told to the same."""
    PREVIEW_NEWS = "preview_news"
    """A concern was dealt with, or the preview called off; told to who was asked."""
    SECOND_LOOK = "second_look"
    """A rep is asked about a lead that a colleague rated."""
    ASK = "ask"
    ANSWER = "answer"
    AWAY = "away"
    """An absence, told to whoever covers, and to its person when a manager entered it."""
    BACK = "back"
    """What became of the leads of somebody who was away."""
    OFFER = "offer"
    """A lead offered to one colleague."""
    ANYONE = "anyone"
    """A reply to the card that asks free colleagues."""
    MANAGER_LIST = "manager_list"
    """What one manager has to decide, once a day."""
    FOLLOW_UP = "follow_up"
    """The next step falls today."""
    DIGEST = "digest"
    """Lines of several hand-offs' history, told to one person in one message a day."""
    BATCH_CARD = "batch_card"
    """The one message of a batch in the channel."""
    BATCH_LIST = "batch_list"
    """An actor's leads of a batch, in work order."""
    BATCH_NUDGE = "batch_nudge"
    """The open first touches of an actor in a batch, once a day."""
    BATCH_ANYONE = "batch_anyone"
    """A reply to a batch's card that asks free colleagues, once a day."""
    DISPUTE = "dispute"
    """A contested outcome, to the liaison."""
    DEFINITION = "definition"
    """The head of one side is asked what a word means."""
    DEFINITION_BOTH = "definition_both"
    """Both sides have said so; told to both heads."""
    SETTLED = "settled"
    """How a dispute ended, to one of its two sides."""
    WON = "won"
    """A lead was won: the channel reads of it."""
    CAMPAIGN = "campaign"
    """A report on campaigns, posted to a channel."""
    REPORT = "report"
    """The two-way board, posted to a channel."""
    UNREAD = "unread"
    """A watched channel's message could not be read as a lead; told to who set it up."""
    AGENDA = "agenda"
    """The one message of a stand-up: its agenda, the running of it, and why it was skipped."""
    STANDUP_START = "standup_start"
    """The short note when it begins, with the link of the call."""
    MINUTES = "minutes"
    ITEMS = "items"
    """Somebody's action items, posted to a channel."""
    DUTY = "duty"
    """Whose turn it is to lead a stand-up, or to come along."""
    LOOSE = "loose"
    """Action items nobody had, told to whoever led the stand-up."""
    NO_STANDUP = "no_standup"
    """For two weeks no stand-up took place; told to the liaison."""
    INVITATION = "invitation"
    """When a stand-up takes place every week, told to whoever attends it."""
    WRITTEN_ASK = "written_ask"
    """The questions of a stand-up that is held in writing."""
    ADDED = "added"
    """What somebody asked to have on the agenda stands there; a reply to their message."""
    SETUP = "setup"
    """Setting the app up, step by step; edited in place, and later the panel of the trial."""
    AGREE = "agree"
    """The head of a side is asked to agree, so that the trial ends."""
    TROUBLE = "trouble"
    """Slack does not take our messages somewhere; told to the admins."""
    SUGGESTION = "suggestion"
    """Which kind of message is of little use; told to the admins."""
    LEAVE = "leave"
    """An absence that somebody's calendar or Slack status told of, told to them."""
    DIARY = "diary"
    """Whether the calendar somebody gave can be read."""
    LINK = "link"
    """Whether somebody is the owner a CRM names; asked of them."""
    UNLINKED = "unlinked"
    """Owners nobody here is, and people who moved or left; told to the admins."""


NEXT_BRIEF = "next"
"""In place of a brief's id: its recipient's next one."""


class Lane(StrEnum):
    """Who goes first through a gate. The values sort."""

    ACT = "1_act"
    STEP = "2_step"
    BULK = "3_bulk"


_REPLIES = text("parent_id IS NOT NULL")


class Message(SQLModel, table=True):
    """One lasting Slack message: what it is about, where it stands, what Slack still has to hear.

    A message waits for Slack while `send_at` is set: first to be posted (`ts` is None), later to be
    edited (`revision > shown_revision`). While somebody is sending it, `send_at` is the end of
    their lease, so a message of a dead process comes back by itself. `is_unclear` is set before a
    post leaves and cleared when its fate is known: a message that comes back unclear is looked for
    in Slack's history before it is sent again.
    """

    __table_args__ = (
        UniqueConstraint("team_id", "key", name="uq_message_key"),
        Index("ix_message_subject", "team_id", "subject_id"),
        due_index("ix_message_waiting", "team_id", "gate", "lane", "id", "send_at"),
        due_index("ix_message_send_at", "team_id", "send_at"),
        due_index("ix_message_held", "team_id", "hold_until"),
        due_index("ix_message_judge", "team_id", "judge_at"),
        due_index("ix_message_settled", "team_id", "recipient_id", "settled_at"),
        due_index("ix_message_brief", "team_id", "recipient_id", "brief_id"),
        Index(
            "ix_message_replies",
            "team_id",
            "parent_id",
            "id",
            sqlite_where=_REPLIES,
            postgresql_where=_REPLIES,
        ),
        CHURNS,
    )

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    key: str
    """Why it is sent, once: `card:<handoff>`, `nudge:<handoff>:<run>:<step>:<recipient>` …"""
    kind: MessageKind = Field(sa_type=codes(MessageKind))
    subject_id: str
    """The hand-off or batch it shows; the flag, absence, channel, person or stand-up it tells of;
    the reader of a list, a digest or a brief."""
    run: int | None = None
    """The run it belongs to; None when it belongs to the whole hand-off."""
    step: int | None = None
    about: str | None = None
    """A note's line of history, an offer, a question, a follow-up's day, the instant a brief was
    written, Slack's word for what is wrong; else None."""
    recipient_id: str | None = None
    """The person whose DM it goes to; None = `channel` is a channel."""
    channel: str | None = None
    """Where it stands; for a DM None until the conversation is open."""
    parent_id: str | None = None
    """The message it replies to; it waits until that one has a ts."""
    thread_ts: str | None = None
    """The ts of somebody else's message that it replies to."""
    lane: Lane = Field(sa_type=codes(Lane))
    gate: str
    """Which limit it has to pass next: `post:<channel or person>`, later `chat.update`."""
    hold_until: datetime | None = None
    """Business time before which it may not go out: the recipient's next opening."""
    send_at: datetime | None = None
    lease: str | None = None
    """The sender's token; a late answer of an older sender is recognised by it and ignored."""
    is_unclear: bool = False
    attempts: int = 0
    first_tried_at: datetime | None = None
    posts: int = 0
    """How often it was posted anew, because an edit was refused for good."""
    ts: str | None = None
    revision: int = 1
    shown_revision: int = 0
    shown_digest: str | None = None
    """Hash of what Slack shows, so that an edit that changes nothing costs no call."""
    dropped: str | None = None
    """Why it will never be sent: no longer wanted, told in the brief, or Slack's refusal."""
    brief_id: str | None = None
    """The brief that tells it instead, `NEXT_BRIEF` until one does; None = it stands for itself."""
    meant_for: str | None = None
    """In a trial: the person or channel it would have gone to; it stands with who plays them."""
    is_answer: bool = False
    """Its recipient asked for it by a press: it is not counted, and no cap keeps it back."""
    settled_at: datetime | None = None
    """Business time at which Slack first showed it, or at which it was dropped."""
    judge_at: datetime | None = None
    """When it is looked at whether its reader acted on it; None = nobody reads it yet, or done."""


class HomeView(SQLModel, table=True):
    """A person's App Home as Slack shows it."""

    __tablename__ = "home_view"

    team_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    opened_at: datetime
    """Wall time; a Home is kept up to date for a day after it."""
    pages: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """The page shown of each section, counted from 0; what is not named shows its first."""
    hash: str | None = None
    """Slack's, of what it shows; publishing over something newer is refused by it."""
    digest: str | None = None
    """Ours, of the same, so that a change the person does not see costs no call."""


class HomeChange(SQLModel, table=True):
    """A hand-off changed, and Homes that show it are out of date; gone once they are published."""

    __tablename__ = "home_change"
    __table_args__ = (CHURNS,)

    team_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    handoff_id: str
    in_queue: bool
    """Whether it is in the queue, or just left it: then everybody's Home shows it."""
    for_good: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether it was erased: then Homes that nobody has opened for long follow too."""


class Collected(SQLModel, table=True):
    """A line of history that a digest tells among others."""

    __table_args__ = (points_to("message", "message_id"), points_to("history", "line_id"))

    team_id: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    line_id: str = Field(primary_key=True)


class Gate(SQLModel, table=True):
    """A limit of Slack's, shared by every process: the next second a message may pass."""

    __table_args__ = (CHURNS,)

    team_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    next_at: datetime
