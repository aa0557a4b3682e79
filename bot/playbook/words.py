"""What words mean here: definitions that both sides agreed to, and a glossary."""

from typing import Annotated

from pydantic import Field, StringConstraints

from bot.playbook.sections import Section, Text

PART = 600
"""Characters of one part of a definition."""

Word = Annotated[Text, StringConstraints(max_length=40)]
Part = Annotated[Text, StringConstraints(max_length=PART)]
WORD = 'Write the word, at most 40 characters, such as "qualified".'


class Definition(Section):
    """One `[[definitions]]` entry: when a lead is called so."""

    word: Word = Field(description=WORD)
    must_have: Part = Field(description="Write what it has to have, at most 600 characters.")
    must_not_have: Part | None = Field(
        default=None, description="Write what rules it out, at most 600 characters."
    )
    who_decides: Part = Field(description="Write who decides, at most 600 characters.")


class Term(Section):
    """One `[[glossary]]` entry: a word of this company's own."""

    word: Word = Field(description=WORD)
    meaning: Part = Field(description="Write what it means, at most 600 characters.")
