"""The invitation to a stand-up, told to everybody who attends it."""

from bot.core.standup import Slot
from bot.playbook import Meeting
from bot.views import ids
from bot.views.blocks import Post, actions, button, context, escape, section


def invitation(meeting: Meeting, slot: Slot) -> Post:
    """When it takes place, where its agenda stands, and the file for a calendar."""
    where = meeting.channel if meeting.channel.startswith("#") else f"<#{meeting.channel}>"
    push = (
        f"The stand-up of sales and marketing: every {meeting.weekday.capitalize()} at "
        f"{slot.at:%H:%M} ({escape(slot.zone)}), {slot.minutes} minutes"
    )
    said = (
        f"Its agenda writes itself and stands in {where} the working day before; with nothing "
        "open it skips itself."
    )
    link = f"\n<{meeting.call_link}|The call>" if meeting.call_link else ""
    file = button("Calendar file", ids.CALENDAR_FILE, meeting.key)
    blocks = [section(f"*{push}*\n{said}{link}"), actions("invitation", file)]
    return Post(f"{push}\n{said}{link}", blocks)


def replaced() -> Post:
    sentence = "The stand-up has another time or place now: see the newer message below."
    return Post(sentence, [context(sentence)])
