"""Times of day beside a date: «15 сентября в 10.00», «каждый понедельник в 11.10»."""

import re

_HOUR = r"(?:[01]?\d|2[0-3])"
_END = r"(?:\.?\s?(?:часов|часа|час|ч)\b\.?)?"
# With a colon it is a time wherever it stands; with a dot, when no month has that number.
_SURE = rf"(?<![\d.])(?:{_HOUR}:[0-5]\d|{_HOUR}\.(?:00|1[3-9]|[2-5]\d))(?!\.?\d)"
_ANY = rf"(?<![\d.]){_HOUR}[:.\-][0-5]\d(?!\.?\d)"
_BEFORE = r"(?:[,;]? ?(?:начало )?)"
_TIMES = re.compile(
    rf"{_BEFORE}(?:\b(?:с|от) )?{_SURE}(?:(?:-| до | по ){_ANY})?{_END}"
    rf"|{_BEFORE}\b(?:с|от) {_ANY}(?: до | по ){_SURE}{_END}"
    rf"|{_BEFORE}\b(?:в|к) (?:{_ANY}{_END}|{_HOUR}(?:\.? ?(?:часов|часа|час|ч)\b\.?"
    r"(?: ?[0-5]?\d ?(?:минут[аы]?|мин)\b\.?)?| (?:утра|вечера)\b))"
)
_WITH_COLON = re.compile(rf"{_BEFORE}(?:\b(?:в|с|к) )?{_HOUR}:[0-5]\d(?:-{_HOUR}:[0-5]\d)?{_END}")
_NAMES_DAY = re.compile(r"[а-я]{3}|\d\.\d|\d{4}|\b(?:пн|вт|ср|чт|пт|сб|вс)\b")


def without_times(line: str, *, dotted: bool) -> str:
    """A line in lower case without its times of day, unless nothing else would name a day.

    `dotted`: whether «10.30» is a time too, not «10:30» alone.
    """
    if not dotted:
        return _WITH_COLON.sub("", line) if ":" in line else line
    if not any(sign in line for sign in ":.-ч"):
        return line
    left = _TIMES.sub("", line)
    if left == line:
        return line
    return left if _NAMES_DAY.search(left) else line
