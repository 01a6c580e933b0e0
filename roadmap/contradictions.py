"""Plans that are written well and cannot be kept: every contradiction with both its places.

Each says in numbers what follows from it and offers what to type. What is one trouble is told once:
steps that are late only because of an earlier stage's trouble are counted in that stage's finding.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from roadmap.acceptance import Acceptance
from roadmap.dues import Due, names_last_day, print_day, print_span
from roadmap.earliest import LateStep, Plan, Timetable
from roadmap.problems import Problem, problem
from roadmap.repairs import Shift, accept_command, shift_command, smallest_shift
from roadmap.russian import day_month_year, plural
from roadmap.spec import RoadMap, Step

_MOST_LISTED = 8
# Each command that moves stages is found by timing the plan anew: enough of them for a start, and
# in a plan of thousands of steps fewer, so that the check stays quick.
_MOST_SHIFTS, _STEPS_TIMED = 10, 3000


@dataclass(frozen=True, slots=True)
class Places:
    """The lines of what findings point at; `steps`: their due dates."""

    stages: Mapping[str, int]
    steps: Mapping[str, int]
    people: Mapping[str, int]
    period: int = 1
    calendar: int | None = None


def contradictions(
    roadmap: RoadMap, places: Places, file: str, acceptance: Acceptance
) -> list[Problem]:
    """What cannot be kept in a road map that is valid otherwise, without what is accepted."""
    finder = _Finder(roadmap, places, file, acceptance)
    return [
        *finder.circles(),
        *finder.late_steps(),
        *finder.outside_period(),
        *finder.overloads(),
        *finder.days_off(),
    ]


class _Finder:
    def __init__(self, roadmap: RoadMap, places: Places, file: str, acceptance: Acceptance) -> None:
        self.roadmap, self.places, self.file = roadmap, places, file
        self.acceptance = acceptance
        self.plan = Plan(roadmap)
        self.shifts_left = max(1, min(_MOST_SHIFTS, _STEPS_TIMED // len(self.plan.step)))

    # -- what is late before it begins --------------------------------------------------------

    def circles(self) -> Iterator[Problem]:
        """Due dates that follow one another in a circle and so have no day."""
        for code, due in self.plan.dues.items():
            for doubt in due.doubts:
                if doubt.code == "due-relative-cycle" and not self._accepted("due-doubt", [code]):
                    yield problem(
                        "due-doubt", self.file, self._line(code), (code,),
                        where=f"step {code}", where_ru=f"мероприятие {code}",
                        value=" ".join(due.text.split()), doubt=doubt.message,
                    )  # fmt: skip

    def late_steps(self) -> Iterator[Problem]:
        timed = self.plan.timetable()
        if not timed.late:
            return
        followers: dict[str, list[str]] = defaultdict(list)
        for one in timed.late.values():
            if one.origin is not None:
                followers[one.origin].append(one.code)
        told = {one.code for one in timed.late.values() if one.origin is None}
        for stage in self.roadmap.stages:
            late = [timed.late[step.id] for step in stage.steps if step.id in timed.late]
            by_gate = [each for each in late if each.by_gate]
            if any(each.origin is None for each in by_gate):
                told |= {each.code for each in by_gate}
                behind = self._behind([e.code for e in by_gate], followers, told)
                yield from self._late_stage(stage.id, by_gate, behind, timed)
            for each in late:
                if not each.by_gate and each.origin is None:
                    behind = self._behind([each.code], followers, told)
                    yield from self._late_after_need(each, behind, timed)

    @staticmethod
    def _behind(roots: list[str], followers: Mapping[str, list[str]], told: set[str]) -> list[str]:
        return [code for root in roots for code in followers.get(root, ()) if code not in told]

    def _late_stage(
        self, stage: str, late: list[LateStep], behind: list[str], timed: Timetable
    ) -> Iterator[Problem]:
        dated = [s.id for s in self.plan.stages[stage].steps if timed.dues[s.id].dated]
        whole = len(late) == len(dated)
        code = "stage-before-gate" if whole else "cannot-be-met"
        steps = [each.code for each in late]
        if self._accepted(code, steps):
            return
        gate = timed.opens[stage]
        dues = [timed.dues[step] for step in steps]
        repairs = self._repairs(code, stage, late, [stage] if whole else steps)
        names = self._source(gate.source, gate.day, timed) | {
            "stage": stage,
            "where": f"stage {stage}, step {steps[0]}",
            "where_ru": f"этап {stage}",
            "steps": _listed(steps),
            "own": print_span(*_whole_span(dues)),
            "own_iso": _iso_span(*_whole_span(dues)),
            "count": "1 step" if len(steps) == 1 else f"{len(steps)} steps",
            "overdue": _overdue(len(steps)),
            "also": self._also(behind),
            "repairs": repairs,
        }
        line = self.places.stages.get(stage, 1) if whole else self._line(steps[0])
        yield problem(code, self.file, line, tuple(steps), **names)

    def _late_after_need(
        self, late: LateStep, behind: list[str], timed: Timetable
    ) -> Iterator[Problem]:
        step, bound = late.code, late.bound
        due = timed.dues[step]
        direct = bound.source in self.plan.step[step].needs
        code = "due-before-needs" if direct else "cannot-be-met"
        if self._accepted(code, [step]):
            return
        assert bound.day is not None  # late after something: that day is known
        days = (bound.day - _last(due)).days
        names = self._source(bound.source, bound.day, timed) | {
            "step": step,
            "where": f"step {step}",
            "where_ru": f"мероприятие {step}",
            "steps": step,
            "own": _shown(due),
            "own_iso": _iso_span(due.start, _last(due)),
            "count": "1 step",
            "overdue": _overdue(1),
            "days": f"{days} {'day' if days == 1 else 'days'}",
            "late": _days(days),
            "also": self._also(behind),
            "repairs": self._repairs(code, self.plan.home[step], [late], [step]),
        }
        yield problem(code, self.file, self._line(step), (step,), **names)

    def _source(self, source: str, day: date | None, timed: Timetable) -> dict[str, object]:
        assert day is not None  # what makes something late has a day
        return {
            "source": source,
            "source_stage": self.plan.home[source],
            "source_due": _shown(timed.dues[source]),
            "source_line": self._line(source),
            "opens": day_month_year(day),
            "opens_iso": day.isoformat(),
        }

    def _also(self, behind: list[str]) -> str:
        """What else is late through it, by stage: «через него и в этапе 6 – 3: 6.1, 6.2, 6.3»."""
        if not behind:
            return ""
        by_stage: dict[str, list[str]] = defaultdict(list)
        for code in behind:
            by_stage[self.plan.home[code]].append(code)
        shown = [
            f"в этапе {stage} – {_overdue(len(codes))} ({_listed(codes)})"
            for stage, codes in list(by_stage.items())[:3]
        ]
        more = len(by_stage) - len(shown)
        rest = f" и ещё в {plural(more, 'этапе', 'этапах', 'этапах')}" if more else ""
        return f"; из-за этого и {', '.join(shown)}{rest}"

    def _repairs(self, code: str, stage: str, late: list[LateStep], at: list[str]) -> str:
        shift = None
        if self.shifts_left and (len(late) > 1 or self._apart(late[0], stage)):
            self.shifts_left -= 1
            shift = smallest_shift(self.plan, stage, late)
        lines = []
        if shift is None or code != "stage-before-gate":
            lines.append(f"Исправить: срок (due) в строке {self._line(late[0].code)}")
        if shift is not None:
            command = shift_command(shift, tuple(self.plan.stages), self.file)
            lines.append(f"Перенести: {command}{_why(shift, stage)}")
        return _below([*lines, self._accepting(code, at)])

    def _apart(self, late: LateStep, stage: str) -> bool:
        return self.plan.home.get(late.bound.source) != stage

    # -- the programme's period ---------------------------------------------------------------

    def outside_period(self) -> Iterator[Problem]:
        """One finding for all steps outside the period; the farthest one is measured."""
        code, period = "outside-period", self.roadmap.period
        if period is None:
            return
        outside: dict[str, int] = {}
        for step, due in self.plan.dues.items():
            if due.end is not None:
                days = max((due.end - period.end).days, (period.start - _first(due)).days)
                if days > 0 and not self.acceptance.covers(code, step):
                    outside[step] = days
        if not outside:
            return
        farthest = max(outside, key=lambda step: outside[step])
        due = self.plan.dues[farthest]
        after = (_last(due) - period.end).days == outside[farthest]
        ends = [_last(self.plan.dues[step]) for step in outside]
        starts = [_first(self.plan.dues[step]) for step in outside]
        change = []
        if min(starts) < period.start:
            change.append(f"start: {print_day(min(starts))}")
        if max(ends) > period.end:
            change.append(f"end: {print_day(max(ends))}")
        line = self.places.period
        repairs = [
            f"Исправить: период в строке {line} – {', '.join(change)} – или сроки мероприятий",
            self._accepting(code, outside),
        ]
        total = len(outside)
        yield problem(
            code, self.file, self._line(farthest), tuple(outside),
            step=farthest, own=_shown(due), own_iso=_iso_span(due.start, _last(due)),
            period=f"{print_day(period.start)} – {print_day(period.end)}",
            period_iso=_iso_span(period.start, period.end), period_line=line,
            count="1 step" if total == 1 else f"{total} steps",
            outside=plural(total, "мероприятие", "мероприятия", "мероприятий"),
            steps=_listed(list(outside)), late=_days(outside[farthest]),
            side="позже" if after else "раньше", repairs=_below(repairs),
        )  # fmt: skip

    # -- people -------------------------------------------------------------------------------

    def overloads(self) -> Iterator[Problem]:
        """For each person the fullest week of those with too much due; the others are counted.

        A week is Monday to Sunday; a step that recurs counts in every week in which it is due,
        «постоянно» and «по мере необходимости» in none.
        """
        code, most = "week-overload", self.roadmap.policy.most_due_in_week
        ends_of: dict[Due, frozenset[date]] = {}
        weeks: dict[str, dict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
        for step in self.plan.step.values():
            due = self.plan.dues[step.id]
            key = due if due.rule else None
            mondays = ends_of.get(key) if key else None
            if mondays is None:
                mondays = self._mondays(step, due)
                if key:
                    ends_of[key] = mondays
            for monday in mondays:
                weeks[step.owner][monday].append(step.id)
        for person, by_week in weeks.items():
            full = {
                monday: steps
                for monday, steps in sorted(by_week.items())
                if len(steps) > most and not self._accepted(code, steps)
            }
            if full:
                yield self._overload(person, full)

    def _mondays(self, step: Step, due: Due) -> frozenset[date]:
        if due.rule is None:
            ends = [due.end] if due.end else []
        elif due.rule.every in ("always", "as-needed"):
            ends = []
        else:
            ends = [each.end for each in self.roadmap.occurrences_of(step)]
        return frozenset(day - timedelta(days=day.weekday()) for day in ends)

    def _overload(self, person: str, full: dict[date, list[str]]) -> Problem:
        code, most = "week-overload", self.roadmap.policy.most_due_in_week
        monday = max(full, key=lambda day: len(full[day]))
        steps, others = full[monday], [day for day in full if day != monday]
        sunday = monday + timedelta(days=6)
        also = ""
        if others:
            shown = ", ".join(f"с {print_day(day)} – {len(full[day])}" for day in others[:3])
            also = f"; таких недель ещё {len(others)}: {shown}{'…' if len(others) > 3 else ''}"
        lines = ", ".join(f"{s} (строка {self._line(s)})" for s in steps[:_MOST_LISTED])
        more = len(steps) - _MOST_LISTED
        at = list(dict.fromkeys(step for week in full.values() for step in week))
        repairs = [
            "Исправить: передайте часть другому ответственному (owner), разнесите сроки или "
            "поднимите policy.most_due_in_week",
            self._accepting(code, at),
        ]
        return problem(
            code, self.file, self._line(steps[0]), tuple(at), person=person,
            name=self.roadmap.people[person].display, person_line=self.places.people.get(person, 1),
            due_count=plural(len(steps), "срок", "срока", "сроков"),
            count=len(steps), most=most, week_iso=_iso_span(monday, sunday),
            week=f"с {print_day(monday)} по {print_day(sunday)}", also=also,
            steps=", ".join(steps), lines=lines + (f" и ещё {more}" if more > 0 else ""),
            repairs=_below(repairs),
        )  # fmt: skip

    # -- days off -----------------------------------------------------------------------------

    def days_off(self) -> Iterator[Problem]:
        """Days named by the plan itself that are no working days. A month's last day may be one."""
        code = "due-on-day-off"
        place, calendar = self.places.calendar, self.roadmap.school_calendar
        for step in self.plan.step.values():
            due = step.due
            if due.end is None or due.rule is not None or not names_last_day(due.text):
                continue
            name = calendar.day_off_name(due.end)
            if name is None or self._accepted(code, [step.id]):
                continue
            deadline = calendar.deadline(due.end)
            moved = (
                "и срок не переносится (due_on_day_off: keep)"
                if deadline == due.end
                else f"выполнить нужно до {print_day(deadline)}"
            )
            repairs = [
                f"Исправить: назовите в строке {self._line(step.id)} рабочий день, например "
                f"{print_day(calendar.move_off_day_off(due.end))}",
                self._accepting(code, [step.id]),
            ]
            yield problem(
                code, self.file, self._line(step.id), (step.id,), step=step.id,
                own=_shown(due), own_iso=due.end.isoformat(), day_name=name, moved=moved,
                moved_iso=deadline.isoformat(),
                calendar_place=f"{self.file}:{place}" if place else "calendar of Russia",
                calendar_place_ru=f"календарь школы, строка {place}"
                if place
                else "производственный календарь",
                repairs=_below(repairs),
            )  # fmt: skip

    # -- words --------------------------------------------------------------------------------

    def _accepted(self, code: str, steps: list[str]) -> bool:
        return self.acceptance.accepts(code, steps)

    def _line(self, step: str) -> int:
        return self.places.steps.get(step, 1)

    def _accepting(self, code: str, places: Iterable[str]) -> str:
        return f"Оставить: {accept_command(code, places, self.file)}"


