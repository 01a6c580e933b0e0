"""What every letter is made of: its base, a step and a person as letters speak of them. Pure."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Contact(BaseModel):
    """Somebody to ask: «Москвина Т.Н., директор школы» and the address."""

    model_config = ConfigDict(frozen=True)

    who: str
    email: str


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What has become, until now, of what a letter tells."""

    #: whether it was written on the school's present day
    same_day: bool
    #: whether one of its steps is in hand and its reader's to do
    in_hand: bool
    #: whether one of its steps waits to be checked
    reported: bool
    #: whether a request about one of its steps waits for its answer
    asked: bool


class Payload(BaseModel):
    """Base of letters. `template` names the pair templates/mail/<template>.{txt,html}.j2.

    Every letter knows its own sense: what it asks for, and whether it still has a point.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: ClassVar[str]
    #: whether its reader is asked to do a step
    asks_to_act: ClassVar[bool] = False
    #: whether it may go again only to whoever answers for its steps now
    for_owner_only: ClassVar[bool] = False
    #: whether it lets its reader in: such a letter is shown to nobody and never sent again
    signs_in: ClassVar[bool] = False
    #: whether curators are told when it cannot be delivered
    told_when_lost: ClassVar[bool] = True

    #: what it is called in the outbox; each letter's own word
    kind: str

    @property
    @abstractmethod
    def subject(self) -> str: ...

    @property
    def reply_to(self) -> Contact | None:
        """Whom an answer to the letter reaches, None for nobody in particular."""
        return None

    def has_a_point(self, facts: LetterFacts) -> bool:
        """Whether a letter that was lost is worth sending once more."""
        return True

    def is_stale(self, age: timedelta) -> bool:
        """Whether a letter of this age is worth nothing to anybody any more."""
        return False


class ProgrammeLetter(Payload):
    """A letter about a programme: the school, the programme's title and the greeting."""

    school: str
    programme: str
    hello: str


class StepLine(BaseModel):
    """A step as a letter speaks of it; every text is ready to be read.

    due: the last day, «до 30 ноября 2026», or «срок не определён»; period: the span it closes,
    «ноябрь 2026», or "". late: «просрочено на 3 дня» or "".
    attach: what to attach, accusative; required: whether a report needs it.
    instead_of: the owner, when the reader stands in for them, else "".
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    code: str
    title: str
    due: str
    period: str = ""
    late: str = ""
    stage: str
    task: str = ""
    result: str = ""
    ask: str = ""
    attach: str = ""
    required: bool = False
    instead_of: str = ""

    @property
    def undated(self) -> bool:
        """Whether `due` is a sentence of its own and not a day."""
        return self.due.startswith("срок")


def shortened(text: str, length: int = 70) -> str:
    """The text, cut at a word where it is too long for a subject."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + "…"
