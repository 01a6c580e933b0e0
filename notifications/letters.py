"""Letters as typed payloads: each knows its kind, subject and template. Pure.

A payload is stored as JSON with its letter; links and codes are not in it – they are given when
the letter is composed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from notifications.change_letters import AnsweredLetter, AskedLetter, ChangedLetter
from notifications.payload import (
    Contact,
    LetterFacts,
    Payload,
    ProgrammeLetter,
    StepLine,
    shortened,
)


class OpenedLetter(ProgrammeLetter):
    """These steps are yours now.

    may_change: the reader may move the date and change the owner without asking anybody.
    """

    template: ClassVar[str] = "opened"
    asks_to_act: ClassVar[bool] = True
    for_owner_only: ClassVar[bool] = True
    kind: Literal["opened"] = "opened"
    ask_whom: Contact | None
    may_change: bool = False
    steps: tuple[StepLine, ...]

    @property
    def reply_to(self) -> Contact | None:
        return self.ask_whom

    def has_a_point(self, facts: LetterFacts) -> bool:
        return facts.in_hand

    @property
    def subject(self) -> str:
        if len(self.steps) == 1:
            return f"Ваше мероприятие {self.steps[0].code}: {shortened(self.steps[0].title)}"
        codes = ", ".join(step.code for step in self.steps)
        return f"Ваши мероприятия: {shortened(codes, 60)}"


class ReturnedLetter(ProgrammeLetter):
    """The curator returned a step."""

    template: ClassVar[str] = "returned"
    asks_to_act: ClassVar[bool] = True
    for_owner_only: ClassVar[bool] = True
    kind: Literal["returned"] = "returned"
    by: Contact
    reason: str
    may_change: bool = False
    step: StepLine

    @property
    def reply_to(self) -> Contact | None:
        return self.by

    def has_a_point(self, facts: LetterFacts) -> bool:
        return facts.in_hand

    @property
    def subject(self) -> str:
        return f"На доработку: {self.step.code} {shortened(self.step.title)}"


class ReportedLetter(ProgrammeLetter):
    """An owner reported a step; a curator is asked to look at it."""

    template: ClassVar[str] = "reported"
    kind: Literal["reported"] = "reported"
    by: Contact
    note: str
    attached: int
    step: StepLine

    @property
    def reply_to(self) -> Contact | None:
        return self.by

    def has_a_point(self, facts: LetterFacts) -> bool:
        return facts.reported

    @property
    def subject(self) -> str:
        return f"На проверку: {self.step.code} {shortened(self.step.title)}"


class DailyItem(BaseModel):
    """One step of the letter of the day and why it is in it: «срок через 3 дня».

    owner: who answers for the step when it is not the reader, else "".
    """

    model_config = ConfigDict(frozen=True)

    step: StepLine
    why: str
    urgent: bool
    owner: str = ""


class DayLetter(ProgrammeLetter):
    """The one letter of the day: all of a person's steps that need attention, urgent first."""

    ask_whom: Contact | None
    may_change: bool = False
    items: tuple[DailyItem, ...]

    @property
    def reply_to(self) -> Contact | None:
        return self.ask_whom

    def has_a_point(self, facts: LetterFacts) -> bool:
        return facts.same_day

    @property
    def late(self) -> int:
        """How many steps are past their due date."""
        return sum(item.urgent for item in self.items)

    @property
    def own(self) -> int:
        """How many steps the reader answers for."""
        return sum(not item.owner for item in self.items)

    @property
    def for_others(self) -> bool:
        """Whether other people answer for every step in it."""
        return all(item.owner for item in self.items)

    @property
    def subject(self) -> str:
        first, soon = self.items[0], len(self.items) - self.late
        if len(self.items) == 1:
            return f"{_capital(first.why)}: {first.step.code} {shortened(first.step.title)}"
        if not soon:
            return f"Просроченных мероприятий: {self.late}"
        if not self.late:
            return f"Мероприятий с близким сроком: {soon}"
        return f"Просроченных мероприятий: {self.late}, с близким сроком: {soon}"


class DailyLetter(DayLetter):
    """The letter of an ordinary day."""

    template: ClassVar[str] = "daily"
    kind: Literal["daily"] = "daily"


class DigestLine(BaseModel):
    """One line of a digest; without `step_id` it opens nothing."""

    model_config = ConfigDict(frozen=True)

    step_id: UUID | None = None
    text: str
    note: str = ""


class DigestSection(BaseModel):
    """What a digest says under one heading."""

    model_config = ConfigDict(frozen=True)

    title: str
    lines: tuple[DigestLine, ...]
    urgent: bool = False


class DigestPart(BaseModel):
    """The week of one programme."""

    model_config = ConfigDict(frozen=True)

    programme: str
    sections: tuple[DigestSection, ...]


class DigestLetter(DayLetter):
    """The weekly digest for curator and director, their own reminders of the day above it.

    week: «с 30 ноября»; overdue, due: how many steps are past their date, and due this week.
    """

    template: ClassVar[str] = "digest"
    kind: Literal["digest"] = "digest"
    week: str
    overdue: int
    due: int
    digests: tuple[DigestPart, ...]

    @property
    def subject(self) -> str:
        counts = []
        if self.overdue:
            counts.append(f"просрочено {self.overdue}")
        if self.due:
            counts.append(f"срок на этой неделе у {self.due}")
        return f"Сводка на неделю {self.week}" + (f": {', '.join(counts)}" if counts else "")


