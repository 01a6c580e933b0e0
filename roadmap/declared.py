"""What a road map declares, as the first facts of a programme: due dates, turns, a whole board."""

from dataclasses import dataclass
from datetime import date

from roadmap.board import Board, StageFact, StepFact
from roadmap.dues import Offset
from roadmap.spec import RoadMap, Role, Step
from roadmap.states import ProgrammeState, StageState, StepState


@dataclass(frozen=True, slots=True)
class DeclaredDue:
    """The due date of a step as the plan gives it; see `StepFact` for the fields.

    `turns` is empty unless the step comes round more than once; `start` and `end` are those of the
    present turn.
    """

    start: date | None
    end: date | None
    relative: Offset | None = None
    turns: tuple[tuple[date | None, date], ...] = ()
    turn: int = 0


def declared_due(roadmap: RoadMap, step: Step, turn: int = 0) -> DeclaredDue:
    """The due date that the road map declares, `turn` times having been done already."""
    due = step.due
    if due.rule is None:
        return DeclaredDue(due.start, due.end, due.relative)
    if due.rule.every == "as-needed":
        return DeclaredDue(None, None, due.relative)  # whenever there is need: never late
    turns = tuple((each.start, each.end) for each in roadmap.occurrences_of(step))
    if not turns:
        return DeclaredDue(due.start, due.end, due.relative)
    turn = min(turn, len(turns) - 1)
    start, end = turns[turn]
    if len(turns) == 1:
        return DeclaredDue(start, end, due.relative)
    return DeclaredDue(start, end, due.relative, turns, turn)


def board_of_roadmap(roadmap: RoadMap, started_on: date) -> Board:
    """The board of a programme that is being started on a school date: nothing is open yet."""
    calendar = roadmap.school_calendar

    def fact(step: Step) -> StepFact:
        due = declared_due(roadmap, step)
        return StepFact(
            code=step.id,
            state=StepState.WAITING,
            owner=step.owner,
            mandatory=step.mandatory,
            needs=step.needs,
            due=calendar.deadline(due.end) if due.end else None,
            start=due.start,
            end=due.end,
            relative=due.relative,
            turns=due.turns,
            turn=due.turn,
        )

    return Board(
        state=ProgrammeState.RUNNING,
        stages=tuple(
            StageFact(
                code=stage.id,
                state=StageState.CLOSED,
                steps=tuple(fact(step) for step in stage.steps),
                after=tuple(roadmap.after_of(stage)),
            )
            for stage in roadmap.stages
        ),
        calendar=calendar,
        policy=roadmap.policy,
        curators=_with_role(roadmap, "curator"),
        directors=_with_role(roadmap, "director"),
        started_on=started_on,
    )


def _with_role(roadmap: RoadMap, role: Role) -> tuple[str, ...]:
    return tuple(sorted(key for key, person in roadmap.people.items() if role in person.roles))
