"""How punctual stages and people are: steps in time, late, late now, and by how many days."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Generic, TypeVar

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Punctuality(Generic[Group]):
    """A step – of a recurring one, one turn – that is finished or is late now.

    group: the stage or person it counts for. days: calendar days after its due date, 0 in time.
    """

    group: Group
    days: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Lateness(Generic[Group]):
    """One stage or person. median_days and max_days are of what was or is late, 0 without any."""

    group: Group
    in_time: int
    late: int
    late_now: int
    median_days: int
    max_days: int


def lateness(outcomes: Iterable[Punctuality[Group]]) -> tuple[Lateness[Group], ...]:
    """A line for each group that has outcomes, in the order in which they first come."""
    groups: dict[Group, list[Punctuality[Group]]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.group, []).append(outcome)
    return tuple(_line(group, found) for group, found in groups.items())


def _line(group: Group, outcomes: list[Punctuality[Group]]) -> Lateness[Group]:
    late = [outcome.days for outcome in outcomes if outcome.days > 0]
    finished_late = sum(outcome.finished and outcome.days > 0 for outcome in outcomes)
    return Lateness(
        group=group,
        in_time=len(outcomes) - len(late),
        late=finished_late,
        late_now=len(late) - finished_late,
        median_days=ceil(median(late)) if late else 0,
        max_days=max(late, default=0),
    )
