"""Which rule of the playbook sent a lead where, in words."""

from collections.abc import Mapping

from bot.models import Handoff, Person, Run
from bot.views.blocks import escape, foreign

BY_TURN = frozenset({"rule", "round_robin"})
"""Why a run began, where routing found its actor."""


def rule_words(routed: Mapping[str, str]) -> str:
    """`rule 2: country DE, grade A → DACH`; escaped."""
    because = foreign(routed["because"], 150)
    group = f" → {foreign(routed['group'], 80)}" if routed.get("group") else ""
    return f"rule {routed['rule']}: {because}{group}"


def routed_line(handoff: Handoff, run: Run | None, actor: Person | None) -> str | None:
    """For everybody; None when no rule sent it where it is now."""
    routed = handoff.routed
    if not routed:
        return None
    rule = rule_words(routed)
    nobody = f"Nobody was free by {rule}"
    if run is None or actor is None:
        if handoff.runs:
            return None
        return f"{nobody}." if routed.get("found") else f"Left in the queue by {rule}."
    if run.why not in BY_TURN:
        return None
    name = escape(actor.name)
    if run.why == "round_robin":
        return f"{nobody}; of all reps {name} was next."
    return f"Routed by {rule}; {name} {'was next' if routed.get('group') else 'has the account'}."


def by_which_rule(routed: Mapping[str, str]) -> str:
    """The end of a sentence of the history; empty when no rule had a say."""
    if not routed.get("rule"):
        return ""
    way = "as nobody was free by" if routed.get("found") else "by"
    return f", {way} {rule_words(routed)}"


def why_routed(routed: Mapping[str, str], *, you: bool) -> str:
    """How a run came to its actor by a rule, who is the reader or not."""
    was_next = "you were next" if you else "they were next"
    has_it = "the account is yours" if you else "the account is theirs"
    return f"of {rule_words(routed)}, and {was_next if routed.get('group') else has_it}"
