"""Changing a road map's file: moving stages, accepting a warning. Text in, text out.

Only the dates concerned change, in the file's own words; comments, layout, quotation marks and line
ends stay. What was done, when and why stays in the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from roadmap.dues import Due, parse_one_date, print_day, print_due
from roadmap.dues.months import is_month_end, month_end
from roadmap.dues.rewording import dates_reworded, shifted_words
from roadmap.errors import InputWrong
from roadmap.loader import Loaded, load_text
from roadmap.plan_text import Edit, PlanText, Value, edited, one_line
from roadmap.problems import acceptable, codes
from roadmap.respelling import respelled
from roadmap.russian import plural
from roadmap.spec import RoadMap
from roadmap.terms import Term

LONGEST_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class Change:
    """The new text, what was changed in it, and what could not be: sentences for the person."""

    text: str
    done: tuple[str, ...]
    left: tuple[str, ...] = ()


def stages_named(named: str, roadmap: RoadMap) -> tuple[str, ...]:
    """«5», «5-6», «5,7» → stages in the plan's order. Raises `InputWrong` naming the known ones."""
    order = [stage.id for stage in roadmap.stages]
    found: set[str] = set()
    for part in named.replace(";", ",").split(","):
        item = part.strip().replace("–", "-")
        if not item:
            continue
        if item in order:
            found.add(item)
            continue
        ends = next(
            (
                (item[:at].strip(), item[at + 1 :].strip())
                for at, sign in enumerate(item)
                if sign == "-" and item[:at].strip() in order and item[at + 1 :].strip() in order
            ),
            None,
        )
        if ends is None:
            raise InputWrong(f"этапа {item} в дорожной карте нет; есть: {', '.join(order)}")
        first, last = map(order.index, ends)
        if last < first:
            raise InputWrong(f"{item}: этап {ends[0]} стоит после этапа {ends[1]}; поменяйте их")
        found.update(order[first : last + 1])
    if not found:
        raise InputWrong("назовите этапы: 5, 5-6 или 5,7")
    return tuple(code for code in order if code in found)


def shift_stages(
    text: str, file: str, stages: tuple[str, ...], months: int, reason: str, on: date
) -> Change:
    """Moves the due dates of these stages by whole months; `on` is today, for the note.

    `text` without a byte order mark. The period grows if need be. Due dates that name no year of
    their own stay and are told in `left`. Raises `InputWrong`, and `RoadMapInvalid` for a text
    that cannot be read.
    """
    if months == 0:
        raise InputWrong("--months 0: перенос на 0 месяцев ничего не меняет")
    if abs(months) > LONGEST_MONTHS:
        raise InputWrong(f"--months {months}: можно не больше {LONGEST_MONTHS}")
    why = needed_reason(reason)
    roadmap = load_text(text, file).require()
    plan = PlanText(text)
    chosen = [step for stage in roadmap.stages if stage.id in stages for step in stage.steps]
    edits, done, left, new_ends = [], [], [], []
    moved_codes = set()
    for step in chosen:
        value = plan.due(step.id)
        words = shifted_value(value, step.due, months, terms_of(roadmap))
        if words is None:
            left.append(f"{step.id}: «{_shown(step.due)}» – {_why_left(step.due)}")
            continue
        edits.append(Edit(value.start, value.end, words))
        moved_codes.add(step.id)
        moved = step.due.shifted(months)
        new_ends += [day for day in (moved.start, moved.end) if day]
        done.append((step.id, _shown(step.due)))
    if not edits:
        listed = "; ".join(left)
        raise InputWrong(f"переносить нечего: сроки не названы датами – {listed}")
    period_edits, told = _wider_period(plan, roadmap, new_ends)
    names = ", ".join(stages)
    title = "Сроки этапа" if len(stages) == 1 else "Сроки этапов"
    note = f"{print_day(on)}. {title} {names} перенесены на {counted_months(months)}: {why}"
    edits += [*period_edits, plan.comment_above(plan.stages[stages[0]], [note])]
    new = edited(text, edits)
    before = {step.id: step.due for step in roadmap.steps}
    after = {step.id: step.due for step in checked(new, file).steps}
    told = [*(f"{code}: {old} → {_shown(after[code])}" for code, old in done), *told]
    for code, due in after.items():
        old = before[code]
        if code not in moved_codes and (old.start, old.end) != (due.start, due.end):
            # «в течение всего периода»: the period has grown
            left.append(f"{code}: «{_shown(due)}» – теперь это {print_due(due)}")
    return Change(new, tuple(told), tuple(left))


