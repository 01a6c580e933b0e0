"""The grammar of lists: «апрель, октябрь 2022, 2023», «2021: октябрь; 2022: март».

Years in a list belong to the months and days beside them, before or after. A list may have more
than one sensible reading; all are given, the likeliest first.
"""

import re
from typing import NamedTuple

from roadmap.dues.parts import Part, Span
from roadmap.dues.spans import of_one_sort, read_span, shortened

Reading = tuple[Span, ...]

_LIST = re.compile(r", (?:и )?| и ")
_SHORT = re.compile(r"\d{1,2}")
_SHORT_SPAN = re.compile(r"(?:с )?(\d{1,2})(?:-| по )(\d{1,2})")
_NAMED = r"m\d\d|u(?:quarter|term|half|tri)|spring|summer|autumn|winter"
_JOINED_YEAR = re.compile(rf"({_NAMED})-(\d{{4}})\b")
_YEAR_BEFORE = re.compile(
    r"(?:^|(?<=, ))(\d{4})(?:-| )(?=(?:\d{1,2}(?:-\d{1,2})? )?[mu]\d?|s[pu]|a|w)"
)
_YEARS = re.compile(r"(s?\d{4})(?:-(s?\d{4}))?")
_ENDS_IN_YEARS = re.compile(r"(.*\S) (\d{4})-(\d{4})")
_ENDS_IN_SCHOOL_YEAR = re.compile(rf"(.*(?:{_NAMED})) (s\d{{4}})")
_AUGUST = re.compile(r"m08 s(\d{4})")
_OWN_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_MOST_YEARS = 30


class _Item(NamedTuple):
    """One item of a list and the years said right after it; `text` empty: years alone.

    `dashed`: they were written «2022–2024».
    """

    text: str
    years: tuple[str, ...] = ()
    dashed: bool = False


def read_readings(phrase: str) -> tuple[Reading, ...]:
    """Every sensible reading of the spans a canonical phrase lists; none: it is something else."""
    phrase = _JOINED_YEAR.sub(r"\1 \2", phrase)
    if not re.search(rf"(?:{_NAMED}) s?\d{{4}}", phrase):
        phrase = _YEAR_BEFORE.sub(r"\1, ", phrase)
    readings = _readings(phrase)
    if readings and (match := _AUGUST.search(phrase)):
        # August belongs to the school year that it prepares, and to the one that it ends.
        later = _readings(_AUGUST.sub(f"m08 {int(match[1]) + 1}", phrase))
        readings += tuple(each for each in later if each not in readings)
    return readings


def _readings(phrase: str) -> tuple[Reading, ...]:
    items = [_item(text) for text in _LIST.split(phrase)]
    if not any(item.years for item in items):
        reading = _read_items([item.text for item in items])
        return _with_other_winter(phrase, (reading,)) if reading else ()
    if all(not item.text for item in items):
        return _only_years(items)
    found = _with_years(items)
    return tuple(found) if found else ()


def _item(text: str) -> _Item:
    if match := _YEARS.fullmatch(text):
        return _Item("", _run(match[1], match[2]), match[2] is not None)
    match = _ENDS_IN_YEARS.fullmatch(text)
    if match and not _OWN_YEAR.search(match[1]) and re.search(_NAMED, match[1]):
        return _Item(match[1], _run(match[2], match[3]), True)
    if match := _ENDS_IN_SCHOOL_YEAR.fullmatch(text):
        return _Item(match[1], (match[2],))
    return _Item(text)


def _run(first: str, last: str | None) -> tuple[str, ...]:
    """«2022–2024» year by year; backwards or too many: as the two that were written."""
    if last is None:
        return (first,)
    sort, begin, end = first[:-4], int(first[-4:]), int(last[-4:])
    if sort != last[:-4] or not begin < end <= begin + _MOST_YEARS:
        return first, last
    return tuple(f"{sort}{year}" for year in range(begin, end + 1))


def _only_years(items: list[_Item]) -> tuple[Reading, ...]:
    spans = []
    for item in items:
        ends = item.years[:1] if len(item.years) == 1 else (item.years[0], item.years[-1])
        spans.append(read_span("-".join(ends)))
    if None in spans or not of_one_sort(spans):
        return ()
    return (tuple(spans),)


