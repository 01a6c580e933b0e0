"""Deadlines in school Russian; what is printed is read back to the same dates."""

from datetime import date

from roadmap.dues.months import is_month_end, month_end
from roadmap.dues.occurrences import span_of
from roadmap.dues.values import PROGRAMME, STAGE, Due, Offset, Rule, YearDay, YearSpan
from roadmap.russian import GENITIVE, NOMINATIVE, WEEKDAYS_DATIVE, counted

UNDATED = "срок не определён"


def print_due(due: Due) -> str:
    """The deadline for people, made from its dates; the source's words are `due.text`.

    A relative one without dates prints what it is counted from, a recurring one its rule and the
    days it runs between.
    """
    if due.rule:
        return _print_rule(due.rule, due.start, due.end)
    if due.relative and due.end is None:
        return print_offset(due.relative)
    return print_span(due.start, due.end)


def print_span(start: date | None, end: date | None) -> str:
    """A span of days: «сентябрь 2026», «февраль – май 2027», «до 15.09.2026», «2022 год»."""
    if end is None:
        return f"с {print_day(start)}" if start else UNDATED
    if start is None:
        return f"до {print_day(end)}"
    if start.day == 1 and is_month_end(end):
        return _print_months(start, end)
    if start == end:
        return print_day(end)
    return f"{print_day(start)} – {print_day(end)}"


def print_day(day: date) -> str:
    """«05.09.2026»"""
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def _print_months(start: date, end: date) -> str:
    first, last = NOMINATIVE[start.month], NOMINATIVE[end.month]
    if (start.month, end.month) == (1, 12):
        if start.year == end.year:
            return f"{end.year:04d} год"
        return f"{start.year:04d}–{end.year:04d} годы"
    if start.year != end.year:
        return f"{first} {start.year:04d} – {last} {end.year:04d}"
    if start.month != end.month:
        return f"{first} – {last} {end.year:04d}"
    return f"{last} {end.year:04d}"


# -- what recurs --------------------------------------------------------------------------------

_ADVERBS = {
    "year": "ежегодно", "quarter": "ежеквартально", "month": "ежемесячно", "week": "еженедельно",
    "day": "ежедневно", "term": "1 раз в четверть", "trimester": "1 раз в триместр",
    "half-year": "1 раз в полугодие", "always": "постоянно", "as-needed": "по мере необходимости",
}  # fmt: skip
# In the accusative after «в»: one, two to four, five and more.
_UNIT_FORMS = {
    "year": ("год", "года", "лет"), "quarter": ("квартал", "квартала", "кварталов"),
    "month": ("месяц", "месяца", "месяцев"), "week": ("неделю", "недели", "недель"),
    "day": ("день", "дня", "дней"), "term": ("четверть", "четверти", "четвертей"),
    "trimester": ("триместр", "триместра", "триместров"),
    "half-year": ("полугодие", "полугодия", "полугодий"),
}  # fmt: skip


def _print_rule(rule: Rule, start: date | None, end: date | None) -> str:
    if rule.every == "dates":
        return ", ".join(print_span(*span) for span in rule.spans)
    said = _print_frequency(rule)
    if rule.within:
        said = f"{' и '.join(map(_print_year_span, rule.within))}, {said}"
    return f"{said}{_print_window(rule, start, end)}"


def _print_frequency(rule: Rule) -> str:
    often = _ADVERBS[rule.every]
    if (rule.interval, rule.times) != (1, 1):
        times = f"{rule.times} {counted(rule.times, 'раз', 'раза', 'раз')}"
        amount = f"{rule.interval} " if rule.interval > 1 else ""
        often = f"{times} в {amount}{counted(rule.interval, *_UNIT_FORMS[rule.every])}"
    if rule.weekday is not None:
        return f"{often} по {WEEKDAYS_DATIVE[rule.weekday]}"
    if not rule.day:
        return often
    day = f"{rule.day} числа" if rule.exact else f"до {rule.day} числа"
    if rule.following:
        return f"{often} {day} следующего месяца"
    if rule.every == "quarter":
        return f"{often} {day} последнего месяца квартала"
    return f"{day} каждого месяца"


def _print_year_span(span: YearSpan) -> str:
    first, last = span
    if first is None:
        shown = f"конца {GENITIVE[last.month]}" if last.day == 0 else _print_year_day(last)
        return f"до {shown}"
    if first == last:
        return _print_year_day(last)
    return f"{_print_year_day(first)} – {_print_year_day(last)}"


def _print_year_day(day: YearDay) -> str:
    return f"{day.day} {GENITIVE[day.month]}" if day.day else NOMINATIVE[day.month]


def _print_window(rule: Rule, start: date | None, end: date | None) -> str:
    """The window in the shortest words that are read back to the same first and last day."""
    if start is None:
        return ""
    if end is None:
        return f" с {start.year:04d} года" if rule.within else f", с {print_day(start)}"
    if rule.within and _spans(rule, date(start.year, 1, 1), date(end.year, 12, 31), start, end):
        if start.year == end.year:
            return f", {end.year:04d} год"
        return f" с {start.year:04d} по {end.year:04d} год"
    if _spans(rule, start.replace(day=1), month_end(end), start, end):
        return f", {_print_months(start.replace(day=1), month_end(end))}"
    return f", с {print_day(start)} по {print_day(end)}"


def _spans(rule: Rule, window_start: date, window_end: date, start: date, end: date) -> bool:
    return span_of(rule, window_start, window_end) == (start, end)


# -- what follows an event ----------------------------------------------------------------------

_AFTER_WITHIN = {
    "working-day": ("рабочего дня", "рабочих дней", "рабочих дней"),
    "day": ("дня", "дней", "дней"),
    "week": ("недели", "недель", "недель"),
    "month": ("месяца", "месяцев", "месяцев"),
}
_COUNTED = {
    "working-day": ("рабочий день", "рабочих дня", "рабочих дней"),
    "day": ("день", "дня", "дней"),
    "week": ("неделю", "недели", "недель"),
    "month": ("месяц", "месяца", "месяцев"),
}


def print_offset(offset: Offset) -> str:
    """«в течение 3 рабочих дней после 5.4», «не позднее чем за 10 дней до 7.2»."""
    event = _print_anchor(offset.anchor, offset.side == "before")
    if offset.amount == 0:
        return f"после {event}"
    if offset.within:
        unit = counted(offset.amount, *_AFTER_WITHIN[offset.unit])
        return f"в течение {offset.amount} {unit} после {event}"
    unit = counted(offset.amount, *_COUNTED[offset.unit])
    if offset.side == "before":
        return f"не позднее чем за {offset.amount} {unit} до {event}"
    return f"через {offset.amount} {unit} после {event}"


def _print_anchor(anchor: str, before: bool) -> str:
    name, *rest = anchor.split(" ")
    at_end = rest[-1:] == ["end"]
    edge = "окончания" if at_end else "начала"
    if name == PROGRAMME:
        return f"{edge} программы"
    if name == STAGE:
        number = [word for word in rest if word != "end"]
        return " ".join([edge, "этапа", *number])
    return f"{edge} {name}" if rest else name
