"""The words both teams use, and what they mean here."""

from difflib import get_close_matches

from bot.playbook import Definition, Playbook
from bot.views.blocks import Post, foreign, section

WORDS = {
    "lead": "a person or company that marketing won interest from",
    "hand-off": "the passing of one lead to sales",
    "owner": "the rep of record of a lead",
    "actor": "who acts on a lead now: its owner, or their cover while away",
    "grade": "how hot a lead is, from A to D; without one it counts as C",
    "touch": "real contact by a human: called, e-mailed, met or messaged; automated mail is none",
    "outcome": "how a lead ended, for now",
    "playbook": "what both teams agreed to and sign",
    "nudge": "a reminder about one open lead",
    "brief": "the one message that opens a working day",
    "flag": "a warning about a campaign, to marketing",
    "preview": "a campaign shown to sales before its launch",
    "dispute": "marketing contests an outcome; the liaison settles it",
    "liaison": "who settles disputes between the two sides",
    "stand-up": "the weekly meeting of both teams",
    "agenda": "what the stand-up talks about, in one message",
    "action item": "what somebody does until a date, agreed in the stand-up",
}
"""The app's own, in the order of a lead's life."""
_A_SECTION = 10
_SHOWN = 100


def meanings(playbook: Playbook) -> dict[str, str]:
    """By word, what was agreed first; what the playbook says goes before what the app says."""
    agreed = {one.word: _definition(one) for one in playbook.definitions}
    own = {term.word: term.meaning for term in playbook.glossary}
    known = {word.casefold() for word in (*agreed, *own)}
    return own | agreed | {word: text for word, text in WORDS.items() if word not in known}


def _definition(agreed: Definition) -> str:
    parts = [f"Must have: {agreed.must_have}"]
    parts += [f"Must not have: {agreed.must_not_have}"] if agreed.must_not_have else []
    return " · ".join([*parts, f"Who decides: {agreed.who_decides}"])


def word(playbook: Playbook, typed: str) -> Post:
    """What one word means, or the word that may have been meant."""
    known = meanings(playbook)
    by_folded = {name.casefold(): name for name in known}
    wanted = " ".join(typed.split()).casefold()
    if name := by_folded.get(wanted):
        return _post([_line(name, known[name], 2500)])
    close = get_close_matches(wanted, by_folded, n=1)
    meant = f"did you mean `/liaison glossary {foreign(by_folded[close[0]], 40)}`?" if close else ""
    hint = meant or "`/liaison glossary` lists what is."
    return _post([f"“{foreign(typed, 40)}” is not in the glossary; {hint}"])


def glossary(playbook: Playbook) -> Post:
    """All of them, a line each."""
    known = meanings(playbook)
    lines = [_line(name, text, 250) for name, text in [*known.items()][:_SHOWN]]
    if more := len(known) - len(lines):
        lines.append(f"And {more} more: `/liaison glossary WORD` says what one of them means.")
    return _post(lines)


def _line(name: str, meaning: str, most: int) -> str:
    return f"*{foreign(name, 40)}*: {foreign(meaning, most)}"


def _post(lines: list[str]) -> Post:
    starts = range(0, len(lines), _A_SECTION)
    blocks = [section("\n".join(lines[start : start + _A_SECTION])) for start in starts]
    return Post("\n".join(lines), blocks)
