"""The weekly digest of a programme: what was done, what is due, what is late, which gates open."""

from dataclasses import dataclass
from datetime import date, timedelta

from roadmap.board import Board
from roadmap.gates import Closed, stage_gate
from roadmap.states import FINISHED, IN_HAND, StageState, StepState

ABOUT_TO_OPEN = 2
"""A closed stage that waits for at most so many steps is about to open."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A closed stage and the steps it still waits for."""

    stage: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Codes of steps, in road map order.

    since: first day of what was `done`; `due` until the end of this week; `reported` wait for the
    curator's answer.
    """

    since: date
    done: tuple[str, ...]
    due: tuple[str, ...]
    late: tuple[str, ...]
    reported: tuple[str, ...]
    gates: tuple[Gate, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every step it asks somebody to look at, the most urgent first."""
        return tuple(dict.fromkeys((*self.late, *self.due, *self.reported)))

    @property
    def is_empty(self) -> bool:
        return not self.codes and not self.done and not self.gates


def digest_of(board: Board, today: date, since: date | None = None) -> Week:
    """The digest of the week that `today` lies in; `since`: the day of the last one."""
    monday = today - timedelta(days=today.weekday())
    sunday = monday + timedelta(days=6)
    since = since or monday - timedelta(days=7)
    steps = board.steps
    in_hand = [s for s in steps if s.state in IN_HAND and s.due is not None]
    gates = []
    for stage in board.stages:
        if stage.state is StageState.CLOSED:
            gate = stage_gate(board, stage)
            if isinstance(gate, Closed) and len(gate.missing) <= ABOUT_TO_OPEN:
                gates.append(Gate(stage.code, gate.missing))
    return Week(
        since=since,
        done=tuple(
            s.code
            for s in steps
            if s.state in FINISHED and s.finished_on is not None and since <= s.finished_on < today
        ),
        due=tuple(s.code for s in in_hand if s.due and today <= s.due <= sunday),
        late=tuple(s.code for s in in_hand if s.due and s.due < today),
        reported=tuple(s.code for s in steps if s.state is StepState.REPORTED),
        gates=tuple(gates),
    )
