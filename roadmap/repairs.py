"""The commands that repair a contradiction: which stages to move and by how many whole months."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from roadmap.dues import Due, months_between
from roadmap.earliest import LateStep, Plan, moved_end

_SUMMER = (7, 8)
"""Months without lessons: a plan for pupils that had nothing in them should not land there."""

_LONGEST_MONTHS = 600


@dataclass(frozen=True, slots=True)
class Shift:
    """Move these stages, in the plan's order, by so many months; `along`: those that must follow.

    `least`: the smallest number of months that would do, where `months` is whole school years.
    """

    stages: tuple[str, ...]
    months: int
    least: int
    along: tuple[str, ...]


def smallest_shift(plan: Plan, stage: str, late: Iterable[LateStep]) -> Shift | None:
    """The smallest move of a stage, and of what follows it, after which these steps are in time.

    Whole years are taken where a smaller move would put into July or August what was not there.
    None: no move of the stage can help, since what is late does not move with it.
    """
    needed = 0
    for step in late:
        due = plan.dues[step.code]
        if due.relative is not None or due.end is None or step.bound.day is None:
            return None
        if plan.home.get(step.bound.source) == stage:
            return None
        needed = max(needed, _months_until(due, step.bound.day))
    if not 0 < needed <= _LONGEST_MONTHS:
        return None
    months = needed
    timed = plan.timetable([stage], months)
    if months % 12 and _lands_in_summer(plan, timed.moved, months):
        months = months + 12 - months % 12
        timed = plan.timetable([stage], months)
    order = tuple(code for code in plan.stages if code in timed.moved)
    if not timed.settled or any(step.code in timed.late for step in late):
        return None
    return Shift(order, months, needed, tuple(code for code in order if code != stage))


def _months_until(due: Due, day: date) -> int:
    """How many months to move a due date by so that it ends on that day or later."""
    assert due.end is not None  # only a dated step can be late
    months = max(1, months_between(due.end, day))
    while months <= _LONGEST_MONTHS:
        end = moved_end(due, months)
        if end is not None and end >= day:
            return months
        months += 1
    return months


def _lands_in_summer(plan: Plan, stages: Collection[str], months: int) -> bool:
    for code in stages:
        for step in plan.stages[code].steps:
            end = plan.dues[step.id].end
            moved = moved_end(plan.dues[step.id], months)
            if end and moved and moved.month in _SUMMER and end.month not in _SUMMER:
                return True
    return False


def shown_stages(stages: Collection[str], order: Collection[str]) -> str:
    """Stages as the command takes them: «5–6» as `5-6`, others one by one: `5,7`."""
    position = {code: index for index, code in enumerate(order)}
    runs: list[list[str]] = []
    for code in sorted(stages, key=position.__getitem__):
        if runs and position[code] == position[runs[-1][-1]] + 1 and "-" not in code:
            runs[-1].append(code)
        else:
            runs.append([code])
    shown = []
    for run in runs:
        whole = len(run) > 1 and "-" not in run[0]
        shown += [f"{run[0]}-{run[-1]}"] if whole else run
    return ",".join(shown)


def in_command(file: str) -> str:
    """The file as the end of a command; nothing for the one it takes by itself."""
    if file == "roadmap.yaml":
        return ""
    return f' "{file}"' if any(sign in file for sign in " ()&;'") else f" {file}"


def shift_command(shift: Shift, order: Collection[str], file: str) -> str:
    stages = shown_stages(shift.stages, order)
    return f'karta plan shift {stages} --months {shift.months} --reason "…"{in_command(file)}'


def accept_command(code: str, places: Iterable[str], file: str) -> str:
    at = ",".join(places)
    return f'karta check{in_command(file)} --accept {code} --at {at} --reason "…"'
