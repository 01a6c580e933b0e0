"""What a form of a step's page is: what is typed into it, what it does, what is said afterwards."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar, Union
from uuid import UUID

from starlette.datastructures import FormData, UploadFile

from roadmap.errors import InputWrong, NotFound
from services.actor import Actor
from services.karta import Karta
from services.steps.card import StepCard
from services.steps.change import Changed, Target
from services.steps.evidence import MAX_FILE_BYTES, Attachment, FileAttachment, LinkAttachment
from web.forms import day_of, person_of, text_of


class Control(StrEnum):
    """How a field is filled in."""

    AREA = "area"
    LINE = "line"
    LINK = "link"
    DAY = "day"
    TIME = "time"
    CHOICE = "choice"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form, as the page shows it.

    id: of the control in the page; "": made of the form's name and the field's.
    hint: an example inside the field; of a choice, the words of choosing nothing.
    value: what stands in it until something is typed. choices: (value, words).
    rows: of an area; longest: characters.
    """

    name: str
    label: str
    control: Control
    id: str = ""
    required: bool = True
    hint: str = ""
    help: str = ""
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    rows: int = 2
    longest: int = 4000


Rows = tuple[tuple[Field, ...], ...]
"""A form's fields from top to bottom; those of one row stand side by side."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came, sent by a person about a step. Its values are parsed when asked for."""

    karta: Karta
    by: Actor
    target: Target
    form: FormData

    def text(self, name: str) -> str:
        return text_of(self.form, name)

    def day(self, name: str) -> date:
        return day_of(self.text(name))

    def moment(self, day: str, clock: str) -> datetime:
        """The day of one field at the time of another, by the school's clock."""
        return datetime.combine(self.day(day), _time(self.text(clock)))

    def person(self, what: str) -> UUID:
        """The person chosen; raises `InputWrong` asking for `what`."""
        return person_of(self.text("owner"), what)

    def person_if_any(self, what: str) -> UUID | None:
        return self.person(what) if self.text("owner") else None

    def request(self) -> UUID:
        """The owner's request that the form answers; raises `NotFound`."""
        try:
            return UUID(self.text("request"))
        except ValueError:
            raise NotFound("такой просьбы нет") from None

    async def attachments(self) -> list[Attachment]:
        link = self.text("link")
        found: list[Attachment] = [LinkAttachment(link)] if link else []
        for file in files_of(self.form):
            # One byte more than is allowed is enough to refuse; the rest need not be read.
            content = await file.read(MAX_FILE_BYTES + 1)
            found.append(FileAttachment(file.filename or "", content))
        return found


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: nothing typed into it is lost, files excepted."""

    move: str
    typed: Mapping[str, str]
    had_files: bool
    error: str


T = TypeVar("T")
ByCard = Union[T, Callable[[StepCard], T]]  # noqa: UP007 - mypy knows no generic alias with `|`
"""Something that is the same on every step's page, or depends on the step and its reader."""


@dataclass(frozen=True, slots=True)
class StepForm:
    """A form of a step's page.

    move: its name in `StepCard.moves` and the end of the address it posts to.
    act: reads what was sent and calls the use case. Raises what that raises, and `InputWrong`.
    said: the sentence said afterwards, `{code}` for the step's number.
    title: stands over the form or opens it. help: what to know before sending it.
    twin: the form that stands in this one's place when the step is in another state: what was
    typed into one is kept in the other.
    """

    move: str
    act: Callable[[Sent], Awaitable[Changed]]
    said: str
    title: ByCard[str]
    button: ByCard[str]
    fields: ByCard[Rows] = ()
    help: str = ""
    is_main: ByCard[bool] = False
    twin: str = ""


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form ready for the page. `is_open`: it was refused and is shown unfolded.

    version: of the step as the page shows it.
    """

    move: str
    action: str
    version: int
    title: str
    button: str
    is_main: bool
    rows: Rows
    help: str
    error: str
    is_open: bool
    has_files: bool


def shown_form(form: StepForm, card: StepCard, base: str, refused: Refused | None) -> ShownForm:
    """The form for a step's page under `base`; after a refusal with what was typed into it."""
    typed = refused if refused and refused.move in (form.move, form.twin) else None
    rows = tuple(
        tuple(_shown_field(field, form.move, typed) for field in row)
        for row in _for(card, form.fields)
    )
    has_files = any(field.control is Control.FILES for row in rows for field in row)
    error = typed.error if typed else ""
    if typed and has_files and typed.had_files:
        error += " Файлы нужно выбрать заново, остальное сохранилось."
    return ShownForm(
        move=form.move,
        action=f"{base}/{form.move}",
        version=card.step.version,
        title=_for(card, form.title),
        button=_for(card, form.button),
        is_main=_for(card, form.is_main),
        rows=rows,
        help=form.help,
        error=error,
        is_open=typed is not None,
        has_files=has_files,
    )


def files_of(form: FormData) -> list[UploadFile]:
    """The files chosen in the form."""
    return [f for f in form.getlist("file") if isinstance(f, UploadFile) and f.filename]


def _shown_field(field: Field, move: str, typed: Refused | None) -> Field:
    value = field.value if typed is None else typed.typed.get(field.name, "")
    return replace(field, id=field.id or f"{move}-{field.name}", value=value)


def _for(card: StepCard, part: ByCard[T]) -> T:
    return part(card) if callable(part) else part


def _time(value: str) -> time:
    """«15:00», also «9.30»."""
    hours, _, minutes = value.replace(".", ":").partition(":")
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        raise InputWrong(
            f"времени «{value[:20]}» не бывает; пишите часы и минуты, например, 15:00"
        ) from None
