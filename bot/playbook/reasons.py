"""Why sales turns a lead down, what the form asks for then, and what comes before or after."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StringConstraints

from bot.core.attempts import Agreed
from bot.playbook.sections import Section, Text

ATTEMPTS = "Write a whole number from 1 to 20, without quotes."

Count = Annotated[int, Field(strict=True, ge=1, le=20)]
Detail = Annotated[Text, StringConstraints(max_length=30, pattern=r"^[^:]*$")]


class Asks(StrEnum):
    """What a form's second field asks for."""

    WORDS = "words"
    DATE = "date"
    PERSON = "person"


class Reason(Section):
    """A way a hand-off ends without being qualified."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = Field(
        description="Write lower-case letters, digits and underscores, at most 40, "
        'such as "not_a_fit".'
    )
    label: Annotated[Text, StringConstraints(max_length=75)] = Field(
        description='Write what people read, at most 75 characters, such as "Not a fit".'
    )
    details: Annotated[tuple[Detail, ...], Field(max_length=8)] = Field(
        default=(),
        description='Write at most 8 texts of up to 30 characters, such as ["size", "role"].',
    )
    """Each is a choice of its own in the form: "Not a fit: size"."""
    asks: Asks = Field(default=Asks.WORDS, description='Write "words", "date" or "person".')
    counts_as: Literal["bad", "asked", "none"] = Field(
        default="asked",
        description='Write "bad" when it speaks against the lead, "asked" when the rep says '
        'how good it was, or "none" when it tells nothing about that.',
    )
    needs_words: StrictBool = Field(default=False, description="Write true or false.")
    needs_attempts: StrictBool | Count = Field(
        default=False,
        description="Write how many attempts come first, from 1 to 20, or true or false.",
    )
    """True = as many as the lead's grade asks for; a number = that many for every grade."""
    returnable: StrictBool | None = Field(default=None, description="Write true or false.")
    """Whether marketing may put the lead right and send it back; None = only `wrong_data`."""
    recycle_days: Annotated[int, Field(strict=True, ge=1, le=730)] | None = Field(
        default=None,
        description="Write the days until the lead returns, from 1 to 730, without quotes.",
    )
    """Where the reason asks for a date, this is for when none is given."""
    refuses_later: StrictBool = Field(default=False, description="Write true or false.")
    """True = this person is never handed over again."""


class Attempts(Section):
    """How often somebody tries before "could not reach", by grade."""

    A: Count = Field(default=6, description=ATTEMPTS)
    B: Count = Field(default=6, description=ATTEMPTS)
    C: Count = Field(default=3, description=ATTEMPTS)
    D: Count = Field(default=1, description=ATTEMPTS)
    channels: Annotated[int, Field(strict=True, ge=1, le=3)] = Field(
        default=2, description="Write 1, 2 or 3, without quotes."
    )
    days: Annotated[int, Field(strict=True, ge=1, le=60)] = Field(
        default=10, description="Write working days from 1 to 60, without quotes."
    )

    def agreed(self, reason: Reason, grade: str) -> Agreed | None:
        """What comes before this reason for a lead of this grade; None = nothing."""
        if not reason.needs_attempts:
            return None
        by_grade = {"A": self.A, "B": self.B, "C": self.C, "D": self.D}
        own = None if reason.needs_attempts is True else reason.needs_attempts
        return Agreed(own or by_grade[grade], self.channels, self.days)


DEFAULT_REASONS = (
    Reason(
        key="not_a_fit",
        label="Not a fit",
        details=("size", "industry", "role"),
        counts_as="bad",
    ),
    Reason(key="wrong_data", label="Wrong or missing data", counts_as="bad"),
    Reason(
        key="already_ours",
        label="Already ours",
        details=("customer", "in a deal", "duplicate"),
        asks=Asks.PERSON,
        counts_as="none",
    ),
    Reason(key="no_need", label="No need"),
    Reason(key="no_budget", label="No budget", recycle_days=90),
    Reason(key="bad_timing", label="Bad timing", asks=Asks.DATE, recycle_days=60),
    Reason(
        key="no_response",
        label="Could not reach",
        needs_attempts=True,
        recycle_days=90,
        counts_as="none",
    ),
    Reason(key="do_not_contact", label="Do not contact", refuses_later=True, counts_as="none"),
    Reason(key="other", label="Other", needs_words=True),
)