def merged(first: DayLetter, second: DayLetter) -> DailyLetter | DigestLetter:
    """One letter of the day of two, about two programmes of one school."""
    if second.programme in first.programme.split("; "):
        programme = first.programme
    else:
        programme = f"{first.programme}; {second.programme}"
    items = (*first.items, *second.items)
    # A stable order: what is urgent in either comes first.
    items = tuple(sorted(items, key=lambda item: not item.urgent))
    frame = {
        "school": first.school,
        "programme": programme,
        "hello": first.hello,
        "ask_whom": first.ask_whom,
        "may_change": first.may_change,
        "items": items,
    }
    digests = [each for each in (first, second) if isinstance(each, DigestLetter)]
    if not digests:
        return DailyLetter(**frame)
    return DigestLetter(
        **frame,
        week=digests[0].week,
        overdue=sum(each.overdue for each in digests),
        due=sum(each.due for each in digests),
        digests=tuple(part for each in digests for part in each.digests),
    )


class MeetingNews(StrEnum):
    """What has become of a meeting."""

    SET = "set"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class MeetingNote(BaseModel):
    """A meeting as a letter tells of it, with all that a calendar needs to know.

    when: «среда, 15 декабря 2021, с 15:00 до 16:30», brief: «15 декабря, 15:00», by the clock of
    the school, whose zone is `zone`.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    when: str
    brief: str
    place: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    sequence: int


class MeetingLetter(ProgrammeLetter):
    """A meeting for a step was set, changed or cancelled; `by` whom, None: by the reader."""

    template: ClassVar[str] = "meeting"
    for_owner_only: ClassVar[bool] = True
    kind: Literal["meeting"] = "meeting"
    by: Contact | None
    news: MeetingNews
    meeting: MeetingNote
    step: StepLine

    @property
    def reply_to(self) -> Contact | None:
        return self.by

    @property
    def is_cancelled(self) -> bool:
        return self.news is MeetingNews.CANCELLED

    @property
    def subject(self) -> str:
        what = {
            MeetingNews.SET: "Встреча",
            MeetingNews.CHANGED: "Встреча изменена",
            MeetingNews.CANCELLED: "Встреча отменена",
        }[self.news]
        return f"{what}: {self.meeting.brief} – {self.step.code} {shortened(self.step.title, 50)}"


class SignInLetter(Payload):
    """A link and a six-digit code to sign in; both are derived when the letter is composed."""

    template: ClassVar[str] = "sign_in"
    signs_in: ClassVar[bool] = True
    kind: Literal["sign_in"] = "sign_in"
    school: str
    hello: str
    minutes: int

    def has_a_point(self, facts: LetterFacts) -> bool:
        return False

    def is_stale(self, age: timedelta) -> bool:
        return age >= timedelta(minutes=self.minutes)

    @property
    def subject(self) -> str:
        return "Вход в Карту"


class UndeliverableLetter(ProgrammeLetter):
    """A curator is told that a letter could not be delivered."""

    template: ClassVar[str] = "undeliverable"
    told_when_lost: ClassVar[bool] = False
    kind: Literal["undeliverable"] = "undeliverable"
    whom: str
    address: str
    about: str
    said: str

    @property
    def subject(self) -> str:
        return f"Письмо не доставлено: {self.address}"


AnyLetter = Annotated[
    OpenedLetter
    | ReturnedLetter
    | ReportedLetter
    | DailyLetter
    | DigestLetter
    | MeetingLetter
    | AskedLetter
    | AnsweredLetter
    | ChangedLetter
    | SignInLetter
    | UndeliverableLetter,
    Field(discriminator="kind"),
]
_letters: TypeAdapter[AnyLetter] = TypeAdapter(AnyLetter)


def letter_from(payload: Mapping[str, object]) -> AnyLetter:
    """The typed letter of a stored payload."""
    return _letters.validate_python(payload)


def kind_of(letter: type[Payload]) -> str:
    """The word under which letters of this type stand in the outbox."""
    kind: str = letter.model_fields["kind"].default
    return kind


LETTER_TYPES: dict[str, type[Payload]] = {
    kind_of(letter): letter for letter in get_args(get_args(AnyLetter)[0])
}
"""Every type of letter by its kind."""

ASKING_TO_ACT = tuple(kind for kind, letter in LETTER_TYPES.items() if letter.asks_to_act)
"""Kinds of letters that ask their reader to do a step."""

SIGNING_IN = tuple(kind for kind, letter in LETTER_TYPES.items() if letter.signs_in)
"""Kinds of letters that let their reader in."""


LETTER_KIND_WORDS: dict[str, str] = {
    "opened": "новое мероприятие",
    "returned": "на доработку",
    "reported": "на проверку",
    "daily": "напоминание",
    "digest": "сводка",
    "meeting": "встреча",
    "asked": "просьба",
    "answered": "ответ на просьбу",
    "changed": "изменение плана",
    "sign_in": "вход",
    "undeliverable": "письмо не доставлено",
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
