"""The stages of a hand-off, the moves between them, and who may make them."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a hand-off stands; exactly one at a time."""

    NEW = "new"
    WORKING = "working"
    QUALIFIED = "qualified"
    WON = "won"
    LOST = "lost"
    REJECTED = "rejected"
    RECYCLED = "recycled"
    EXPIRED = "expired"


OPEN = frozenset({Stage.NEW, Stage.WORKING})
"""Stages in which somebody still has to act on the lead."""


class Act(StrEnum):
    """What a person can do with a hand-off by pressing something."""

    CLAIM = "claim"
    ACCEPT = "accept"
    TOUCH = "touch"
    OUTCOME = "outcome"
    SNOOZE = "snooze"
    ASK = "ask"
    REASSIGN = "reassign"
    TAKE_ON = "take_on"
    """Take over a lead whose first touch is open, when free colleagues are asked."""
    CANCEL_RETURN = "cancel_return"
    DEAL = "deal"
    """Say whether a qualified lead was won or lost."""


MOST_HOPS = 3
"""Changes of hands by asking, after which a manager decides who has the lead."""

QUALIFIED, WON, LOST = "qualified", "won", "lost"
DEALS = frozenset({WON, LOST})
"""What a qualified lead comes to in the end."""
RESERVED_OUTCOMES = frozenset({QUALIFIED, *DEALS})
"""Outcomes every playbook has; the other outcomes are its reasons."""

DUPLICATE, ERASED = "duplicate", "erased"
"""How a hand-off ends that nobody answered: its lead was merged into another, or erased."""

_STAGE_OF = {QUALIFIED: Stage.QUALIFIED, WON: Stage.WON, LOST: Stage.LOST}


def stage_after(outcome: str, *, returns: bool = False) -> Stage:
    """The stage an outcome leads to: a reason of the playbook means rejected, or recycled when the
    lead is to come back."""
    return _STAGE_OF.get(outcome, Stage.RECYCLED if returns else Stage.REJECTED)


def touched(stage: Stage) -> Stage:
    """The stage after a touch: a new lead is now worked on, any other stays where it is."""
    return Stage.WORKING if stage is Stage.NEW else stage


FOR_SALES = "Only sales can press this; you will read the outcome here."


@dataclass(frozen=True)
class Standing:
    """How one person stands to one hand-off."""

    is_listed: bool
    is_actor: bool = False
    manages_actor: bool = False
    sells: bool = False
    """Has the role rep, or manages on the sales side."""
    is_admin: bool = False
    hops: int = 0
    """How often the hand-off was reassigned."""
    markets: bool = False
    """Has the role marketer, or manages on the marketing side."""
    took_it_on: bool = False
    """Was named when the lead was qualified, as the one who goes on with it."""


def why_not(act: Act, standing: Standing, *, in_queue: bool, is_overdue: bool) -> str | None:
    """The sentence that refuses `act`, or None when it is allowed.

    From the table of product rights: the actor and their manager always; another rep once the
    first touch is overdue; anybody who sells may claim what nobody has. Reassigning is for the
    actor, their manager and an admin; marketing cancels a return.
    """
    if not standing.is_listed:
        return "You can read here; to press this, ask your admin to list you in the playbook."
    if act is Act.CANCEL_RETURN:
        return None if standing.markets else "Only marketing can cancel a return."
    if act is Act.REASSIGN:
        return _why_not_reassign(standing, in_queue=in_queue)
    if act is Act.DEAL:
        return _why_not_deal(standing, in_queue=in_queue)
    if not _is_of_sales(standing):
        return FOR_SALES
    if act is Act.CLAIM:
        return None if in_queue else "This lead already has somebody."
    if in_queue:
        return "Nobody has this lead yet: press Claim first."
    if standing.is_actor or standing.manages_actor:
        return None
    return _NOT_FOR_OTHERS.get(act) or _why_not_yet(act, is_overdue=is_overdue)


def _why_not_yet(act: Act, *, is_overdue: bool) -> str | None:
    if is_overdue or act is Act.TAKE_ON:
        return None
    return "This lead is somebody else's until its first touch is due."


_NOT_FOR_OTHERS = {
    Act.SNOOZE: "Only the one who has this lead, or their manager, can snooze it.",
}
"""Why nobody else may do it, however long the first touch is overdue."""


def why_not_marketing(*, is_listed: bool, markets: bool) -> str | None:
    """The sentence that refuses what marketing alone does, or None when it is allowed."""
    if not is_listed:
        return "You can read here; to press this, ask your admin to list you in the playbook."
    return None if markets else "Only marketing can press this."


def _is_of_sales(standing: Standing) -> bool:
    return standing.sells or standing.is_actor or standing.manages_actor


def _why_not_deal(standing: Standing, *, in_queue: bool) -> str | None:
    if standing.took_it_on:
        return None
    if not _is_of_sales(standing):
        return FOR_SALES
    # A lead the CRM qualified in the queue has no actor to ask.
    if in_queue or standing.is_actor or standing.manages_actor:
        return None
    return "This is for those who qualified the lead or took it on."


def _why_not_reassign(standing: Standing, *, in_queue: bool) -> str | None:
    if in_queue:
        return "Nobody has this lead yet: a rep can claim it."
    if standing.manages_actor or standing.is_admin:
        return None
    if not standing.is_actor:
        return "Only whoever has this lead, their manager or an admin can ask somebody else."
    if standing.hops >= MOST_HOPS:
        return f"It changed hands {standing.hops} times already; ask your manager who takes it."
    return None
