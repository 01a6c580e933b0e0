"""The rehearsal as a page to look at and to print: words, tables, the geometry of its pictures."""

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, ClassVar

from roadmap.planner import LetterKind
from roadmap.rehearsal import Rehearsal, SentLetter, StepRun
from roadmap.russian import NOMINATIVE, SHORT, day_month_year, plural
from roadmap.scenarios import Scenario
from roadmap.spec import RoadMap, Stage
from services.plan.rehearsal_words import (
    letter_words,
    outcome_sentences,
    scenario_words,
    short_name,
)
from templates import render

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the time axis, in thousandths of its length."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A month on the time axis; `is_main` ones are shown on a narrow screen too."""

    x: float
    label: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as planned and as rehearsed."""

    code: str
    title: str
    words: str
    planned: str
    plan: Span | None
    run: Span | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class LateRow:
    """A step that was not done by its deadline."""

    code: str
    title: str
    owner: str
    due: str
    finished: str
    days: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    day: str
    to: str
    kind: str
    steps: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """The letters of one month; `bars`: their kinds as stretches of the busiest month."""

    label: str
    opened: int
    daily: int
    digest: int
    bars: tuple[tuple[str, Span], ...]
    letters: tuple[LetterLine, ...]

    @property
    def total(self) -> int:
        return self.opened + self.daily + self.digest


@dataclass(frozen=True, slots=True)
class WeekBar:
    """A week of one person: a bar `height` of a hundred high, and what it says."""

    x: float
    width: float
    height: float
    hint: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person's letters, and their load by week."""

    name: str
    letters: str
    peak: str
    bars: tuple[WeekBar, ...]


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """Everything on the page. `most_in_week`: the top of every person's chart."""

    template: ClassVar[str] = "reports/rehearsal.html.j2"

    title: str
    organisation: str
    scenario: str
    outcome: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    ticks: tuple[Tick, ...]
    stages: tuple[StageRow, ...]
    late: tuple[LateRow, ...]
    months: tuple[MonthRow, ...]
    people: tuple[PersonRow, ...]
    most_in_week: int


def rehearsal_html(roadmap: RoadMap, rehearsal: Rehearsal, scenario: Scenario) -> str:
    """The page as one self-contained HTML document."""
    page = rehearsal_page(roadmap, rehearsal, scenario)
    values: dict[str, Any] = {field.name: getattr(page, field.name) for field in fields(page)}
    return render(page.template, **values)


def rehearsal_page(roadmap: RoadMap, rehearsal: Rehearsal, scenario: Scenario) -> RehearsalPage:
    axis = _axis(roadmap, rehearsal)
    load = rehearsal.load()
    most = max((len(steps) for weeks in load.values() for steps in weeks.values()), default=0)
    late_steps = len({run.code for run in rehearsal.late})
    return RehearsalPage(
        title=roadmap.title,
        organisation=roadmap.organisation.name,
        scenario=scenario_words(scenario, roadmap),
        outcome=outcome_sentences(roadmap, rehearsal, scenario),
        figures=(
            ("конец", f"{rehearsal.end:%d.%m.%Y}" if rehearsal.end else "не наступил"),
            (
                "самый ранний конец",
                f"{rehearsal.earliest.end:%d.%m.%Y}" if rehearsal.earliest else "не наступит",
            ),
            ("с опозданием", f"{late_steps} из {len(roadmap.steps)}"),
            ("писем", str(len(rehearsal.letters))),
        ),
        ticks=tuple(axis.ticks()),
        stages=tuple(_stage_row(roadmap, stage, rehearsal, axis) for stage in roadmap.stages),
        late=tuple(_late_row(roadmap, run) for run in rehearsal.late),
        months=tuple(_months(roadmap, rehearsal)),
        people=tuple(_person_row(roadmap, key, rehearsal, load, axis, most)
                     for key in roadmap.people
                     if key in load or any(x.to == key for x in rehearsal.letters)),
        most_in_week=most,
    )  # fmt: skip


# -- stages and late steps --------------------------------------------------------------------


