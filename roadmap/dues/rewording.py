"""A due date moved in its own words: «Февраль-май 2022» → «Февраль-май 2023»."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from roadmap.dues.certain import certain
from roadmap.dues.months import month_length, shift_month
from roadmap.dues.printing import print_due
from roadmap.dues.reading import named_days, names_term, parse_due
from roadmap.dues.values import Due
from roadmap.dues.years import FIRST_YEAR, LAST_YEAR
from roadmap.russian import LONGER_SHORT, SHORT, month_cases
from roadmap.terms import Term

# Of each month: the five cases, then shortened.
_FORMS = ((), *((*month_cases(number), SHORT[number]) for number in range(1, 13)))
_MONTHS = {
    form: (number, case)
    for number in range(1, 13)
    for case, form in reversed(tuple(enumerate(_FORMS[number])))  # «май» is the nominative
} | {form: (number, 5) for form, number in LONGER_SHORT.items()}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    r"(?P<iso>\b(?P<iy>\d{4})-(?P<im>\d\d)-(?P<id>\d\d)\b)"
    r"|(?P<figures>\b(?P<fd>\d{1,2})(?P<dot>[./-])(?P<fm>\d{1,2})(?P=dot)(?P<fy>\d{4}|\d\d)\b)"
    r"|(?P<short>\b(?P<sd>\d{1,2})\.(?P<sm>\d\d)\b(?!\.?\d))"
    r"|(?:\b(?P<wd>\d{1,2})(?P<ws>\s+))?"
    rf"(?P<word>\b(?:{_NAMES})\b)(?P<gap>\.?\s+)?(?P<wy>(?<=\s)\d{{4}}\b)?",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\A[>|][-+\d]*\s")
_NAMES_YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
_YEARS = re.compile(r"\b(\d{4})(?:( ?[-–—/] ?)(\d{4}|\d\d)\b)?(?!\.\d)")


class _Token(NamedTuple):
    match: re.Match[str]
    day: int  # 0: the month is meant as a whole
    month: int
    year: int | None


def shifted_words(text: str, due: Due, months: int, terms: tuple[Term, ...] = ()) -> str | None:
    """The text with its dates moved by whole months and nothing else changed.

    `text` may hold more than the due's own words, such as quotation marks around them. None when
    the words cannot be moved: they name no year of their own, follow an event, or say a part of
    the school year that some months later is none.
    """
    if not _absolute(due, terms):
        return _spelled_out(text, due, months, terms)
    if "\\" in text:
        return None
    try:
        wanted = due.shifted(months)
    except (ValueError, OverflowError):
        return None
    years = months // 12 if months % 12 == 0 else 0
    if due.fixed:
        years = certain(wanted.end).year - certain(due.end).year
        if years == 0:
            return None  # 9 May, moved by a month, is still the same 9 May
    found: str | None
    if years:
        found = _YEARS.sub(lambda match: _moved_years(match, years), text)
        if _two_digits(text):
            found = _moved_dates(text, lambda day, whole: shift_month(day, months))
    else:
        found = _moved_dates(text, lambda day, whole: shift_month(day, months))
    if found is not None and _means(found, text, due, wanted, terms):
        return found
    is_term = found is not None and months % 12 == 0 and names_term(due.text)
    if found is not None and is_term and parse_due(found.strip("'\" ")).dated:
        return found  # the same quarter of another school year, whatever its days
    plain = print_due(replace(wanted, rule=due.rule and wanted.rule))
    if due.text in text and _same(parse_due(plain, terms=terms), wanted):
        return text.replace(due.text, plain)
    return None


def _spelled_out(text: str, due: Due, months: int, terms: tuple[Term, ...]) -> str | None:
    """The moved dates in full where the words have a year and yet only the period settled them."""
    listed = due.rule is None or due.rule.every == "dates"
    if due.relative is not None or due.end is None or not listed or due.text not in text:
        return None
    if not _NAMES_YEAR.search(due.text):
        return None
    try:
        wanted = due.shifted(months)
    except (ValueError, OverflowError):
        return None
    plain = print_due(wanted)
    return text.replace(due.text, plain) if _same(parse_due(plain, terms=terms), wanted) else None


def dates_reworded(
    text: str, due: Due, move: Callable[[date], date], terms: tuple[Term, ...] = ()
) -> str | None:
    """The text with every day it names put through `move`; months stay. None: nothing to move."""
    named = named_days(due.text)
    if not _absolute(due, terms) or not any(last for _, last in named):
        return None
    if due.rule is not None or len(named) != 1:
        return None
    first, last = named[0]
    start = move(due.start) if first and due.start else due.start
    end = move(due.end) if last and due.end else due.end
    if (start, end) == (due.start, due.end) or (start and end and start > end):
        return None
    found = _moved_dates(text, lambda day, whole: day if whole else move(day))
    if found is None or not _means(found, text, due, replace(due, start=start, end=end), terms):
        return None
    return found


def _absolute(due: Due, terms: tuple[Term, ...]) -> bool:
    """Whether the words alone say the dates, without the programme's period."""
    if due.relative is not None or due.end is None:
        return False
    alone = parse_due(due.text, terms=terms)
    return _same(alone, due) and not any(doubt.severity == "warning" for doubt in alone.doubts)