def _why(shift: Shift, stage: str) -> str:
    """Why more stages, or more months, than one would think."""
    why = []
    if shift.along:
        many = len(shift.along) > 1
        names = ", ".join(shift.along)
        told = f"этапы {names} – следом: они ждут" if many else f"этап {names} – следом: он ждёт"
        why.append(f"{told} этапа {stage}")
    if shift.least != shift.months:
        months = plural(shift.least, "месяца", "месяцев", "месяцев")
        why.append(f"хватило бы и {months}, но сроки попали бы на летние каникулы")
    return f" ({'; '.join(why)})" if why else ""


def _first(due: Due) -> date:
    return due.start or _last(due)


def _last(due: Due) -> date:
    assert due.end is not None  # only dated steps are compared
    return due.end


def _whole_span(dues: list[Due]) -> tuple[date, date]:
    return min(_first(due) for due in dues), max(_last(due) for due in dues)


def _shown(due: Due) -> str:
    return print_span(due.start, due.end)


def _iso_span(start: date | None, end: date) -> str:
    if start is None or start == end:
        return end.isoformat()
    return f"{start.isoformat()}..{end.isoformat()}"


def _overdue(number: int) -> str:
    one, few = "мероприятие просрочено", "мероприятия просрочены"
    return plural(number, one, few, "мероприятий просрочено")


def _days(number: int) -> str:
    return plural(number, "день", "дня", "дней")


def _listed(codes: list[str]) -> str:
    more = len(codes) - _MOST_LISTED
    return ", ".join(codes[:_MOST_LISTED]) + (f" и ещё {more}" if more > 0 else "")


def _below(lines: list[str]) -> str:
    return "".join(f"\n{line}" for line in lines)
