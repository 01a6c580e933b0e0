"""When each stage and step of a plan can begin at the earliest, and which of them are too late.

The rule. Nothing is taken to be done before the last day of its due date: people plan that way, and
a gate that opens on that day is as early as the plan allows. So

- a step is finished on its last day, or on the day it can begin, whichever is later; a step without
  dates, on the day it can begin; one that recurs, on the last day of its last time;
- a stage closes when the last of its mandatory steps is finished, not before it has opened;
- a stage opens when every stage it waits for has closed, a step when its stage has opened and every
  step it needs is finished.

Due dates are taken as written, not moved off days off. A due date after an event («через 3 дня
после 5.4») moves with the event and is never too late.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from graphlib import TopologicalSorter

from roadmap.dues import Due, resolve_all
from roadmap.dues.values import PROGRAMME, STAGE
from roadmap.spec import RoadMap


@dataclass(frozen=True, slots=True)
class Bound:
    """A day before which something cannot begin, and the step `source` whose due date it is.

    `origin`: the late step through which the day is what it is; None if the plan itself says so.
    """

    day: date | None = None
    source: str = ""
    origin: str | None = None


UNBOUND = Bound()


@dataclass(frozen=True, slots=True)
class LateStep:
    """A step whose last day is over before it can begin.

    `by_gate`: its stage opens too late; otherwise a step it needs is finished too late.
    `origin`: the late step from which this one's trouble follows; None: it has its own.
    """

    code: str
    bound: Bound
    by_gate: bool
    origin: str | None


@dataclass(slots=True)
class Timetable:
    """The earliest days of a plan. `opens`: by stage; `late`: by step, in order of opening.

    `moved`: the stages that were moved, also those that had to go along.
    """

    dues: Mapping[str, Due]
    opens: dict[str, Bound] = field(default_factory=dict)
    late: dict[str, LateStep] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    settled: bool = True


class Plan:
    """A road map made ready to be timed, as it is or with stages moved by whole months."""

    def __init__(self, roadmap: RoadMap) -> None:
        self.roadmap = roadmap
        self.home = {step.id: stage.id for stage in roadmap.stages for step in stage.steps}
        self.step = {step.id: step for step in roadmap.steps}
        self.stages = {stage.id: stage for stage in roadmap.stages}
        self.after = roadmap.afters()
        self._order = tuple(TopologicalSorter(self._graph()).static_order())
        self.dues = self._resolved()

    def _graph(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        waits: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for code, stage in self.stages.items():
            opens, closes = ("opens", code), ("closes", code)
            waits[opens] = [("closes", other) for other in self.after[code]]
            waits[closes] = [opens]
            for step in stage.steps:
                waits["step", step.id] = [opens, *(("step", need) for need in step.needs)]
                if step.mandatory:
                    waits[closes].append(("step", step.id))
        return waits

    def _resolved(self) -> Mapping[str, Due]:
        """Every step's due date, what follows an event counted from the plan's own days."""
        dues = {code: step.due for code, step in self.step.items()}
        if all(due.relative is None for due in dues.values()):
            return dues
        calendar, period = self.roadmap.school_calendar, self.roadmap.period
        known = {PROGRAMME: period.start, f"{PROGRAMME} end": period.end} if period else {}
        first = resolve_all(dues, known, calendar, self.home)
        for code, bound in self.timetable(dues=first).opens.items():
            own = [first[s.id] for s in self.stages[code].steps]
            ends = [due.end for due in own if due.end]
            starts = [due.start for due in own if due.start]
            opening = bound.day or min([*starts, *ends], default=None)
            closing = max([*ends, *([bound.day] if bound.day else ())], default=None)
            known |= {f"{STAGE} {code}": opening} if opening else {}
            known |= {f"{STAGE} {code} end": closing} if closing else {}
        return resolve_all(dues, known, calendar, self.home)

    def timetable(
        self,
        moved: Collection[str] = (),
        months: int = 0,
        dues: Mapping[str, Due] | None = None,
    ) -> Timetable:
        """The earliest days, with the stages `moved` by `months`.

        Stages that would be late only because of those moved go along. `settled` is False when
        that could not be found out in a few rounds.
        """
        dues = dues or self.dues
        going = set(moved)
        for _ in range(_ROUNDS):
            timed = self._time(dues, going, months)
            if timed.moved == going:
                return timed
            going = timed.moved
        return replace(timed, settled=False)

    def _time(self, dues: Mapping[str, Due], moved: Collection[str], months: int) -> Timetable:
        timed = Timetable(dues, moved=set(moved))
        own: dict[tuple[str, str], date | None] = {}  # without what follows from late steps
        ends: dict[tuple[str, str], Bound] = {}
        for node in self._order:
            kind, code = node
            if kind == "opens":
                closes = [("closes", other) for other in self.after[code]]
                ends[node] = _latest([ends[each] for each in closes])
                own[node] = _last([own[each] for each in closes])
                timed.opens[code] = ends[node]
                if self._must_go_along(code, ends[node], timed, months):
                    timed.moved.add(code)
            elif kind == "closes":
                steps = [("step", s.id) for s in self.stages[code].steps if s.mandatory]
                ends[node] = _latest([*(ends[each] for each in steps), ends["opens", code]])
                own[node] = _last([own[each] for each in steps]) or own["opens", code]
            else:
                ends[node], own[node] = self._time_step(code, timed, months, ends, own)
        return timed

    def _time_step(
        self,
        code: str,
        timed: Timetable,
        months: int,
        ends: Mapping[tuple[str, str], Bound],
        own: Mapping[tuple[str, str], date | None],
    ) -> tuple[Bound, date | None]:
        """When the step is finished, and its own last day; notes it if it is late."""
        stage, due = self.home[code], timed.dues[code]
        gate = ends["opens", stage]
        needs = [("step", need) for need in self.step[code].needs]
        bound = _latest([gate, *(ends[need] for need in needs)])
        end = self._end(code, timed, months)
        if end is None or bound.day is None or end >= bound.day:
            finished = bound if end is None else Bound(end, code)
            return finished, end
        if due.relative is not None and due.relative.side == "after":
            return bound, None
        said = _last([own["opens", stage], *(own[need] for need in needs)])
        has_own = bound.origin is None or (said is not None and end < said)
        by_gate = gate.day is not None and end < gate.day
        timed.late[code] = LateStep(code, bound, by_gate, None if has_own else bound.origin)
        if stage not in timed.moved and months and self.home.get(bound.source) in timed.moved:
            timed.moved.add(stage)  # it needs a step that was moved: another round
        return Bound(bound.day, bound.source, code if has_own else bound.origin), end

    def _end(self, code: str, timed: Timetable, months: int) -> date | None:
        due = timed.dues[code]
        if not months or self.home[code] not in timed.moved or due.relative is not None:
            return due.end
        return moved_end(due, months)

    def _must_go_along(self, stage: str, bound: Bound, timed: Timetable, months: int) -> bool:
        if not months or bound.day is None or self.home.get(bound.source) not in timed.moved:
            return False
        ends = [timed.dues[step.id].end for step in self.stages[stage].steps]
        return any(end is not None and end < bound.day for end in ends)


_ROUNDS = 6


def moved_end(due: Due, months: int) -> date | None:
    """The last day of a due date moved by whole months; as it is beyond the calendar."""
    try:
        return due.shifted(months).end
    except (ValueError, OverflowError):
        return due.end


def _latest(bounds: list[Bound]) -> Bound:
    """The bound with the latest day; of equal ones the first."""
    known = [(bound.day, -order) for order, bound in enumerate(bounds) if bound.day is not None]
    return bounds[-max(known)[1]] if known else UNBOUND


def _last(days: list[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
