"""What a board is after an action of the planner, and after a person's act: no I/O, no clock.

The live service does the same to its rows (`services.programme.advance`, `services.steps`).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from roadmap.board import Board
from roadmap.planner import (
    Action,
    CloseStage,
    EndDaily,
    EndDigest,
    FinishProgramme,
    LetterKind,
    OpenStage,
    OpenStep,
    QueueLetter,
    ReopenStage,
    ResumeProgramme,
    SetDue,
    redated,
)
from roadmap.states import Move, ProgrammeState, StageState, moved


def _applied(board: Board, action: Action, today: date) -> Board:
    match action:
        case OpenStage(code):
            opened = replace(board.stage(code), state=StageState.OPEN, opened_on=today)
            return board.with_stage(opened)
        case CloseStage(code):
            closed = replace(board.stage(code), state=StageState.DONE, closed_on=today)
            return board.with_stage(closed)
        case ReopenStage(code):
            reopened = replace(board.stage(code), state=StageState.OPEN, closed_on=None)
            return board.with_stage(reopened)
        case OpenStep(code):
            step = board.step(code)
            state = moved(step.state, Move.OPEN)
            return board.with_step(replace(step, state=state, opened_on=today))
        case FinishProgramme():
            return replace(board, state=ProgrammeState.DONE)
        case ResumeProgramme():
            return replace(board, state=ProgrammeState.RUNNING)
        case SetDue(code, start, end):
            return board.with_step(redated(board, code, start, end, today))
        case QueueLetter():
            return _told(board, action)
        case EndDaily(on):
            return replace(board, daily_done=on)
        case EndDigest(on):
            return replace(board, digest_done=on)


def apply_all(board: Board, actions: Iterable[Action], now: datetime) -> Board:
    """The board once every action, in order, has been done at `now`."""
    today = board.calendar.today(now)
    for action in actions:
        board = _applied(board, action, today)
    return board


def finish(board: Board, code: str, now: datetime) -> Board:
    """The board once somebody has marked a step in hand done; one that recurs, this time.

    Raises `MoveRefused` when the step is not in hand. What follows from it is the planner's.
    """
    today = board.calendar.today(now)
    step = board.step(code)
    following = step.next_turn
    if following is None:
        state = moved(step.state, Move.DONE)
        return board.with_step(replace(step, state=state, finished_on=today))
    turned = replace(step, state=moved(step.state, Move.NEXT), turn=step.turn + 1)
    board = board.with_step(turned)
    return board.with_step(redated(board, code, *following, today))


def _told(board: Board, letter: QueueLetter) -> Board:
    """Whose steps the letter tells of know them now; a leader's digest tells no owner."""
    for code in letter.steps:
        step = board.step(code)
        own = letter.kind is LetterKind.OPENED or (
            board.addressee(step.owner, letter.on) == letter.to
        )
        if own and step.told != letter.to:
            board = board.with_step(replace(step, told=letter.to))
    return board