def accept_warning(
    text: str, file: str, code: str, places: tuple[str, ...], reason: str, on: date
) -> Change:
    """Records that a warning is as it should be, with the reason. Raises `InputWrong`.

    places: stages and steps; none: wherever it occurs.
    """
    why = needed_reason(reason)
    loaded = load_text(text, file)
    roadmap = loaded.require()
    known = acceptable()
    if code not in known:
        error = " (это ошибка, её нужно исправить)" if code in codes() else ""
        raise InputWrong(f"замечания {code} нет{error}; принять можно: {', '.join(known)}")
    stages = {step.id: stage.id for stage in roadmap.stages for step in stage.steps}
    for place in places:
        if place not in stages and place not in stages.values():
            raise InputWrong(f"--at {place}: такого этапа или мероприятия в файле нет")
    if not _matching(loaded, code, places, stages):
        at = f" для {', '.join(places)}" if places else ""
        raise InputWrong(f"замечания {code}{at} в файле нет или оно уже принято")
    new = edited(text, [PlanText(text).new_acceptance(code, places, why, print_day(on))])
    checked(new, file)
    at = f" для {', '.join(places)}" if places else ""
    return Change(new, (f"замечание {code}{at} принято: {why}",))


def _matching(loaded: Loaded, code: str, places: tuple[str, ...], stages: dict[str, str]) -> bool:
    return any(
        not places or any(step in places or stages[step] in places for step in problem.at)
        for problem in loaded.warnings
        if problem.code == code
    )


def checked(text: str, file: str) -> RoadMap:
    """The road map of a changed text; raises `InputWrong` when the change broke it."""
    loaded = load_text(text, file)
    if loaded.errors or loaded.roadmap is None:
        first = loaded.errors[0]
        raise InputWrong(
            f"файл не изменён: после изменения в нём была бы ошибка, строка {first.line}: "
            f"{first.explanation}"
        )
    return loaded.roadmap


def needed_reason(reason: str) -> str:
    """The reason on one line; raises `InputWrong` when there is none."""
    line = one_line(reason)
    if not line.strip(" …."):
        raise InputWrong("напишите причину: --reason «…»; она останется в файле")
    if len(line) > 500:
        raise InputWrong("причина слишком длинная: можно не больше 500 знаков")
    return line


def terms_of(roadmap: RoadMap) -> tuple[Term, ...]:
    return roadmap.school_calendar.terms


def shifted_value(value: Value, due: Due, months: int, terms: tuple[Term, ...]) -> str | None:
    """A due date as it is written, moved by whole months; None when it cannot be.

    Where the file's spelling hides the words – escapes, folded lines – they are moved as read.
    """
    words = shifted_words(value.raw, due, months, terms)
    if words is not None:
        return words
    new = shifted_words(value.value, due, months, terms)
    return None if new is None else respelled(value.raw, value.value, new)


def moved_date(value: Value, day: date) -> str | None:
    """A date as it is written, with another day put in its place; None when it cannot be."""
    old = parse_one_date(value.value)
    if old is None:
        return None
    due = Due(value.value, old, old)
    words = dates_reworded(value.raw, due, lambda _: day)
    if words is not None:
        return words
    return value.raw if old == day else value.raw.replace(value.value, print_day(day))


def counted_months(months: int) -> str:
    """«на 12 месяцев вперёд»"""
    way = "вперёд" if months > 0 else "назад"
    return f"{plural(abs(months), 'месяц', 'месяца', 'месяцев')} {way}"


def _wider_period(
    plan: PlanText, roadmap: RoadMap, days: Iterable[date]
) -> tuple[list[Edit], list[str]]:
    """Edits that let the period hold these days, and their sentences."""
    period, listed = roadmap.period, list(days)
    if period is None or not listed:
        return [], []
    edits, told = [], []
    first, last = min(listed), max(listed)
    if is_month_end(period.end):
        last = month_end(last)
    if period.start.day == 1:
        first = first.replace(day=1)
    wanted = (("start", period.start, first, first < period.start, "начинается"),
              ("end", period.end, last, last > period.end, "кончается"))  # fmt: skip
    for key, old, new, needed, verb in wanted:
        value = plan.period(key)
        if value is None or not needed:
            continue
        words = moved_date(value, new)
        if words is not None:
            edits.append(Edit(value.start, value.end, words))
            told.append(f"период теперь {verb} {print_day(new)} (было {print_day(old)})")
    return edits, told


def _shown(due: Due) -> str:
    return " ".join(due.text.split())


def _why_left(due: Due) -> str:
    if due.relative is not None:
        return "считается от другого события и переносится вместе с ним"
    if due.fixed:
        return "день закреплён за своей датой и не переносится"
    if due.end is None:
        return "не названо дат, переносить нечего"
    if due.rule is not None and due.rule.every != "dates":
        return "повторяется по правилу; если нужно, исправьте слова сами"
    return "год не назван в самом сроке; допишите год и перенесите снова"
