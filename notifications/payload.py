"""What every letter is made of: its base, a step and a person as letters speak of them. Pure."""

from abc import abstractmethod
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Contact(BaseModel):
    """Somebody to ask: «Москвина Т.Н., директор школы» and the address."""

    model_config = ConfigDict(frozen=True)

    who: str
    email: str


class Payload(BaseModel):
    """Base of letters. `template` names the pair templates/mail/<template>.{txt,html}.j2.

    reply_to: whom an answer to the letter reaches, None for nobody in particular.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: ClassVar[str]

    @property
    @abstractmethod
    def subject(self) -> str: ...

    @property
    def reply_to(self) -> Contact | None:
        return None


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
