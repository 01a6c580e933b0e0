"""The grammar of what follows an event: «не позднее чем за 10 дней до 7.2»."""

import re
from typing import Literal

from roadmap.dues.values import PROGRAMME, STAGE, Offset, OffsetUnit

_UNITS: dict[str, OffsetUnit] = {"uday": "day", "uweek": "week", "umonth": "month"}

_COUNT = r"(?:(?P<amount>\d{1,3}) )?(?:(?P<sort>working|calendar)\.? )?(?P<unit>uday|uweek|umonth)"
_START = "начало|открытия|старта|запуска"
_END = "конец|закрытия|выполнения|исполнения|проведения"
_EVENT = (
    rf"(?:(?:(?P<start>{_START})|(?P<end>{_END}) )? ?"
    r"(?:(?:мероприятия|пункта|п\.?|шага|№) ?(?P<named>\d+(?:\.\d+)*)"
    r"|(?!\d+\.\d+\.\d\d)(?P<code>\d+(?:\.\d+)+))\.?"
    rf"|(?:(?P<stage_start>{_START})|(?P<stage_end>{_END}))(?: (?:(?P<number>\d+)(?:\.| ) ?)?этап"
    r"(?: № ?)? ?(?P<number_after>\d+)?"
    r"|(?P<programme> (?:реализации )?(?:программы|проекта)(?: наставничества)?)))"
)
_AFTER = r"(?:после|с момента|со uday|с даты|от|с)"
_FORMS = tuple(
    (kind, re.compile(pattern + _EVENT))
    for kind, pattern in (
        ("within", rf"(?:не (?:позднее|позже)(?: чем| , чем)? )?в течение {_COUNT} {_AFTER} "),
        ("within", rf"не (?:позднее|позже),?(?: чем)?(?: через)? {_COUNT} {_AFTER} "),
        ("exact", rf"(?:через|спустя) {_COUNT} {_AFTER} "),
        (
            "before",
            r"(?:не (?:позднее|позже),?(?: чем)? (?:за )?|(?:не менее,?(?: чем)?|минимум) за "
            rf"|за (?:не менее,?(?: чем)? )?){_COUNT} до ",
        ),
    )
)
_OPEN = re.compile(rf"(?:сразу )?(?:после|по)(?= ) ?{_EVENT}")
_UNTIL = re.compile(rf"до {_EVENT}")


def read_offset(phrase: str) -> Offset | None:
    """The offset that canonical words say, or None. «после 5.4» counts from the next day on."""
    for kind, pattern in _FORMS:
        if match := pattern.fullmatch(phrase):
            side: Literal["after", "before"] = "before" if kind == "before" else "after"
            amount, unit = int(match["amount"] or 1), _UNITS[match["unit"]]
            if amount == 0 or (match["sort"] == "working" and unit != "day"):
                return None
            if match["sort"] == "working":
                unit = "working-day"
            return Offset(_anchor(match, side), side, amount, unit, kind == "within")
    match = _OPEN.fullmatch(phrase)
    if match and (match["end"] or match["stage_end"] or phrase.startswith(("после", "сразу"))):
        return Offset(_anchor(match, "after"), "after", 0, "day", True)
    match = _UNTIL.fullmatch(phrase)
    if match and (not match["code"] or match["start"] or match["end"]):
        # A bare «до 7.2» may as well be 7 February.
        return Offset(_anchor(match, "before"), "before", 1, "day")
    return None


def _anchor(match: re.Match[str], side: str) -> str:
    if code := match["code"] or match["named"]:
        if match["start"] and side == "after":
            return f"{code} start"
        return f"{code} end" if match["end"] and side == "before" else code
    number = match["number"] or match["number_after"]
    name = PROGRAMME if match["programme"] else f"{STAGE} {number}" if number else STAGE
    return f"{name} end" if match["stage_end"] else name