def _with_years(items: list[_Item]) -> list[Reading] | None:
    groups = _groups(items)
    if groups is None:
        return None
    each: list[Span] = []
    crossing = len(items) == 1 and items[0].dashed and _crosses(items[0].text)
    if crossing:
        # «сентябрь – май 2022–2024»: the school years from 2022 to 2024.
        groups = [(groups[0][0], tuple(f"s{year}" for year in groups[0][1][:-1]))]
    for texts, years in groups:
        found = _every_year(texts, years)
        if found is None:
            return None
        each += found
    if not of_one_sort(each):
        return None
    readings = [tuple(each)]
    if len(items) == 1 and items[0].dashed and not crossing:
        first, last = items[0].years[0], items[0].years[-1]
        text, until = items[0].text, each[0].first is None
        if int(last[-4:]) == int(first[-4:]) + 1 and (year := _read_items([f"{text} s{first}"])):
            # «октябрь 2022–2023» may be October of the school year.
            readings.append(year)
        elif not until and each[0].first == each[0].last and each[0].first.is_month:
            through = Part(int(last), (12, 1), (12, -1))
            readings.append((Span(each[0].first, through),))
    return readings


def _groups(items: list[_Item]) -> list[tuple[list[str], tuple[str, ...]]] | None:
    """Items that share their years; None when a year stands between two and may be either's."""
    groups: list[tuple[list[str], tuple[str, ...]]] = []
    texts: list[str] = []
    years: list[str] = []
    years_first = not items[0].text and not _OWN_YEAR.search(items[1].text)
    if not items[0].text and not years_first:
        return None
    for item in items:
        if (not item.text and years_first and texts) or (item.text and not years_first and years):
            groups.append((texts, tuple(years)))
            texts, years = [], []
        if item.text:
            texts.append(item.text)
            if years_first and item.years:
                return None
        years += item.years
    if years_first and not texts:
        return None
    groups.append((texts, tuple(years)))
    return groups


def _every_year(texts: list[str], years: tuple[str, ...]) -> list[Span] | None:
    """The items in each of the years, year by year. One that has a year keeps it beside others."""
    if not years:
        return list(_read_items(texts) or ()) or None
    own = [_OWN_YEAR.search(text) is not None for text in texts]
    before = [] if not any(own[:-1]) else texts[: len(own) - 1 - own[:-1][::-1].index(True)]
    texts = texts[len(before) :]
    found = list(_read_items(before) or ()) if before else []
    if before and not found:
        return None
    said = list(years)
    if match := re.fullmatch(r"(.*) (s?\d{4})", texts[-1]):
        texts, said = [*texts[:-1], match[1]], [match[2], *said]
    for year in dict.fromkeys(said):
        spans = _read_items(
            [f"{text} {year}" if not _SHORT.fullmatch(text) else text for text in texts]
        )
        if spans is None:
            return None
        found += spans
    return found


def _crosses(text: str) -> bool:
    """Whether a span without a year runs over New Year, as «сентябрь – май» does."""
    span = read_span(text)
    if span is None or not (span.first and span.last):
        return False
    return span.first.order > span.last.order


def _with_other_winter(phrase: str, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    if not re.search(r"winter \d{4}", phrase):
        return readings
    (reading,) = readings
    later = tuple(
        Span(
            span.first._replace(year=span.first.year + 1),
            span.last._replace(year=span.last.year + 1),
        )
        if span.first
        and span.last
        and span.first.year
        and (span.first.low[0], span.last.low[0]) == (12, 2)
        else span
        for span in reading
    )
    return reading, later


def _read_items(items: list[str]) -> Reading | None:
    spans: list[Span] = []
    for item in reversed(items):
        if _SHORT.fullmatch(item) and spans and spans[0].first:
            # «1 и 15 сентября», «I, II квартал»: the unit is said once, at the end.
            part = shortened(item, spans[0].first)
            span = Span(part, part) if part else None
            if part and part.order >= spans[0].first.order and part.term is None:
                return None  # «28, 5 октября»: whether in one month or in two is not said
        elif (match := _SHORT_SPAN.fullmatch(item)) and spans and spans[0].first:
            # «1–5, 10–15 октября»
            first, last = (shortened(number, spans[0].first) for number in match.groups())
            rising = first and last and first.order <= last.order < spans[0].first.order
            span = Span(first, last) if rising else None
        else:
            span = read_span(item)
        if span is None:
            return None
        spans.insert(0, span)
    return tuple(spans) if spans and of_one_sort(spans) else None
