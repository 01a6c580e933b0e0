"""A deadline's words → Due: which grammar reads them, and what stays in doubt.

The grammars of recurring and of relative deadlines are imported when a text first needs them:
compiling their patterns takes longer than everything else here, and many plans have neither.
"""

import re
from datetime import date, timedelta

from roadmap.dues.listing import read_readings
from roadmap.dues.months import month_end, shift_month
from roadmap.dues.occurrences import comes_round, span_of
from roadmap.dues.parts import Part, Span
from roadmap.dues.printing import print_span
from roadmap.dues.values import Doubt, Due, Period, Rule
from roadmap.dues.wording import days, without_weekday, words
from roadmap.dues.years import (
    FIRST_YEAR,
    LAST_YEAR,
    Dated,
    date_readings,
    date_spans,
    impossible,
    print_spans,
)
from roadmap.terms import Term

# Longer than any deadline a plan names: what is longer is prose, and is not read.
_LONGEST = 200

# A rule that comes round at all does so within these years; 29 February is moved to the 28th.
_YEARS_TO_FIRST = 2

# Words one of which is in every deadline that follows an event, and in every one that recurs.
_RELATIVE = re.compile(
    r"\b(?:после|спустя|с момента|с даты|со uday|этап|до|за|от|по конец|через)\b"
)
_RECURRING = re.compile(
    r"\bevery|\bраз\b|постоянн|регулярно|систематич|непрерывно|необходимост|запрос|\bмере\b"
    r"|следующего за|\bпо w\d"
)
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_BRACKETS = frozenset("()[]")
_WHOLE = re.compile(r"период|срок|врем|uyear")


def parse_due(text: str, *, period: Period | None = None, terms: tuple[Term, ...] = ()) -> Due:
    """Read a deadline as a school writes it. Never raises.

    `period` is the programme's: it gives the years that the text leaves out and bounds what recurs;
    `terms` are the school's own where it names them. What cannot be dated is not guessed: the due
    has no dates and a doubt that says why. A period outside the years of plans is none.
    """
    if len(text) > _LONGEST:
        return _undated(text)
    if period and not FIRST_YEAR < period.start.year <= period.end.year < LAST_YEAR:
        period = None
    said = words(text)
    if _RELATIVE.search(said) and (due := _read_relative(text)):
        return due
    phrase = days(said)
    if _RECURRING.search(phrase) and (due := _read_recurring(text, phrase, period, terms)):
        return due
    if not _BRACKETS.isdisjoint(text):
        return _read_bracketed(text, period, terms) or _undated(text)
    phrase, weekday = without_weekday(phrase)
    readings = read_readings(phrase) or _by_lines(text)
    if not readings:
        return _read_whole_period(text, phrase, period) or _undated(text)
    dated = date_readings(readings, period, terms, weekday)
    if isinstance(dated, Doubt):
        return Due(text, doubts=(dated,))
    return _due(text, dated, readings[0])


def _read_bracketed(text: str, period: Period | None, terms: tuple[Term, ...]) -> Due | None:
    from roadmap.dues.brackets import date_bracketed, date_list, taken_apart

    apart = taken_apart(text)
    found = date_bracketed(apart, period, terms) if apart else None
    if found is None:
        found = date_list(text, period, terms)
    if found is None:
        return None
    dated, reading = found
    return Due(text, doubts=(dated,)) if isinstance(dated, Doubt) else _due(text, dated, reading)


