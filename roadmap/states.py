"""States of steps, stages and programmes, and the one table of moves."""

from enum import StrEnum

from roadmap.errors import MoveRefused


class StepState(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    REPORTED = "reported"
    RETURNED = "returned"
    DONE = "done"
    SKIPPED = "skipped"


class StageState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    DONE = "done"


class ProgrammeState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class Move(StrEnum):
    """What can happen to a step. `open` is the planner's; the others are people's.

    `next`: a recurring step was done this time and waits for its next one.
    """

    OPEN = "open"
    REPORT = "report"
    ACCEPT = "accept"
    RETURN = "return"
    DONE = "done"
    NEXT = "next"
    SKIP = "skip"
    RESTORE = "restore"


STEP_STATE_WORDS: dict[StepState, str] = {
    StepState.WAITING: "ждёт этапа",
    StepState.OPEN: "в работе",
    StepState.REPORTED: "на проверке",
    StepState.RETURNED: "на доработке",
    StepState.DONE: "выполнено",
    StepState.SKIPPED: "не требуется",
}

STAGE_STATE_WORDS: dict[StageState, str] = {
    StageState.CLOSED: "закрыт",
    StageState.OPEN: "идёт",
    StageState.DONE: "завершён",
}

PROGRAMME_STATE_WORDS: dict[ProgrammeState, str] = {
    ProgrammeState.DRAFT: "подготовка",
    ProgrammeState.RUNNING: "идёт",
    ProgrammeState.DONE: "завершена",
    ProgrammeState.STOPPED: "остановлена",
}

MOVE_REFUSED_WORDS: dict[Move, str] = {
    Move.OPEN: "начать его нельзя",
    Move.REPORT: "отчёт по нему сейчас не принимается",
    Move.ACCEPT: "принимать нечего",
    Move.RETURN: "вернуть на доработку его нельзя",
    Move.DONE: "отметить его выполненным нельзя",
    Move.NEXT: "отметить его выполненным нельзя",
    Move.SKIP: "отметить «не требуется» нельзя",
    Move.RESTORE: "возвращать в план нечего",
}

MOVES: dict[tuple[StepState, Move], StepState] = {
    (StepState.WAITING, Move.OPEN): StepState.OPEN,
    (StepState.OPEN, Move.REPORT): StepState.REPORTED,
    (StepState.RETURNED, Move.REPORT): StepState.REPORTED,
    (StepState.REPORTED, Move.ACCEPT): StepState.DONE,
    (StepState.OPEN, Move.DONE): StepState.DONE,
    (StepState.REPORTED, Move.DONE): StepState.DONE,
    (StepState.RETURNED, Move.DONE): StepState.DONE,
    (StepState.OPEN, Move.NEXT): StepState.OPEN,
    (StepState.REPORTED, Move.NEXT): StepState.OPEN,
    (StepState.RETURNED, Move.NEXT): StepState.OPEN,
    (StepState.REPORTED, Move.RETURN): StepState.RETURNED,
    # A step marked done by mistake goes back to its owner; stages already open stay open.
    (StepState.DONE, Move.RETURN): StepState.RETURNED,
    (StepState.WAITING, Move.SKIP): StepState.SKIPPED,
    (StepState.OPEN, Move.SKIP): StepState.SKIPPED,
    (StepState.REPORTED, Move.SKIP): StepState.SKIPPED,
    (StepState.RETURNED, Move.SKIP): StepState.SKIPPED,
    # Back to waiting: the planner opens it at once if its gate is open.
    (StepState.SKIPPED, Move.RESTORE): StepState.WAITING,
}

FINISHED = frozenset({StepState.DONE, StepState.SKIPPED})
"""States that satisfy a gate."""

IN_HAND = frozenset({StepState.OPEN, StepState.RETURNED})
"""States in which the owner has something to do; only these can be late."""


def moved(state: StepState, move: Move) -> StepState:
    """The state after a move; raises `MoveRefused` when the table has no such move."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise MoveRefused(
            f"мероприятие сейчас «{STEP_STATE_WORDS[state]}», {MOVE_REFUSED_WORDS[move]}"
        ) from None


def moves_from(state: StepState) -> frozenset[Move]:
    """The moves the table allows from a state."""
    return frozenset(move for from_, move in MOVES if from_ is state)
