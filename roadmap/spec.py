"""The road map as declared: frozen, validated values, and the source of its JSON Schema."""

from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)

from roadmap.calendar import DueOnDayOff, SchoolCalendar
from roadmap.dues import Due, Occurrence, Period, occurrences, parse_due, parse_one_date
from roadmap.dues.months import shift_span
from roadmap.kinds import KINDS, EvidenceRule, Kind
from roadmap.terms import Term, TermKind, Vacation

Role = Literal["director", "curator", "owner", "observer"]

CODE = r"^[0-9A-Za-zА-Яа-яЁё]+([.\-][0-9A-Za-zА-Яа-яЁё]+)*$"
# ASCII only: a mail server that takes other addresses is rare, and a .рф domain has its xn-- form.
EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


def _as_due(value: Any, info: ValidationInfo) -> Due:
    if isinstance(value, Due):
        return value
    if not isinstance(value, str):
        raise ValueError("due-not-text")
    known = info.context or {}
    return parse_due(value, period=known.get("period"), terms=known.get("terms", ()))


def _as_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("unknown-zone") from None
    return value


def _as_day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    day = parse_one_date(value)
    if day is None:
        raise ValueError("bad-date")
    return day


DueText = Annotated[
    Due,
    BeforeValidator(_as_due),
    PlainSerializer(lambda due: due.text, return_type=str),
    WithJsonSchema({"type": "string", "minLength": 1, "examples": ["Сентябрь 2026"]}),
]
Day = Annotated[
    Any,
    BeforeValidator(_as_day),
    WithJsonSchema({"type": "string", "examples": ["01.09.2026", "2026-09-01"]}),
]
Zone = Annotated[str, AfterValidator(_as_zone)]