def _same(one: Due, other: Due) -> bool:
    return (one.start, one.end, one.rule) == (other.start, other.end, other.rule)


def _means(found: str, text: str, due: Due, wanted: Due, terms: tuple[Term, ...]) -> bool:
    """Whether the changed text, freed of what stands around the due's words, says `wanted`."""
    if text == due.text:
        return _same(parse_due(found, terms=terms), wanted)
    around = text.split(due.text)
    if len(around) == 2:
        before, after = around
        words = found[len(before) : len(found) - len(after)]
        return _same(parse_due(words, terms=terms), wanted)
    return _same(parse_due(_BLOCK.sub("", found).strip("'\" \r\n"), terms=terms), wanted)


def _two_digits(text: str) -> bool:
    return any(len(m["fy"]) == 2 for m in _DATE.finditer(text) if m["figures"])


def _moved_years(match: re.Match[str], years: int) -> str:
    first, dash, last = match[1], match[2], match[3]
    if not FIRST_YEAR <= int(first) <= LAST_YEAR:
        return match[0]
    moved = f"{int(first) + years:04d}"
    if last is None:
        return moved
    if len(last) == 2:
        if dash.strip() == "-" and int(last) <= 12 and int(last) != (int(first) + 1) % 100:
            return moved + dash + last  # 2021-09: a month follows
        return moved + dash + f"{(int(last) + years) % 100:02d}"
    return moved + dash + f"{int(last) + years:04d}"


def _moved_dates(text: str, move: Callable[[date, bool], date]) -> str | None:
    tokens = [_token(match) for match in _DATE.finditer(text)]
    years = _filled(tokens)
    if not tokens or years is None:
        return None
    new: list[date] = []
    for token, year in zip(tokens, years, strict=True):
        length = month_length(year, token.month)
        if token.day > length:
            return None
        new.append(move(date(year, token.month, token.day or 1), token.day == 0))
    parts: list[str] = []
    at = 0
    for index, (token, day) in enumerate(zip(tokens, new, strict=True)):
        parts.append(text[at : token.match.start()])
        following = new[index + 1] if index + 1 < len(new) else None
        parts.append(_written(token, day, following))
        at = token.match.end()
    return "".join(parts) + text[at:]


def _token(match: re.Match[str]) -> _Token:
    if match["iso"]:
        return _Token(match, int(match["id"]), int(match["im"]), int(match["iy"]))
    if match["figures"]:
        year = match["fy"]
        full = int(year) if len(year) == 4 else 2000 + int(year)
        return _Token(match, int(match["fd"]), int(match["fm"]), full)
    if match["short"]:
        return _Token(match, int(match["sd"]), int(match["sm"]), None)
    number, _ = _MONTHS[match["word"].lower()]
    return _Token(match, int(match["wd"] or 0), number, int(match["wy"]) if match["wy"] else None)


def _filled(tokens: list[_Token]) -> list[int] | None:
    """Each token's year; one that is left out comes from the next that has it."""
    years: list[int] = []
    following: tuple[int, int, int] | None = None
    for token in reversed(tokens):
        if not 1 <= token.month <= 12 or not 0 <= token.day <= 31:
            return None
        year = token.year
        if year is None:
            if following is None:
                return None
            later = (token.month, token.day) > following[1:]
            year = following[0] - 1 if later else following[0]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        years.append(year)
        following = (year, token.month, token.day)
    return years[::-1]


def _written(token: _Token, day: date, following: date | None) -> str:
    match = token.match
    if match["iso"]:
        return day.isoformat()
    if match["figures"]:
        dot, year = match["dot"], match["fy"]
        shown = f"{day.year:04d}"[-len(year) :]
        return f"{_wide(match['fd'], day.day)}{dot}{_wide(match['fm'], day.month)}{dot}{shown}"
    if match["short"]:
        shown = f"{_wide(match['sd'], day.day)}.{day.month:02d}"
        return shown if _implied(day, following) else f"{shown}.{day.year:04d}"
    word = match["word"]
    _, case = _MONTHS[word.lower()]
    name = _FORMS[day.month][case]
    name = name.upper() if word.isupper() else name.capitalize() if word[0].isupper() else name
    head = f"{_wide(match['wd'], day.day)}{match['ws']}" if match["wd"] else ""
    gap = match["gap"] or ""
    if match["wy"]:
        return f"{head}{name}{gap}{day.year:04d}"
    if _implied(day, following):
        return f"{head}{name}{gap}"
    return f"{head}{name} {day.year:04d}{gap}"


def _implied(day: date, following: date | None) -> bool:
    """Whether a date without a year is read in the right one from the date after it."""
    if following is None:
        return True
    later = (day.month, day.day) > (following.month, following.day)
    return day.year == (following.year - 1 if later else following.year)


def _wide(written: str, number: int) -> str:
    return (
        f"{number:02d}" if len(written) == 2 and (written[0] == "0" or number < 10) else str(number)
    )
