"""What can go wrong, as one tree.

    LiaisonError
    ├── Refused              a person asked for something that may not be, or is no longer possible
    │   ├── NotListed
    │   ├── NotAllowed
    │   ├── TooLate
    │   ├── Unknown
    │   └── BadFields        fields of a form; each told beside its field
    │       └── BadField     one of them
    ├── NotSaved             the database did not take it
    │   └── Untied           ended to untie a deadlock: whoever tries again finds the way free
    ├── CannotStart          a setting, or the database, is not as it must be
    └── SlackError
        ├── SlackUnavailable it did not happen, and may be tried again
        │   └── SlackShut    the token is not good any more: an operator has to look, and then again
        ├── SlackUnclear     nobody knows whether it happened
        ├── SlackGone        the channel, person or message is not there: do otherwise
        └── SlackRefused     Slack does not want it: an operator has to look
            └── SlackUnfit   not in this shape: say it plainly

A class's docstring is the sentence a person reads when nothing more exact was given.
"""

from collections.abc import Mapping


class LiaisonError(Exception):
    """Something went wrong; please try again."""

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.__doc__)


class Refused(LiaisonError):
    """That is not possible."""


class NotListed(Refused):
    """You can read here, but the playbook does not list you; ask your admin to add your e-mail."""


class NotAllowed(Refused):
    """That is not yours to press."""


class TooLate(Refused):
    """Somebody was faster."""


class Unknown(Refused):
    """That lead is not here any more."""


class BadFields(Refused):
    """Please correct these fields."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)
        """The sentence beside each field."""


class BadField(BadFields):
    """Please correct this field."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__({field: sentence})
        self.field = field


class NotSaved(LiaisonError):
    """Not saved: the database is busy. Please try again in a moment."""


class Untied(NotSaved):
    """Not saved: somebody else was at the same. Please try again."""


class CannotStart(LiaisonError):
    """The bot cannot start like this."""


class SlackError(LiaisonError):
    """Slack did not do it."""


class SlackUnavailable(SlackError):
    """Slack did not take it now."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        """Seconds Slack asks to wait; None when it did not say."""


class SlackShut(SlackUnavailable):
    """Slack lets the app in no more."""


class SlackUnclear(SlackError):
    """Slack's answer was lost."""


class SlackGone(SlackError):
    """The channel, person or message is gone."""


class SlackRefused(SlackError):
    """Slack refused it."""


class SlackUnfit(SlackRefused):
    """Slack takes no message of this shape."""
