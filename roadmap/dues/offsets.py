"""Dates of deadlines that follow an event: «в течение 3 рабочих дней после 5.4»."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from roadmap.dues.months import day_after, shift_month
from roadmap.dues.values import STAGE, Anchors, Doubt, Due, Offset, WorkingDays


def resolve(due: Due, anchors: Anchors, calendar: WorkingDays) -> Due:
    """The due with its dates counted from the event, when `anchors` has the event's day.

    `anchors`: a step's code («5.4») → after it, the day it is done or else due; before it, the day
    it begins; «5.4 start» and «5.4 end» where the text names the other one; `stage`, `stage end`,
    `stage 5`, `programme` – see `Offset`. A due that is not relative, or whose event has no day
    yet, comes back without a change of its dates – and with none, if it has moved out of reach.
    Days are counted from the next one, as the Civil Code has it (article 191).
    """
    if due.relative is None:
        return due
    anchor = anchors.get(due.relative.anchor)
    start, end = (None, None) if anchor is None else _count(due.relative, anchor, calendar)
    if (start, end) == (due.start, due.end):
        return due
    return replace(due, start=start, end=end)


def _count(offset: Offset, anchor: date, calendar: WorkingDays) -> tuple[date | None, date | None]:
    if offset.amount == 0:
        return day_after(anchor), None
    end = _moved(anchor, offset, calendar)
    if offset.side == "before":
        return None, end
    return (day_after(anchor) if offset.within else end), end


def _moved(day: date, offset: Offset, calendar: WorkingDays) -> date:
    amount = offset.amount if offset.side == "after" else -offset.amount
    if offset.unit == "working-day":
        return calendar.add_working_days(day, amount)
    if offset.unit == "month":
        return shift_month(day, amount)
    return day + timedelta(days=amount * (7 if offset.unit == "week" else 1))


def resolve_all(
    dues: Mapping[str, Due],
    anchors: Anchors,
    calendar: WorkingDays,
    stages: Mapping[str, str] | None = None,
) -> dict[str, Due]:
    """All dues of a road map, those that follow one another counted in order.

    `dues` by step code; `anchors` are the days known besides the dues – steps done, stages opened –
    and win over the dues; `stages`: step code → its stage's id, for «начала этапа». A chain that
    returns to itself is left without dates, with the doubt `due-relative-cycle`.
    """
    found: dict[str, Due] = {}

    def followed(code: str) -> str | None:
        """The step whose own due gives this one its day."""
        offset = dues[code].relative
        if offset is None or offset.anchor in anchors:
            return None
        step = offset.anchor.split(" ")[0]
        return step if step in dues else None

    def anchor_day(offset: Offset, code: str) -> date | None:
        name = offset.anchor
        if name.split(" ")[0] == STAGE:
            return anchors.get(_own_stage(name, code, stages or {}), anchors.get(name))
        step, _, edge = name.partition(" ")
        if name in anchors or step not in dues:
            return anchors.get(name)
        before = edge == "start" or (offset.side == "before" and edge != "end")
        other = found[step]
        return (other.start or other.end) if before else other.end

    def settled(code: str) -> Due:
        due = dues[code]
        if due.relative is None:
            return due
        day = anchor_day(due.relative, code)
        return resolve(due, {} if day is None else {due.relative.anchor: day}, calendar)

    def in_circle(code: str, circle: list[str]) -> Due:
        shown = " → ".join((*circle, code))
        message = f"сроки зависят друг от друга по кругу: {shown}; назовите один из них датой"
        doubt = Doubt("due-relative-cycle", message, "error")
        return replace(dues[code], start=None, end=None, doubts=(*dues[code].doubts, doubt))

    for code in dues:
        chain: dict[str, None] = {}  # without recursion: a plan may be one long chain
        here: str | None = code
        while here is not None and here not in found:
            if here in chain:
                members = list(chain)
                found[here] = in_circle(here, members[members.index(here) :])
                break
            chain[here] = None
            here = followed(here)
        for each in reversed(chain):
            if each not in found:
                found[each] = settled(each)
    return found


def _own_stage(name: str, code: str, stages: Mapping[str, str]) -> str:
    """«stage» and «stage end» of a step as «stage 5» and «stage 5 end»."""
    words = name.split(" ")
    if code not in stages or (len(words) > 1 and words[1] != "end"):
        return name
    return " ".join((STAGE, stages[code], *words[1:]))
