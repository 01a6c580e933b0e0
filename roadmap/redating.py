"""Due dates that follow events – «в течение 3 рабочих дней после 5.4» –, counted from a board."""

from datetime import date

from roadmap.board import Board
from roadmap.dues import Due, resolve_all
from roadmap.dues.values import PROGRAMME, STAGE
from roadmap.states import FINISHED, ProgrammeState

Days = tuple[date | None, date | None]


def new_dates(board: Board) -> dict[str, Days]:
    """(start, end) of each unfinished step whose due date follows an event and has moved with it.

    An event that has happened gives its real day; a step that is not done yet, its due date.
    """
    if not any(step.relative for step in board.steps):
        return {}
    dues = {s.code: Due("", s.start, s.end, relative=s.relative) for s in board.steps}
    homes = {s.code: stage.code for stage in board.stages for s in stage.steps}
    found = resolve_all(dues, _happened(board), board.calendar, homes)
    return {
        s.code: (found[s.code].start, found[s.code].end)
        for s in board.steps
        if s.relative is not None
        and s.state not in FINISHED
        and (found[s.code].start, found[s.code].end) != (s.start, s.end)
    }


def _happened(board: Board) -> dict[str, date]:
    """The days of the events there have been, under the names that `Offset.anchor` uses."""
    days: dict[str, date | None] = {PROGRAMME: board.started_on}
    for stage in board.stages:
        days[f"{STAGE} {stage.code}"] = stage.opened_on
        days[f"{STAGE} {stage.code} end"] = stage.closed_on
        for step in stage.steps:
            days[f"{step.code} start"] = step.opened_on
            if step.state in FINISHED:
                days[step.code] = days[f"{step.code} end"] = step.finished_on
    if board.state is ProgrammeState.DONE:
        finished = [step.finished_on for step in board.steps if step.finished_on]
        days[f"{PROGRAMME} end"] = max(finished, default=None)
    return {name: day for name, day in days.items() if day is not None}
