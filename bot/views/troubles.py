"""What an admin reads when Slack does not take our messages somewhere."""

from bot.models import Person
from bot.views.blocks import Post, escape, section

_WHY = {
    "is_archived": "it is archived",
    "not_in_channel": "I am not in it",
    "channel_not_found": "I cannot see it any more",
    "user_disabled": "their account is closed",
    "user_not_found": "Slack does not know them",
    "messages_tab_disabled": "the app's Messages tab is switched off",
}
_UNFIT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)


def trouble(place: str, code: str, person: Person | None) -> Post:
    """`place` is the id of a channel, or of `person`; `code` is Slack's word for what is wrong."""
    sentence = _sentence(place, code, person)
    return Post(sentence, [section(sentence)])


def _sentence(place: str, code: str, person: Person | None) -> str:
    channel = escape(place) if place.startswith("#") else f"<#{place}>"
    where = escape(person.name) if person else channel
    if code in _UNFIT:
        return (
            f"Slack did not take the layout of a message to {where} ({code}), so it went out as "
            "plain text without buttons. `/lead` and App Home have the buttons."
        )
    why = _WHY.get(code, f"Slack answers `{code}`")
    if person:
        return (
            f"A message to {where} was not delivered: {why}. If they left, give their leads to "
            "somebody else with *Reassign…*."
        )
    return (
        f"I cannot post in {where}: {why}. Invite me with `/invite @Liaison`; what waits follows "
        "by itself within five minutes. Or choose another channel in the playbook."
    )
