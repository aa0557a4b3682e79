"""The playbook as people read, change and sign it in Slack."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from bot.core.matching import ACCOUNT_OWNER, QUEUE
from bot.models import Person
from bot.playbook import Change, Fault, Playbook, entries, name_of, section_text
from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    clean,
    context,
    escape,
    field,
    foreign,
    header,
    line_field,
    modal,
    section,
    short,
    static_select,
    when,
)

LONGEST = 3000
"""Characters of one section or entry that a form takes."""
MOST_ENTRIES = 99
"""Entries a menu offers, beside a new one; longer lists are changed in the file."""
_SHOWN = 500
_CHANGES = 12
_RULES = 20
_TO = {ACCOUNT_OWNER: "the account's owner", QUEUE: "the queue"}
IN_ORDER = frozenset({"routing.rules"})
"""Lists whose entries may change places: which comes first matters."""

TITLES: Mapping[str, tuple[str, str]] = {
    "channels": ("Channels", "where cards and the stand-up appear"),
    "hours": ("Hours", "when people work who set none of their own"),
    "sla": ("Clocks", "time from the card to the first touch, by grade"),
    "attention": ("Attention", "how much of a person's day the app may take"),
    "routing": ("Routing", "who gets a lead without an owner we know"),
    "routing.groups": ("Groups", "reps who share what a rule sends them"),
    "routing.rules": ("Routing rules", "who gets which lead; the first that fits decides"),
    "timing": ("Timing", "how long before time alone changes something"),
    "batches": ("Batches", "when many leads of one campaign are one message, and their clocks"),
    "ladder": ("Ladder", "who is reminded when"),
    "attempts": ("Attempts", "what comes before “could not reach”"),
    "reasons": ("Reasons", "how a lead may end without qualifying"),
    "retention": ("Retention", "how long what is over is kept"),
    "report": ("Report", "from when a number of the two-way board is on target"),
    "people": ("People", "who works here, and as what"),
    "campaigns": ("Campaigns", "who answers for which"),
    "meetings": ("Meetings", "when both teams sit down together"),
    "definitions": ("Definitions", "when a lead may be called so"),
    "glossary": ("Glossary", "words of your own; `/liaison glossary` has all"),
}
"""Each section as people call it, and what it is about, in the order of reading."""


@dataclass(frozen=True)
class Signature:
    name: str
    at: datetime


@dataclass(frozen=True)
class Since:
    """What is different from the last version that both sides signed."""

    number: int
    changes: Sequence[Change]


@dataclass(frozen=True)
class Agreement:
    """The version in force as one person sees it."""

    playbook: Playbook
    number: int
    """0 = the built-in playbook, which nobody wrote."""
    created_at: datetime | None
    edited_by: Person | None
    """None = it was read from a file."""
    signatures: Mapping[str, Signature]
    """By side."""
    heads: Mapping[str, Sequence[str]]
    """Who may sign, by side."""
    since: Since | None
    """None while no version was signed by both."""
    may_edit: bool
    signs_for: str | None
    """The side whose head the reader is."""


@dataclass(frozen=True)
class Edit:
    """What is being changed: a section, or one entry of a list (counted from 0)."""

    section: str
    entry: int | None
    base: int
    """The version it was opened from."""
    text: str = ""
    place: int | None = None
    """Where in its list the entry is to stand, counted from 0; None = where it stood."""

    def about(self) -> str:
        return json.dumps([self.section, self.entry, self.base])

    def whole(self) -> str:
        """All of it, for a modal to keep; empty when that is more than one keeps."""
        kept = json.dumps(astuple(self), ensure_ascii=False)
        return kept if len(kept) <= LONGEST else ""

    @classmethod
    def of_whole(cls, kept: str) -> "Edit":
        return cls(*json.loads(kept))

    @classmethod
    def of(cls, about: str, text: str = "", place: int | None = None) -> "Edit":
        section_, entry, base = json.loads(about)
        return cls(section_, entry, base, text, place)


def overview(agreed: Agreement) -> View:
    """All of it, section by section, with what the reader may do."""
    may_sign = agreed.number and agreed.signs_for and agreed.signs_for not in agreed.signatures
    ask = button("Ask both sides for a definition…", ids.DEFINITION_ASK, "ask")
    sign = button("Sign", ids.BOOK_SIGN, str(agreed.number), style="primary")
    blocks = [
        header(f"Version {agreed.number}" if agreed.number else "Built-in playbook"),
        context(story(agreed)),
        *([actions("sign", sign)] if may_sign else []),
        *(_since(agreed.since) if agreed.since and agreed.since.changes else []),
        {"type": "divider"},
        *(_section(agreed, name) for name in TITLES),
        *([actions("ask", ask)] if agreed.may_edit and agreed.number else []),
    ]
    return modal(ids.BOOK_VIEW, "Playbook", blocks, submit=None)


def story(agreed: Agreement) -> str:
    """Where it comes from, and which side signed it."""
    if not agreed.number or agreed.created_at is None:
        return "Nobody wrote one yet: these are the defaults. Change a section, or set a file."
    by = f"Changed by {escape(agreed.edited_by.name)}" if agreed.edited_by else "Read from the file"
    sides = [
        _side(side, heads, agreed.signatures.get(side)) for side, heads in agreed.heads.items()
    ]
    return "\n".join([f"{by}, {when(agreed.created_at)}.", *sides])


def _side(side: str, heads: Sequence[str], signature: Signature | None) -> str:
    if signature:
        return f"Signed for {side} by {escape(signature.name)}, {when(signature.at)}."
    return f"Not signed by {side} yet{_awaited(heads)}."


def _awaited(heads: Sequence[str]) -> str:
    return f" ({', '.join(escape(name) for name in heads[:3])} may)" if heads else ""


def _since(since: Since) -> list[Block]:
    more = len(since.changes) - _CHANGES
    lines = [change_line(change) for change in since.changes[:_CHANGES]]
    lines += [f"and {more} more"] if more > 0 else []
    return [section(f"*Since both sides signed version {since.number}*\n" + "\n".join(lines))]


def change_line(change: Change) -> str:
    before, after = (
        "—" if value is None else foreign(value, 60) for value in (change.before, change.after)
    )
    return f"• {foreign(change.key, 80)}: {before} → {after}"


def _section(agreed: Agreement, name: str) -> Block:
    title, about = TITLES[name]
    edit = button("Change…", ids.BOOK_EDIT, f"{name}:{agreed.number}")
    text = f"*{title}*: {about}\n{_content(agreed.playbook, name)}"
    return {
        **section(text, edit if agreed.may_edit else None),
        "block_id": f"{ids.BOOK_SECTION}{name}",
    }


def _content(playbook: Playbook, name: str) -> str:
    listed = entries(playbook, name)
    if listed is None:
        return f"```{_code(section_text(playbook, name))}```"
    if not listed:
        return "None."
    if name in IN_ORDER:
        return _in_order(listed)
    named = ", ".join(foreign(name_of(entry, at), 40) for at, entry in enumerate(listed[:6]))
    more = len(listed) - 6
    return f"{len(listed)}: {named}{f' and {more} more' if more > 0 else ''}"


def _in_order(listed: Sequence[dict[str, object]]) -> str:
    """A line for each, numbered as cards and histories name it."""
    lines = [foreign(_called(entry, at), 200) for at, entry in enumerate(listed[:_RULES])]
    more = len(listed) - _RULES
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])


def _called(entry: Mapping[str, object], at: int) -> str:
    """What a menu calls an entry; a rule is called by what it says."""
    if "to" not in entry or "at" in entry:
        return name_of({**entry}, at)
    asks = [f"{key.replace('_', ' ')} {_listed(of)}" for key, of in entry.items() if key != "to"]
    return f"{at + 1}. {', '.join(asks) or 'every lead'} → {_listed(entry['to'])}"


def _listed(value: object) -> str:
    texts = value if isinstance(value, list) else [value]
    return " or ".join(_TO.get(str(text), str(text)) for text in texts)


def _code(text: str) -> str:
    """As typed, and unable to end the code block it stands in."""
    plain = clean(text.strip()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return short(plain.replace("```", "'''"), _SHOWN) or "# nothing is set"


def form(playbook: Playbook, edit: Edit) -> View:
    """The keys of a section; of a list first the question which of its entries."""
    listed = entries(playbook, edit.section)
    return edit_form(playbook, edit) if listed is None else _which(listed, edit)


def _which(listed: Sequence[dict[str, object]], edit: Edit) -> View:
    title, _ = TITLES[edit.section]
    if len(listed) > MOST_ENTRIES:
        sentence = f"There are {len(listed)} entries, too many for a menu: change them in the file."
        return modal(ids.TOLD_VIEW, title, [section(sentence)], submit=None)
    options = [("A new one", str(len(listed)))]
    options += [(_called(entry, at), str(at)) for at, entry in enumerate(listed)]
    chosen = field(ids.BOOK_ENTRY, "Which one?", static_select(ids.CHOICE, options))
    return modal(ids.BOOK_ENTRY_FORM, title, [chosen], submit="Next", about=edit.about())


def edit_form(playbook: Playbook, edit: Edit) -> View:
    """The keys of a section or entry, as the file has them."""
    title, about = TITLES[edit.section]
    text = section_text(playbook, edit.section, edit.entry)
    if len(text) > LONGEST:
        sentence = "This section is too long for a form: change it in the file."
        return modal(ids.TOLD_VIEW, title, [section(sentence)], submit=None)
    listed = edit.entry is not None
    hint = "As in the file: key = value, text between double quotes." + (
        " Empty takes this entry out." if listed else ""
    )
    written = line_field(ids.CHOICE, most=LONGEST, initial=None, lines=True)
    written |= {"initial_value": text} if text else {}
    keys = field(ids.BOOK_TEXT, title, written, hint=hint, optional=listed)
    blocks = [context(f"{about[:1].upper()}{about[1:]}."), keys]
    if edit.section in IN_ORDER and edit.entry is not None:
        stands = line_field(ids.CHOICE, most=4, initial=str(edit.entry + 1))
        blocks.append(field(ids.BOOK_PLACE, "Which in the order, from 1?", stands, optional=True))
    blocks.append(actions("try", button("What would change?", ids.BOOK_TRY, edit.section)))
    if edit.base:
        blocks.append(context("Saved, it is in force at once, and both heads sign anew."))
    return modal(ids.BOOK_FORM, title, blocks, submit="Save", about=edit.about())


def saved(agreed: Agreement, made: Sequence[Change]) -> View:
    """What is different now."""
    more = len(made) - _CHANGES
    lines = [change_line(change) for change in made[:_CHANGES]]
    lines += [f"and {more} more"] if more > 0 else []
    heads = [name for side in agreed.heads for name in agreed.heads[side]]
    sign = f"{' and '.join(escape(name) for name in heads)} sign it anew." if heads else ""
    return modal(
        ids.TOLD_VIEW,
        "Saved",
        [
            section(f"*Version {agreed.number} is in force.*\n" + "\n".join(lines)),
            context(f"{sign} Leads that are open keep the clock they began with.".strip()),
        ],
        submit=None,
    )


def faults(found: Iterable[Fault]) -> str:
    """Every fault, for the line below the field."""
    return short(" ".join(f"{fault.key}: {fault.problem}" for fault in found), 1500)
