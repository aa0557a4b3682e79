"""A stand-up in the channel: one message that is its agenda, then the running of it."""

from collections.abc import Iterator

from bot.core.standup import State
from bot.models import Occurrence
from bot.playbook import Playbook
from bot.views import ids
from bot.views.agenda import (
    Agenda,
    about,
    headline_of,
    leads_value,
    outcomes,
    part_one,
    part_three,
    part_two,
    title,
    top,
    when_and_who,
)
from bot.views.blocks import (
    Block,
    Post,
    View,
    actions,
    button,
    context,
    escape,
    foreign,
    header,
    modal,
    section,
    text_field,
    when,
)
from bot.views.blocks import field as form_field
from bot.views.items import day

DECISION_WORDS = 300


def post(agenda: Agenda, playbook: Playbook) -> Post:
    """The message as the meeting stands now."""
    state = agenda.occurrence.state
    if state is State.SKIPPED:
        return _line(skipped(agenda))
    if state is State.MISSED:
        return _line(_missed(agenda))
    if state is State.CLOSED:
        return _line(f"{title(agenda.occurrence)} is over; its minutes stand below.")
    if state is State.RUNNING and not agenda.occurrence.is_async:
        return _running(agenda, playbook)
    return _announced(agenda, playbook)


def _line(sentence: str) -> Post:
    return Post(sentence, [context(sentence)])


def skipped(agenda: Agenda) -> str:
    """Why there is none, and what that saves."""
    on = day(agenda.occurrence.day)
    if agenda.skipped_by:
        why = foreign(agenda.occurrence.reason or "", 300)
        return f"No stand-up on {on}, says {escape(agenda.skipped_by.name)}: {why}"
    if agenda.occurrence.reason:
        return f"No stand-up on {on}: {foreign(agenda.occurrence.reason, 300)}"
    people = agenda.people
    saved = f"{agenda.meeting.minutes} minutes"
    whom = f" for each of {people} people" if people > 1 else ""
    return f"No stand-up on {on}: nothing is open. That saves {saved}{whom}."


def _missed(agenda: Agenda) -> str:
    on = day(agenda.occurrence.day)
    return (
        f"The stand-up of {on} went by while I was not running. What was open is on the next "
        "agenda."
    )


def _announced(agenda: Agenda, playbook: Playbook) -> Post:
    blocks, lines = top(agenda)
    for block_list, said in (part_one(agenda), part_two(agenda, playbook), part_three(agenda)):
        blocks += block_list
        lines += said
    blocks.append(actions("run", *_announced_buttons(agenda.occurrence)))
    return Post("\n".join(lines), blocks)


def _announced_buttons(occurrence: Occurrence) -> Iterator[Block]:
    if not occurrence.is_async:
        yield button("Start", ids.STANDUP_NEXT, f"{occurrence.id}:-1", style="primary")
    yield button("Add…", ids.STANDUP_ADD, occurrence.id)
    if occurrence.state is State.RUNNING:
        yield button("Decision…", ids.STANDUP_DECIDE, occurrence.id)


def draft(agenda: Agenda, playbook: Playbook, *, may_post: bool) -> Post:
    """What would be posted now, for whoever asks."""
    push = f"Draft of the stand-up of {day(agenda.occurrence.day)}"
    blocks, lines = [header(push)], [push]
    if agenda.is_empty:
        lines.append(
            f"Nothing is open; it skips itself unless something comes until "
            f"{when(agenda.occurrence.begins_at)}."
        )
        blocks.append(section(lines[-1]))
    else:
        lines.append(when_and_who(agenda))
        blocks.append(context(lines[-1]))
        for block_list, said in (part_one(agenda), part_two(agenda, playbook)):
            blocks += block_list
            lines += said
    buttons = [button("Add…", ids.STANDUP_ADD, agenda.occurrence.id)]
    if may_post and not agenda.is_empty:
        post_it = button("Post to channel", ids.STANDUP_POST, agenda.occurrence.id, style="primary")
        buttons.insert(0, post_it)
    return Post("\n".join(lines), [*blocks, actions("draft", *buttons)])


def _running(agenda: Agenda, playbook: Playbook) -> Post:
    """One item at a time, for a call on which one person shares the screen."""
    page, last = agenda.occurrence.page, len(agenda.subjects) + 1
    blocks, lines = top(agenda)
    step = f"{page + 1} of {last + 1}"
    blocks.append(context(step))
    lines.append(step)
    if page == 0:
        shown = part_one(agenda)
    elif page < last:
        shown = about(agenda, agenda.subjects[page - 1], playbook)
    else:
        shown = part_three(agenda)
    blocks += shown[0]
    lines += shown[1]
    if page < last:
        told = list(outcomes(agenda))
        blocks += [section(each) for each in told]
        lines += told
    blocks.append(actions("run", *_run_buttons(agenda, page, last)))
    return Post("\n".join(lines), blocks)


def _run_buttons(agenda: Agenda, page: int, last: int) -> Iterator[Block]:
    occurrence_id = agenda.occurrence.id
    here = f"{occurrence_id}:{page}"
    if page < last:
        yield button("Next", ids.STANDUP_NEXT, here, style="primary")
    else:
        yield button("End", ids.STANDUP_END, here, style="primary")
    yield button("Action item…", ids.STANDUP_ADD, occurrence_id)
    yield button("Decision…", ids.STANDUP_DECIDE, occurrence_id)
    if 0 < page < last and not agenda.subjects[page - 1].is_parked:
        yield button("Park", ids.STANDUP_PARK, here)
    if page:
        yield button("Back", ids.STANDUP_BACK, here)


def start_note(agenda: Agenda) -> Post:
    """The short note when it begins."""
    late = agenda.occurrence.late_at
    begins = (
        "begins now" if late is None else "is late, because I was not running: it can begin now"
    )
    parts = [f"The stand-up {begins}: the agenda is above."]
    if agenda.facilitator:
        parts.append(f"{escape(agenda.facilitator.name)} leads.")
    said = " ".join(parts)
    link = agenda.meeting.call_link
    if not link:
        return Post(said, [section(said)])
    return Post(f"{said} {link}", [section(f"{said} <{link}|Join the call>")])


def decision_form(occurrence: Occurrence) -> View:
    words = text_field(ids.CHOICE, most=DECISION_WORDS, hint="Demo requests get grade A.")
    blocks = [form_field(ids.DECISION_WORDS, "What was decided?", words)]
    return modal(ids.DECISION_FORM, "Decision", blocks, submit="Keep", about=occurrence.id)


def rest_list(agenda: Agenda, playbook: Playbook) -> View:
    """What is not for the meeting, each with its list."""
    blocks = [
        section(
            f"*{headline_of(agenda, subject, playbook)}*",
            button("Show the list", ids.STANDUP_LEADS, leads_value(agenda.occurrence, subject)),
        )
        for subject in agenda.rest[:40]
    ] or [section("Nothing is left out.")]
    return modal(ids.TOLD_VIEW, "Not for the meeting", blocks, submit=None)
