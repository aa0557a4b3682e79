"""Why a message reaches its reader, as the last line of what it says."""

from bot.views.blocks import Block, Post, context, escape

NAMED_TO_GO_ON = "the outcome names you as who goes on with this lead"
NAMED_AS_HAVING_IT = "the outcome names you as who had this lead before"
ASKED_A_COLLEAGUE = "you asked a colleague to take this lead"
HEARD_OF_IT_BEFORE = "you were told of the answer that was taken back"
HAD_THE_LEAD = "you had this lead until the CRM named another owner"
HAS_THE_LEAD = "you have this lead, or had a hand in it"
RAISED_THE_FLAG = "you raised this flag"
RATED_ITS_LEADS = "you rated leads of this campaign bad"
HAS_OPEN_LEADS = "you have open leads of this campaign; you hear of a flag once"
PUT_THE_PREVIEW = "you put this campaign to sales"
ANSWERS_FOR_IT = "you answer for this campaign"
A_SECOND_VIEW = "you sell and had no part in this lead, and few people have rated its campaign"
ASKED_MARKETING = "you asked"
WAS_AWAY = "you were away"
READS_FOR_MARKETING = "you read for marketing what became of its leads"
SETTLES = "you are the liaison, who settles disputes"
STANDS_IN_FOR_LIAISON = "no liaison is there, and you stand in"
OPENED_THE_DISPUTE = "you opened the dispute"
RECORDED_THE_OUTCOME = "you recorded the outcome"
SET_UP_THE_WATCH = "you had me watch this channel"
TAKES_A_TURN = "it goes round, and it was your turn longest ago"
LED_THE_STANDUP = "you led this stand-up"
IS_THE_LIAISON = "you are the liaison"
ATTENDS = "you attend this meeting, by the playbook's `[[meetings]]`"
LOOKS_AFTER = "you look after me as an admin of the playbook"
OWNS_THE_WORKSPACE = "you own the workspace, and the playbook lists no admin who is here"

SETS_UP = "you set me up for this workspace"
HEADS_A_SIDE = "you head your side, and both heads agree before the trial ends"
SAYS_FOR_A_SIDE = "you head your side, and both sides are asked what the word means to them"
TOLD_OF_AN_ABSENCE = "your calendar or your Slack status tells of it"
GAVE_THE_CALENDAR = "you gave me this calendar in `/liaison settings`"


def of_a_brief(cap: int) -> str:
    return (
        f"one brief opens your working day, and takes what is beyond {cap:,} messages a day "
        "(`[attention] cap` in the playbook)"
    )


def answers_for_the_campaign(days: int) -> str:
    return f"you answer for the campaign; marketing answers within {days} working days"


def manages_who_was_asked(name: str, days: int) -> str:
    return f"you manage {escape(name)}, who was asked; after {days} working days you read it too"


def asked_before_launch(name: str) -> str:
    return f"{escape(name)} chose you as one of those who are asked before the launch"


def entered_for_you(name: str) -> str:
    return f"{escape(name)} entered this absence of yours"


def covers_for(name: str) -> str:
    return f"you cover for {escape(name)}"


def covered_for(name: str) -> str:
    return f"you had leads of {escape(name)} meanwhile"


def offered_by(name: str) -> str:
    return f"{escape(name)} chose you; it stays where it is until you press Take"


def decides(per_cent: int | None) -> str:
    """`per_cent` of the clock, at which the ladder has its step to the manager."""
    at = f" from {per_cent} % of its clock on (`[[ladder]]` in the playbook)" if per_cent else ""
    return f"you decide about a first touch that is open{at}"


def is_a_rest(post: Post) -> bool:
    """Whether it is the one line that is left of a message that is over."""
    return len(post.blocks) == 1 and post.blocks[0]["type"] == "context"


def with_why(post: Post, why: str) -> Post:
    """Above what can be pressed, so that buttons stay last; on the line of the note there, where it
    has one, so that a message gets no longer."""
    line = f"Why you: {why}."
    blocks = list(post.blocks)
    place = len(blocks)
    while place and blocks[place - 1]["type"] == "actions":
        place -= 1
    note = _note(blocks[place - 1]) if place else ""
    if note and post.text.endswith(note):
        blocks[place - 1] = context(f"{note} · {line}")
        return Post(f"{post.text} · {line}", blocks)
    blocks.insert(place, context(line))
    return Post(f"{post.text}\n{line}", blocks)


def _note(block: Block) -> str:
    """What a line of context says; empty for anything else."""
    return str(block["elements"][0]["text"]) if block["type"] == "context" else ""
