"""What somebody sets about their own messages: the form, and what it became."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.core.settings import Wishes
from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    checks,
    context,
    escape,
    field,
    line_field,
    modal,
    radios,
    section,
    static_select,
)

AT_ONCE, IN_BRIEF = "at_once", "in_brief"
TEAM = "team"
NAMED, WEEK = "named", "week"
FOLLOW = "follow"
_CAPS = (10, 6, 4, 2, 1)
_NOTHING_CHOSEN = Wishes()


@dataclass(frozen=True)
class Own:
    """What somebody chose, beside what holds for everybody who chose nothing."""

    wishes: Wishes
    hot: Sequence[str]
    """The grades the team tells at once; empty = none."""
    cap: int
    """Messages a day, as the team agreed."""
    zone: str


def form(own: Own) -> View:
    """Each setting with what it means; reset stands first, so that it is found."""
    wishes = own.wishes
    blocks: list[Block] = [
        section("How much of your day I may take. Only you and the admins can see it."),
        *([_reset()] if wishes != _NOTHING_CHOSEN else []),
        *([_hot(own)] if own.hot else []),
        _cap(own),
        field(
            ids.SETTINGS_QUIET,
            "Quiet times within your working hours",
            line_field(ids.CHOICE, most=80, initial=wishes.quiet),
            optional=True,
            hint="Such as 12:00-13:00, 16:00-17:00. Messages wait until then; due times do not "
            "move.",
        ),
        _follow(wishes),
        _pleasant(wishes),
        section(
            "*Your calendar*: I can read from it when you are away.",
            button("Calendar…", ids.DIARY_OPEN, TEAM),
        ),
    ]
    return modal(ids.SETTINGS_FORM, "Your messages", blocks, submit="Save")


def _reset() -> Block:
    return actions("reset", button("Back to the team’s settings", ids.SETTINGS_RESET, TEAM))


def _hot(own: Own) -> Block:
    grades = _grades(own.hot)
    options = [
        (f"Each as it comes, as the team agreed ({grades})", AT_ONCE),
        ("In my morning brief", IN_BRIEF),
    ]
    chosen = IN_BRIEF if own.wishes.hot_in_brief else AT_ONCE
    hint = "In the brief they reach you the next working morning; their clock does not wait."
    choice = radios(ids.CHOICE, options, chosen)
    return field(ids.SETTINGS_HOT, "New hot leads", choice, hint=hint)


def _cap(own: Own) -> Block:
    chosen = TEAM if own.wishes.cap is None else str(own.wishes.cap)
    options = [(f"As the team agreed ({own.cap})", TEAM)]
    options += [(f"At most {most}", str(most)) for most in _CAPS]
    options.append(("None but my brief", "0"))
    return field(
        ids.SETTINGS_CAP,
        "Messages a day",
        static_select(ids.CHOICE, options, chosen),
        hint="What is beyond it stands together in your next brief.",
    )


def _follow(wishes: Wishes) -> Block:
    options = [("Follow my Slack status and Do Not Disturb", FOLLOW)]
    hint = "Vacationing or out sick makes you away; Do Not Disturb holds messages until it ends."
    choice = checks(ids.CHOICE, options, {FOLLOW} if wishes.follows_slack else ())
    return field(ids.SETTINGS_FOLLOW, "Slack", choice, optional=True, hint=hint)


def _pleasant(wishes: Wishes) -> Block:
    options = (
        ("Name me where the channel reads of a win", NAMED),
        ("On Fridays, say what went well in my week", WEEK),
    )
    chosen = {NAMED} if not wishes.is_unnamed else set()
    chosen |= set() if wishes.skips_week else {WEEK}
    choice = checks(ids.CHOICE, options, chosen)
    return field(ids.SETTINGS_PLEASANT, "Something pleasant", choice, optional=True)


def saved(before: Own, after: Own) -> View:
    """What holds from now on; Undo brings back what was before."""
    undo = button("Undo", ids.SETTINGS_UNDO, TEAM)
    change = button("Change…", ids.SETTINGS_OPEN, TEAM)
    is_same = before.wishes == after.wishes
    blocks = [
        section("Nothing was changed." if is_same else "Saved. It holds for what waits already."),
        section("\n".join(f"• {line}" for line in lines(after))),
        actions("saved", *([] if is_same else [undo]), change),
        context("Your due times, and what marketing was promised, are as before."),
    ]
    about = json.dumps(asdict(before.wishes))
    return modal(ids.SETTINGS_SAVED, "Your messages", blocks, submit=None, about=about)


def lines(own: Own) -> list[str]:
    """Each setting in a sentence."""
    wishes = own.wishes
    hot = f"New leads of grade {_grades(own.hot)} reach you as they come."
    if wishes.hot_in_brief or not own.hot:
        hot = "New leads reach you in your morning brief."
    cap = "I write you nothing but your brief."
    if wishes.cap != 0:
        most = own.cap if wishes.cap is None else wishes.cap
        whose = ", as the team agreed" if wishes.cap is None else ""
        cap = f"I write at most {most} messages a day{whose}."
    zone = escape(own.zone)
    quiet = f"Quiet {wishes.quiet} ({zone})." if wishes.quiet else "No quiet times of your own."
    named = "without" if wishes.is_unnamed else "with"
    week = "says nothing of" if wishes.skips_week else "says what went well in"
    follows = "I follow" if wishes.follows_slack else "I do not follow"
    return [
        hot,
        cap,
        quiet,
        f"{follows} your Slack status and Do Not Disturb.",
        f"The channel reads of wins {named} your name.",
        f"On Fridays your brief {week} your week.",
    ]


def chosen(wishes: Wishes) -> list[str]:
    """What differs from the team's, in a few words each, for an admin's list."""
    cap = "no message but the brief" if wishes.cap == 0 else f"{wishes.cap} messages a day"
    said = {
        "hot leads in the brief": wishes.hot_in_brief,
        cap: wishes.cap is not None,
        f"quiet {wishes.quiet}": bool(wishes.quiet),
        "no name in wins": wishes.is_unnamed,
        "no Friday line": wishes.skips_week,
        "follows Slack": wishes.follows_slack,
    }
    return [words for words, is_so in said.items() if is_so]


def remembered(about: str) -> Wishes:
    """What the saved view remembers of before."""
    return Wishes(**json.loads(about))


def _grades(grades: Sequence[str]) -> str:
    if len(grades) < 2:
        return "".join(grades)
    return f"{', '.join(grades[:-1])} and {grades[-1]}"
