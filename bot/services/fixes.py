"""A lead that was turned down for its data is put right by marketing and sent back, once."""

import re
from collections.abc import Mapping

from sqlalchemy.orm import Session

from bot import queries
from bot.core.history import Line
from bot.core.lifecycle import Stage, why_not_marketing
from bot.errors import BadField, NotAllowed, TooLate, Unknown
from bot.liaison import Liaison
from bot.models import Handoff, Lead, Person
from bot.queries import HandoffFacts
from bot.services.handoffs import changed, note
from bot.services.reopening import hand_out, reopen
from bot.views.fixes import FIELDS, WHY

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def look_to_fix(liaison: Liaison, handoff_id: str, by: str) -> HandoffFacts:
    """The hand-off, for the form; refuses before rather than after."""
    with liaison.reading() as tx:
        facts = queries.facts(tx, liaison.team_id, handoff_id)
        _authorise(tx, liaison, facts.handoff, by)
        return facts


def send_back(liaison: Liaison, handoff_id: str, by: str, given: Mapping[str, str | None]) -> None:
    """Reopen the same hand-off with what was put right; `given` by the names of `FIELDS`.

    It goes to whoever had it last, on a run with an allowance of its own. That is a new promise,
    made by marketing's own doing, so it has a due time of its own too.
    """
    fixed = _checked(given)
    now = liaison.now()
    with liaison.transaction() as tx:
        queries.lock_lead(tx, liaison.team_id, handoff_id)
        handoff = queries.handoff_to_change(tx, liaison.team_id, handoff_id)
        _authorise(tx, liaison, handoff, by)
        lead = tx.get_one(Lead, (liaison.team_id, handoff.lead_id))
        for name, value in fixed.items():
            setattr(handoff if name == WHY else lead, name, value)
        tx.add(lead)
        last = handoff.actor_id and tx.get(Person, (liaison.team_id, handoff.actor_id))
        reopen(handoff)
        handoff.fixed_at = now
        note(tx, handoff, Line.SENT_BACK, now, by=by, facts={"fixed": ", ".join(fixed)})
        hand_out(tx, liaison, handoff, last or None, "fixed", now)
        changed(tx, liaison, handoff)


def _checked(given: Mapping[str, str | None]) -> dict[str, str]:
    """What was filled in. Raises `BadField` when that is nothing, or no address."""
    fixed = {name: " ".join(words.split()) for name, words in given.items() if words}
    fixed = {name: words for name, words in fixed.items() if words and name in FIELDS}
    if not fixed:
        raise BadField(next(iter(FIELDS)), "Fill in what was wrong or missing.")
    if "email" in fixed and not _ADDRESS.fullmatch(fixed["email"]):
        raise BadField("email", "Write an address such as jane@example.org.")
    return fixed


def _authorise(tx: Session, liaison: Liaison, handoff: Handoff, by: str) -> None:
    person = tx.get(Person, (liaison.team_id, by))
    listed = person is not None and person.is_active and queries.is_listed(person)
    markets = person is not None and queries.markets(person)
    if sentence := why_not_marketing(is_listed=listed, markets=markets):
        raise NotAllowed(sentence)
    if handoff.fixed_at:
        raise TooLate("It was sent back once already.")
    if handoff.stage is not Stage.REJECTED or not liaison.playbook.is_returnable(handoff.outcome):
        raise NotAllowed("Only a lead that was turned down for its data can be sent back fixed.")
    if tx.get_one(Lead, (liaison.team_id, handoff.lead_id)).erased_at:
        raise Unknown
    latest = queries.latest_handoff(tx, liaison.team_id, handoff.lead_id)
    if latest and latest.id != handoff.id:
        raise TooLate("This lead was handed over again since; the newer card is the one to follow.")