def _numeric(day: date) -> str:
    return f"{day:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class _Axis:
    """Whole months from the first to the last day there is anything to show."""

    first: date
    last: date

    def span(self, start: date, end: date) -> Span:
        """Both days included; never thinner than can be seen."""
        scale = 1000 / ((self.last - self.first).days + 1)
        width = max(((end - start).days + 1) * scale, 3)
        return Span(round(min((start - self.first).days * scale, 1000 - width), 1), round(width, 1))

    def ticks(self) -> list[Tick]:
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        every = 1 if months <= 18 else 3 if months <= 54 else 12
        main = every * (1 if months / every <= 6 else 3 if months / every <= 18 else 6)
        found = []
        for n in range(0, months, every):
            month = self.first.month - 1 + n
            day = date(self.first.year + month // 12, month % 12 + 1, 1)
            x = self.span(day, day).x
            label = SHORT[day.month]
            if n == 0 or day.month == 1 or n % main == 0:
                label += f" {day.year % 100:02}"
            # On a narrow screen a label at the very end would not fit.
            found.append(Tick(x, label, n % main == 0 and x <= 880))
        return found


def _axis(roadmap: RoadMap, rehearsal: Rehearsal) -> _Axis:
    days = [rehearsal.started.date(), rehearsal.last_day]
    for stage in roadmap.stages:
        days += [day for day in _planned(roadmap, stage) if day is not None]
    last = max(days)
    next_month = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return _Axis(min(days).replace(day=1), next_month - timedelta(days=1))


def _planned(roadmap: RoadMap, stage: Stage) -> tuple[date | None, date | None]:
    """First and last day of the stage's steps, as the plan has them."""
    dues = [step.due for step in stage.steps]
    starts = [day for due in dues if (day := due.start or due.end)]
    ends = [day for due in dues if (day := due.end or due.start)]
    return min(starts, default=None), max(ends, default=None)


def _stage_row(roadmap: RoadMap, stage: Stage, rehearsal: Rehearsal, axis: _Axis) -> StageRow:
    run = next(each for each in rehearsal.stages if each.code == stage.id)
    first, last = _planned(roadmap, stage)
    plan = axis.span(first, last) if first and last else None
    if run.opened is None:
        words, real = "не открылся", None
    elif run.closed is None:
        words = f"открылся {_numeric(run.opened)}, не завершён"
        real = axis.span(run.opened, rehearsal.last_day)
    else:
        words = f"{_numeric(run.opened)} – {_numeric(run.closed)}"
        real = axis.span(run.opened, run.closed)
    codes = {step.id for step in stage.steps}
    return StageRow(
        code=stage.id,
        title=stage.title,
        words=words,
        planned=f"{_numeric(first)} – {_numeric(last)}" if first and last else "без сроков",
        plan=plan,
        run=real,
        is_late=run.opened is None or any(each.code in codes for each in rehearsal.late),
    )


def _late_row(roadmap: RoadMap, run: StepRun) -> LateRow:
    step = next(each for each in roadmap.steps if each.id == run.code)
    return LateRow(
        code=run.code,
        title=step.title,
        owner=short_name(roadmap, run.owner),
        due=_numeric(run.due) if run.due else "",
        finished=_numeric(run.finished) if run.finished else "не выполнено",
        days=plural(run.days_late, "день", "дня", "дней"),
    )


# -- letters and load -------------------------------------------------------------------------

_KIND_WORDS = {
    LetterKind.OPENED: "новое мероприятие",
    LetterKind.DAILY: "напоминание",
    LetterKind.DIGEST: "сводка",
}


def _months(roadmap: RoadMap, rehearsal: Rehearsal) -> list[MonthRow]:
    by_month: dict[int, list[SentLetter]] = {}
    for letter in rehearsal.letters:
        by_month.setdefault(letter.on.year * 12 + letter.on.month - 1, []).append(letter)
    most = max((len(letters) for letters in by_month.values()), default=1)
    rows = []
    for number in range(min(by_month), max(by_month) + 1) if by_month else ():
        letters = by_month.get(number, [])
        kinds = Counter(letter.kind for letter in letters)
        bars, x = [], 0.0
        for kind in LetterKind:
            width = 1000 * kinds[kind] / most
            bars.append((kind.value, Span(round(x, 1), round(width, 1))))
            x += width
        rows.append(
            MonthRow(
                label=f"{NOMINATIVE[number % 12 + 1]} {number // 12}",
                opened=kinds[LetterKind.OPENED],
                daily=kinds[LetterKind.DAILY],
                digest=kinds[LetterKind.DIGEST],
                bars=tuple(bars),
                letters=tuple(
                    LetterLine(
                        day=_numeric(letter.on),
                        to=short_name(roadmap, letter.to),
                        kind=_KIND_WORDS[letter.kind],
                        steps=", ".join(letter.steps),
                    )
                    for letter in letters
                ),
            )
        )
    return rows


def _person_row(
    roadmap: RoadMap,
    key: str,
    rehearsal: Rehearsal,
    load: dict[str, dict[date, tuple[str, ...]]],
    axis: _Axis,
    most: int,
) -> PersonRow:
    weeks = load.get(key, {})
    bars = []
    for monday, steps in weeks.items():
        start = max(monday, axis.first)
        span = axis.span(start, min(monday + _WEEK - timedelta(days=1), axis.last))
        count = plural(len(steps), "мероприятие", "мероприятия", "мероприятий")
        hint = f"Неделя с {day_month_year(monday)}: {count} – {', '.join(steps)}"
        bars.append(WeekBar(span.x, span.width, round(100 * len(steps) / most, 1), hint))
    peak = "Мероприятий нет"
    if weeks:
        busiest = max(weeks, key=lambda monday: (len(weeks[monday]), -monday.toordinal()))
        count = plural(len(weeks[busiest]), "мероприятие", "мероприятия", "мероприятий")
        peak = f"Больше всего – {count} в неделю с {day_month_year(busiest)}"
    return PersonRow(
        name=roadmap.people[key].display or key,
        letters=letter_words(rehearsal, key),
        peak=peak,
        bars=tuple(bars),
    )