class Declared(BaseModel):
    """Base of everything a road map file declares: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Organisation(Declared):
    """Образовательная организация."""

    name: str = Field(min_length=1, description="Название школы, как в уставе, можно краткое")
    zone: Zone = Field(
        "Europe/Moscow", description="Часовой пояс школы, например Asia/Magadan (список IANA)"
    )


class PeriodSpec(Declared):
    """Период программы: первый и последний день."""

    start: Day = Field(description="Первый день, например 01.09.2026")
    end: Day = Field(description="Последний день, например 31.12.2027")

    def as_period(self) -> Period:
        return Period(self.start, self.end)


class TermSpec(Declared):
    """Учебная четверть, триместр, полугодие или год школы."""

    kind: TermKind = Field("quarter", description="quarter, trimester, half-year или year")
    number: int = Field(1, ge=1, le=4, description="Которая по счёту в учебном году")
    start: Day = Field(description="Первый день")
    end: Day = Field(description="Последний день")

    def as_term(self) -> Term:
        return Term(self.kind, self.number, self.start, self.end)


class VacationSpec(Declared):
    """Каникулы: дни без уроков, работники работают."""

    name: str = Field("каникулы", min_length=1, description="Как называются")
    start: Day = Field(description="Первый день")
    end: Day = Field(description="Последний день")

    def as_vacation(self) -> Vacation:
        return Vacation(self.name, self.start, self.end)


class CalendarSpec(Declared):
    """Календарь школы: чего не указано – как у всех школ России."""

    due_on_day_off: DueOnDayOff = Field(
        "before",
        description="Срок в выходной: before – последний рабочий день до него, after – первый "
        "после, keep – не переносить",
    )
    six_day_week: bool = Field(False, description="Шестидневная рабочая неделя")
    terms: tuple[TermSpec, ...] = Field((), description="Свои четверти, триместры, полугодия")
    vacations: tuple[VacationSpec, ...] = Field((), description="Свои каникулы")
    days_off: tuple[Day, ...] = Field((), description="Свои выходные: региональный праздник")
    working_days: tuple[Day, ...] = Field((), description="Рабочие дни вместо выходных")


class Accepted(Declared):
    """Замечание проверки, с которым школа согласна: больше о нём не напоминать."""

    code: str = Field(min_length=1, description="Код замечания, как его печатает karta check")
    at: tuple[str, ...] = Field((), description="Этапы и мероприятия; не указано – везде")
    reason: str = Field(min_length=1, description="Почему так и должно быть")


class PersonSpec(Declared):
    """Сотрудник: имя или должность и адрес, на который приходят письма."""

    name: str = Field("", description="Фамилия и инициалы; можно не указывать, если есть post")
    post: str = Field("", description="Должность, как в документе")
    email: str = Field(pattern=EMAIL, description="Адрес электронной почты")
    roles: tuple[Role, ...] = Field(
        ("owner",), description="director, curator, owner или observer; можно несколько"
    )

    @property
    def display(self) -> str:
        """«Москвина Т.Н., директор школы», as the source prints an owner."""
        return ", ".join(part for part in (self.name, self.post) if part)


class Step(Declared):
    """Мероприятие: одна строка дорожной карты."""

    id: str = Field(pattern=CODE, description="Номер мероприятия, например 2.1")
    title: str = Field(min_length=1, description="Название, слово в слово")
    due: DueText = Field(description="Срок словами документа: «Сентябрь 2026», «Февраль–май 2027»")
    owner: str = Field(description="Кто отвечает: ключ из people")
    kind: Kind = Field(Kind.TASK, description="Вид работы: от него зависит, о чём просит письмо")
    mandatory: bool = Field(True, description="Ждёт ли этого мероприятия следующий этап")
    needs: tuple[str, ...] = Field((), description="Номера мероприятий, без которых не начать")
    evidence: EvidenceRule | None = Field(
        None, description="required – без файла или ссылки отчёт не принимается; asked – по желанию"
    )
    result: str = Field("", description="Что должно получиться")

    @property
    def evidence_rule(self) -> EvidenceRule:
        """The step's own rule, else its kind's."""
        return self.evidence or KINDS[self.kind].rule


class Stage(Declared):
    """Этап: упорядоченная часть дорожной карты."""

    id: str = Field(pattern=CODE, description="Номер этапа")
    title: str = Field(min_length=1, description="Название, слово в слово")
    goal: str = Field("", description="Цель этапа")
    task: str = Field("", description="Задача этапа")
    result: str = Field("", description="Результат этапа")
    after: tuple[str, ...] | None = Field(
        None,
        description="После каких этапов начинается; не указано – после предыдущего, [] – сразу",
    )
    steps: tuple[Step, ...] = Field(min_length=1, description="Мероприятия этапа по порядку")


class Policy(Declared):
    """Правила напоминаний."""

    remind_days_before: tuple[Annotated[int, Field(ge=0, le=365)], ...] = Field(
        (7, 1), description="За сколько дней до срока напоминать"
    )
    remind_on_due_day: bool = Field(True, description="Напоминать в день срока")
    late_every_working_days: int = Field(
        3, ge=1, le=60, description="Раз в сколько рабочих дней напоминать о просроченном"
    )
    curator_after_working_days: int = Field(
        3, ge=1, le=365, description="Через сколько рабочих дней опоздания писать куратору"
    )
    director_after_working_days: int = Field(
        7, ge=1, le=365, description="Через сколько рабочих дней опоздания писать директору"
    )
    digest: bool = Field(True, description="Сводка куратору и директору в начале недели")
    most_due_in_week: int = Field(
        5, ge=1, le=100, description="Больше сроков за неделю у одного человека – замечание"
    )


class RoadMap(Declared):
    """Дорожная карта: этапы, мероприятия, сроки и ответственные."""

    title: str = Field(min_length=1, description="Название дорожной карты")
    organisation: Organisation
    period: PeriodSpec | None = Field(None, description="Период программы")
    calendar: CalendarSpec = Field(default_factory=CalendarSpec)
    people: dict[str, PersonSpec] = Field(min_length=1, description="Люди: ключ – карточка")
    policy: Policy = Field(default_factory=Policy)
    stages: tuple[Stage, ...] = Field(min_length=1, description="Этапы по порядку")
    accepted: tuple[Accepted, ...] = Field((), description="Замечания, с которыми школа согласна")
    # Room for what the source document says beside its plan; kept as written, not interpreted.
    forms: list[Any] | None = Field(None, description="Формы наставничества")
    role_models: list[Any] | None = Field(None, description="Варианты программы наставничества")
    contingent: list[Any] | None = Field(None, description="Характеристика контингента школы")
    coverage: list[Any] | None = Field(None, description="Планируемый охват, доли участников")

    @property
    def school_calendar(self) -> SchoolCalendar:
        return school_calendar(self.organisation.zone, self.calendar)

    def occurrences_of(self, step: Step) -> tuple[Occurrence, ...]:
        """Every time the step comes round within the period; one or none for most steps."""
        period = self.period.as_period() if self.period else None
        return occurrences(step.due, period, self.school_calendar.terms)

    def after_of(self, stage: Stage) -> tuple[str, ...]:
        """Codes of the stages `stage` waits for; by default the one declared before it."""
        return stage.after if stage.after is not None else self.afters()[stage.id]

    def afters(self) -> dict[str, tuple[str, ...]]:
        """The same for all stages, by their codes."""
        found: dict[str, tuple[str, ...]] = {}
        before: tuple[str, ...] = ()
        for stage in self.stages:
            found[stage.id] = before if stage.after is None else stage.after
            before = (stage.id,)
        return found

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    def first_month(self) -> tuple[int, int] | None:
        """(year, month) of the plan's first day: the period's start, else the earliest due."""
        starts = [step.due.start for step in self.steps if step.due.start]
        first = self.period.start if self.period else min(starts, default=None)
        return (first.year, first.month) if first else None

    def shifted(self, months: int) -> Self:
        """The same plan with the period and every due moved by whole months."""
        if not months:
            return self
        stages = tuple(
            stage.model_copy(
                update={
                    "steps": tuple(
                        step.model_copy(update={"due": step.due.shifted(months)})
                        for step in stage.steps
                    )
                }
            )
            for stage in self.stages
        )
        period = self.period
        if period is not None:
            start, end = shift_span(period.start, period.end, months)
            period = PeriodSpec(start=start, end=end)
        return self.model_copy(update={"stages": stages, "period": period})


@lru_cache(maxsize=1024)
def school_calendar(zone: str, declared: CalendarSpec) -> SchoolCalendar:
    """The calendar of a school in a time zone, with what it declares of its own."""
    return SchoolCalendar(
        zone,
        tuple(term.as_term() for term in declared.terms),
        tuple(vacation.as_vacation() for vacation in declared.vacations),
        frozenset(declared.days_off),
        frozenset(declared.working_days),
        declared.six_day_week,
        declared.due_on_day_off,
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a road map file, for editors that complete and check YAML."""
    schema = RoadMap.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Дорожная карта (karta)"
    parts = schema["$defs"]
    # YAML reads `id: 1.1` as a number; the loader keeps it as written, so an editor must not mind.
    for name, key in (("Stage", "id"), ("Step", "id")):
        parts[name]["properties"][key]["type"] = ["string", "number"]
    parts["Step"]["properties"]["needs"]["items"]["type"] = ["string", "number"]
    parts["Stage"]["properties"]["after"]["anyOf"][0]["items"]["type"] = ["string", "number"]
    # The people who see these in an editor read Russian.
    parts["Kind"]["description"] = "; ".join(f"{k.value} – {c.title}" for k, c in KINDS.items())
    parts["EvidenceRule"]["description"] = (
        "required – без файла или ссылки отчёт не принимается; asked – по желанию"
    )
    return schema