def _by_lines(text: str) -> tuple[tuple[Span, ...], ...]:
    """Each line an item of a list, as a cell of a table has them, if each names a time itself."""
    lines = [line.strip(" ,;") for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(read_readings(days(words(line))) for line in lines):
        return ()
    return read_readings(days(words(", ".join(lines))))


def _due(text: str, dated: Dated, reading: tuple[Span, ...]) -> Due:
    """The due of dated spans, with what is doubtful about it."""
    doubts = dated.doubts
    if any(span.vague for span in reading):
        doubts += (_roughly(dated, reading),)
    if len(dated.spans) == 1:
        start, end = dated.spans[0]
        if end is None:
            doubts += (_open_ended(start),)
        return Due(text, start, end, doubts=doubts)
    if any(end is None for _, end in dated.spans):
        return _undated(text)
    starts = [start or end for start, end in dated.spans]
    rule = Rule("dates", spans=dated.spans)
    return Due(text, min(starts), max(end for _, end in dated.spans), rule, doubts=doubts)


def parse_one_date(text: str) -> date | None:
    """The single day a text names («01.09.2021», «1 сентября 2021 г.», «2021-09-01»), or None."""
    due = parse_due(text)
    return due.end if due.rule is None and due.start == due.end else None


def named_days(text: str) -> tuple[tuple[bool, bool], ...]:
    """For each span a text lists: whether its first and its last day are named as days.

    «с 29 ноября по 17 декабря 2021» names both, «Сентябрь 2021» none. Empty for what is not spans.
    """
    if len(text) > _LONGEST:
        return ()
    spans = _first_reading(text)
    return tuple((_is_day(span.first), _is_day(span.last)) for span in spans)


def names_last_day(text: str) -> bool:
    """Whether the text itself names the last day, as «до 15.09.2021» does and «май» does not."""
    if not _SHORT_NUMBER.search(text):  # a quick look first: most plans name months only
        return False
    named = named_days(text)
    return bool(named) and named[-1][1]


def names_term(text: str) -> bool:
    """Whether the text names a part of a school year, as «1 четверть 2021» does."""
    spans = _first_reading(text) if len(text) <= _LONGEST else ()
    return any(part.term is not None for span in spans for part in span[:2] if part)


def _first_reading(text: str) -> tuple[Span, ...]:
    if not _BRACKETS.isdisjoint(text):
        from roadmap.dues.brackets import read_bracketed

        return read_bracketed(text)
    readings = read_readings(without_weekday(days(words(text)))[0])
    return readings[0] if readings else ()


def _is_day(part: Part | None) -> bool:
    return part is not None and part.term is None and part.low == part.high


def _read_relative(text: str) -> Due | None:
    from roadmap.dues.relatives import read_offset

    # «5.15» is the number of a step here and no time of day.
    offset = read_offset(words(text, dotted_times=False).replace(" incl", ""))
    return Due(text, relative=offset) if offset else None


def _read_recurring(
    text: str, phrase: str, period: Period | None, terms: tuple[Term, ...]
) -> Due | None:
    from roadmap.dues.rules import read_rule

    recurring = read_rule(phrase)
    if recurring is None:
        return None
    rule, doubts = recurring.rule, ()
    for part in recurring.parts:
        if doubt := impossible(part):
            return Due(text, doubts=(doubt,))
    start, end = (period.start, period.end) if period else (None, None)
    if recurring.window:
        dated = date_spans((recurring.window,), period, terms)
        if isinstance(dated, Doubt):
            return Due(text, doubts=(dated,))
        first, last = dated.spans[0]
        start, end, doubts = first or start, last or end, dated.doubts
    if recurring.vague:
        doubts += (Doubt("due-approximate", "срок назван приблизительно: проверьте даты", "info"),)
    if start and (end is None or end < start):
        return _first_time(text, rule, start, end, terms, doubts)
    if start is None:
        return Due(text, end=end, rule=rule, doubts=(*doubts, _no_period(text)))
    span = span_of(rule, start, end, terms)
    if span is None:
        return Due(text, doubts=(_outside(text),))
    return Due(text, *span, rule, doubts=doubts)


def _first_time(
    text: str,
    rule: Rule,
    start: date,
    end: date | None,
    terms: tuple[Term, ...],
    doubts: tuple[Doubt, ...],
) -> Due:
    """«Май, ежегодно с 2023» of a programme that has no end yet, or ends before: the first May."""
    beyond = shift_month(start, 12 * _YEARS_TO_FIRST)
    first = next(comes_round(rule, start, beyond, terms), None) if _repeats(rule) else None
    if first is None:
        return Due(text, start, None, rule, doubts=(*doubts, _no_period(text)))
    shown = print_span(first.start, first.end)
    doubt = (
        Doubt(
            "due-no-period",
            f"«{_shown(text)}»: взят первый раз, {shown}; чтобы знать остальные, "
            "укажите период программы",
            "warning",
        )
        if end is None
        else Doubt(
            "due-outside-period",
            f"«{_shown(text)}»: первый раз, {shown}, – уже после конца программы; "
            "проверьте год и период программы",
            "warning",
        )
    )
    return Due(text, first.start or first.end, first.end, rule, doubts=(*doubts, doubt))


def _repeats(rule: Rule) -> bool:
    return rule.every not in ("always", "as-needed")


def _read_whole_period(text: str, phrase: str, period: Period | None) -> Due | None:
    if not _WHOLE.search(phrase):
        return None
    from roadmap.dues.rules import is_whole_period

    if not is_whole_period(phrase):
        return None
    if period is None:
        return Due(text, doubts=(_no_period(text),))
    return Due(text, period.start, period.end)


def _no_period(text: str) -> Doubt:
    return Doubt(
        "due-no-period",
        f"«{_shown(text)}» зависит от периода программы, а он не указан; укажите период",
        "warning",
    )


def _outside(text: str) -> Doubt:
    return Doubt(
        "due-no-year",
        f"«{_shown(text)}»: в период программы этот срок ни разу не попадает; допишите год",
        "warning",
    )


def _open_ended(start: date) -> Doubt:
    return Doubt(
        "due-undated",
        f"назван только первый день, {start:%d.%m.%Y}; назовите и последний",
        "info",
    )


def _roughly(dated: Dated, reading: tuple[Span, ...]) -> Doubt:
    shown = print_spans(dated.spans)
    until = reading[0].last if len(reading) == 1 else None
    if until and reading[0].exclusive:
        end = dated.spans[0][1]
        with_it = print_span(dated.spans[0][0], month_end(end + timedelta(days=1)))
        message = (
            f"срок назван приблизительно и понят как {shown}; если {until} входит в срок, это "
            f'{with_it} – напишите, что верно: due: "{shown}" или due: "{with_it}"'
        )
        if not until.is_month:
            message = (
                f"срок назван приблизительно и понят как {shown}; если {until} входит в срок, "
                f'напишите due: "до конца …", если нет – due: "{shown}"'
            )
        return Doubt("due-approximate", message, "info")
    return Doubt(
        "due-approximate",
        f"срок назван приблизительно и понят как {shown}; если это не так, назовите даты: "
        f'due: "{shown}"',
        "info",
    )


def _undated(text: str) -> Due:
    message = (
        f"срок не определён: «{_shown(text)}»; назовите даты или событие, от которого считать"
        if text.strip()
        else "срок не указан; назовите даты или событие, от которого считать"
    )
    return Due(text, doubts=(Doubt("due-undated", message, "info"),))


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79].rstrip() + "…"
