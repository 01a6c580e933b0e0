"""Next year's plan from this year's: dates moved, owners kept, what was late told at the step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from roadmap.calendar import SchoolCalendar
from roadmap.dues import Due, parse_one_date, print_day, print_due
from roadmap.dues.fixed_days import is_fixed
from roadmap.dues.rewording import dates_reworded
from roadmap.errors import InputWrong
from roadmap.loader import load_text
from roadmap.plan_edits import (
    LONGEST_MONTHS,
    checked,
    counted_months,
    moved_date,
    shifted_value,
    terms_of,
)
from roadmap.plan_text import Edit, PlanText, edited, one_line
from roadmap.russian import plural
from roadmap.spec import RoadMap


@dataclass(frozen=True, slots=True)
class Lesson:
    """What next year may learn from a step: how it went, as a comment without names of pupils.

    late_days: calendar days after its due date, 0 in time; times: how often a step that recurs was
    late. unfinished: it is not done yet, and that many days over.
    """

    step: str
    late_days: int
    times: int = 1
    unfinished: bool = False

    @property
    def words(self) -> str:
        days = plural(self.late_days, "день", "дня", "дней")
        if self.unfinished:
            return f"прошлый раз: не выполнено, просрочено на {days}"
        if self.times > 1:
            often = plural(self.times, "раз", "раза", "раз")
            return f"прошлый раз: выполнено позже срока {often}, больше всего на {days}"
        return f"прошлый раз: выполнено на {days} позже срока"


@dataclass(frozen=True, slots=True)
class NextYear:
    """The new file's text, its first year, and what a person should look at in it."""

    text: str
    first_year: int | None
    moved: int
    look_at: tuple[str, ...]
    lessons: int


def next_year(
    text: str,
    file: str,
    months: int,
    lessons: Iterable[Lesson],
    on: date,
    *,
    already: int = 0,
) -> NextYear:
    """The text with period, due dates and the calendar's terms moved by whole months.

    `already`: by how many months the programme under way was itself moved against its text; `on` is
    today, for the note.
    A day that the plan names and that would be a day off moves as the school's calendar says. Words
    without a year of their own stay: the period gives them the new one. Raises `RoadMapInvalid` for
    a text that cannot be read, `InputWrong` when the result would be wrong.
    """
    if not 0 < months <= LONGEST_MONTHS:
        raise InputWrong(f"--months {months}: нужно от 1 до {LONGEST_MONTHS}")
    months += already
    roadmap = load_text(text, file).require()
    moved = _moved(text, roadmap, months)
    middle = checked(moved.text, file)
    settled = _off_days_off(moved.text, middle)
    after = checked(settled, file)
    look_at = [*moved.left, *_unexpected(roadmap, after, months, moved.codes)]
    learned = [lesson for lesson in lessons if lesson.late_days > 0]
    final = _with_comments(settled, file, months, learned, after, on)
    result = checked(final, file)
    first = result.first_month()
    if any(sign.isdigit() for sign in roadmap.title):
        look_at.append(f"название: «{one_line(roadmap.title)}» – проверьте, не назван ли год")
    known = {step.id for step in roadmap.steps}
    count = len({lesson.step for lesson in learned} & known)
    return NextYear(final, first[0] if first else None, len(moved.codes), tuple(look_at), count)


@dataclass(frozen=True, slots=True)
class _Moved:
    text: str
    codes: frozenset[str]
    left: tuple[str, ...]


def _moved(text: str, roadmap: RoadMap, months: int) -> _Moved:
    plan = PlanText(text)
    edits, left, codes = [], [], set()
    for step in roadmap.steps:
        value = plan.due(step.id)
        words = shifted_value(value, step.due, months, terms_of(roadmap))
        if words is not None:
            edits.append(Edit(value.start, value.end, words))
            codes.add(step.id)
    if roadmap.period is not None:
        for key, day in _shifted_period(roadmap, months):
            bound = plan.period(key)
            words = moved_date(bound, day) if bound is not None else None
            if bound is not None and words is not None:
                edits.append(Edit(bound.start, bound.end, words))
    dated = 0
    for listed in ("terms", "vacations", "days_off"):
        for value in plan.dates_of("calendar", listed):
            known = parse_one_date(value.value)
            old = Due(value.value, known, known)
            words = shifted_value(value, old, months, ()) if old.end else None
            if words is not None:
                edits.append(Edit(value.start, value.end, words))
                dated += 1
    if dated:
        left.append("календарь школы: даты четвертей, каникул и выходных перенесены – проверьте их")
    if roadmap.calendar.working_days:
        left.append("calendar.working_days: рабочие дни вместо выходных не перенесены")
    return _Moved(edited(text, edits), frozenset(codes), tuple(left))


def _shifted_period(roadmap: RoadMap, months: int) -> tuple[tuple[str, date], ...]:
    try:
        period = roadmap.shifted(months).period
        assert period is not None  # the caller has looked
    except (ValueError, OverflowError):
        raise InputWrong(f"--months {months}: таких лет нет в календаре") from None
    return ("start", period.start), ("end", period.end)


def _off_days_off(text: str, roadmap: RoadMap) -> str:
    """Days named as such put on working days: the last as deadlines move, the first onwards.

    Fixed days – 1 сентября, 9 мая, День учителя – stay.
    """
    plan, calendar = PlanText(text), roadmap.school_calendar
    edits = []
    for step in roadmap.steps:
        value, due = plan.due(step.id), step.due
        words = dates_reworded(value.raw, due, _working(calendar, due))
        if words is not None:
            edits.append(Edit(value.start, value.end, words))
    return edited(text, edits)


def _unexpected(before: RoadMap, after: RoadMap, months: int, moved: frozenset[str]) -> list[str]:
    """Due dates that did not move as the others did: words for a person to look at."""
    found = []
    old = {step.id: step.due for step in before.steps}
    for step in after.steps:
        if step.id in moved or step.due.relative is not None:
            continue
        words = f"{step.id}: «{' '.join(step.due.text.split())}»"
        try:
            wanted = old[step.id].shifted(months)
        except (ValueError, OverflowError):
            wanted = old[step.id]
        if step.due.end is None:
            found.append(f"{words} – срок не определён, назовите его")
        elif (step.due.start, step.due.end) != (wanted.start, wanted.end):
            found.append(f"{words} – в новом плане это {print_due(step.due)}, проверьте")
    return found


def _working(calendar: SchoolCalendar, due: Due) -> Callable[[date], date]:
    """Fixed days stay; a span's first day moves onwards, the last as deadlines do."""

    def moved(day: date) -> date:
        if is_fixed(day, due.text):
            return day
        first = due.start is not None and due.start != due.end and day != due.end
        return calendar.move_off_day_off(day, "after") if first else calendar.deadline(day)

    return moved


def _with_comments(
    text: str, file: str, months: int, lessons: list[Lesson], roadmap: RoadMap, on: date
) -> str:
    plan = PlanText(text)
    name = one_line(file.replace("\\", "/").rpartition("/")[2])
    head = f"{print_day(on)}. План следующего года из {name}: сроки перенесены на "
    edits = [plan.comment_above(None, [head + counted_months(months)])]
    for step in roadmap.steps:
        told = [lesson.words for lesson in lessons if lesson.step == step.id]
        if told:
            edits.append(plan.comment_above(plan.steps[step.id], told))
    return edited(text, edits)
