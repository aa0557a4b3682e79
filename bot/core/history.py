"""What the lines of a hand-off's history tell."""

from enum import StrEnum


class Line(StrEnum):
    """A kind of line; its value is what is stored.

    Each says of itself whether the hand-off is another one since: then an answer given before it
    cannot be taken back any more. What only was said or noted stands in nobody's way.
    """

    changes: bool
    """Whether an answer from before it can no longer be taken back."""

    def __new__(cls, value: str, changes: bool) -> "Line":  # noqa: FBT001  # a member's own table
        line = str.__new__(cls, value)
        line._value_ = value
        line.changes = changes
        return line

    HANDED_OVER = "handed_over", True
    IMPORTED = "imported", True
    ROUTED = "routed", True
    HAS_ACCOUNT = "has_account", True
    NO_ROOM = "no_room", True
    QUEUED = "queued", True
    SHOWN = "shown", False
    GATHERED = "gathered", False
    CLAIMED = "claimed", True
    TOOK_ON = "took_on", True
    ACCEPTED = "accepted", True
    TOUCHED = "touched", True
    OUTCOME = "outcome", True
    GOT_IT = "got_it", True
    HAD_IT = "had_it", True
    RATED = "rated", False
    OUTCOME_STANDS = "outcome_stands", False
    REOPENED = "reopened", True
    RELABELLED = "relabelled", True
    UNDONE = "undone", True

    NUDGED = "nudged", False
    ASKED_AROUND = "asked_around", False
    ESCALATED = "escalated", False
    EXCUSED = "excused", True
    LEFT = "left", True
    SNOOZED = "snoozed", True

    OFFERED = "offered", True
    REASSIGNED = "reassigned", True
    DECLINED = "declined", True
    COVERED = "covered", True
    STAYS = "stays", False
    KEPT = "kept", True
    BACK = "back", True

    ASKED = "asked", True
    ASK_OPEN = "ask_open", False
    ANSWERED = "answered", True
    SENT_BACK = "sent_back", True

    GIVEN_BACK = "given_back", True
    EXPIRED = "expired", True
    RETURNED = "returned", True
    CAME_AGAIN = "came_again", True
    RETURN_CANCELLED = "return_cancelled", True
    STAYS_AWAY = "stays_away", True

    CAME_BACK = "came_back", True
    OLDER_ACT = "older_act", False
    OLDER_OUTCOME = "older_outcome", False
    REFUSED = "refused", False
    CRM_TOUCHED = "crm_touched", True
    CRM_CONTACT = "crm_contact", True
    CRM_UPDATED = "crm_updated", True
    CRM_OWNER = "crm_owner", True
    LINKED = "linked", True
    CRM_MERGED = "crm_merged", True
    CRM_DUPLICATE = "crm_duplicate", True
    MEETING_SET = "meeting_set", True
    MEETING_OFF = "meeting_off", True
    ERASED = "erased", True
