"""`/liaison`: one's own time, and what is set up for everybody."""

from bot.services import away as own_time
from bot.services import people
from bot.services import wins as win_posts
from bot.views import away as views
from handlers import away
from handlers.command import Command

HELP = (
    "`/liaison` shows your hours, when you are away next and who covers.\n"
    "`/liaison away` enters an absence; `/liaison away off` ends it, or calls off the next one.\n"
    "`/liaison hours Mo-Fr 08:00-16:00` sets hours of your own; "
    "`/liaison hours off` goes back to the playbook's.\n"
    "`/liaison settings` says how much of your day I may take: quiet times, messages a day.\n"
    "`/liaison wins off` leaves your name out where the channel reads of a win; `on` names you.\n"
    "`/liaison standup` is `/alignment-standup`, the weekly meeting.\n"
    "`/liaison watch` makes each new message of a form or a CRM in a channel a hand-off.\n"
    "`/liaison watch off`, typed in that channel, ends it.\n"
    "`/liaison playbook` shows what both teams agreed to; managers and admins change it there, "
    "the two heads sign it.\n"
    "`/liaison report` shows what each side kept of what it owes the other; "
    "`/liaison report 90` looks 90 days back.\n"
    "`/liaison try` walks a made-up lead through the whole ladder in a minute, for you alone.\n"
    "`/liaison glossary` lists the words both teams use; `/liaison glossary touch` explains one.\n"
    "`/liaison setup` begins or takes over the set-up of a new workspace (its Slack admins).\n"
    "`/liaison links` shows who each owner of your CRM is in Slack, and links them (admins).\n"
    "`/liaison usefulness` shows whether people act on my messages (admins).\n"
    "`/liaison doctor` says whether all is set up, and what to do where it is not (admins)."
)


def status(command: Command) -> str:
    return views.status(own_time.look(command.desk.liaison, command.by))


def absence(command: Command) -> str | None:
    """Bare opens the form."""
    word = command.words.lower()
    if word == "off":
        return away.back_already(command)
    if word:
        return HELP
    away.open_form(command)
    return None


def wins(command: Command) -> str:
    """Whether one's name stands where the channel reads of a win."""
    word = command.words.lower()
    if word not in {"on", "off"}:
        return "Type `/liaison wins off`, and the channel reads of wins without your name; or `on`."
    win_posts.set_named(command.desk.liaison, command.by, is_named=word == "on")
    named = "with" if word == "on" else "without"
    return f"From now on the channel reads of wins {named} your name."


def hours(command: Command) -> str:
    if command.words:
        typed = None if command.words.lower() == "off" else command.words
        people.set_hours(command.desk.liaison, command.by, typed)
    return status(command)
