"""Gates: what must be complete before a stage opens and a step opens. A closed gate says why."""

from dataclasses import dataclass

from roadmap.board import Board, StageFact
from roadmap.states import FINISHED, StageState


@dataclass(frozen=True, slots=True)
class Open:
    """The gate is open."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The gate is closed; `missing` are the codes of the steps it waits for, in map order."""

    missing: tuple[str, ...]

    @property
    def reason(self) -> str:
        """«не выполнено 4.1», «не выполнены 4.3, 4.4»: the same words on page, letter and log."""
        verb = "не выполнено" if len(self.missing) == 1 else "не выполнены"
        return f"{verb} {', '.join(self.missing)}"


Gate = Open | Closed


def stage_gate(board: Board, stage: StageFact) -> Gate:
    """Whether `stage` may open: every mandatory step of the stages it waits for is finished.

    A stage that is open or done has passed its gate, also when the director opened it early.
    A stage before that has no mandatory steps lets through only once it has opened itself.
    """
    if stage.state is not StageState.CLOSED or stage.opened_early:
        return Open()
    missing: list[str] = []
    for code in stage.after:
        missing.extend(_missing_of(board, board.stage(code)))
    return Closed(tuple(dict.fromkeys(missing))) if missing else Open()


def _missing_of(board: Board, before: StageFact) -> list[str]:
    own = [s.code for s in before.steps if s.mandatory and s.state not in FINISHED]
    if own:
        return own
    match stage_gate(board, before):
        case Closed(missing):
            return list(missing)
        case Open():
            return []


def step_gate(board: Board, stage: StageFact, needs: tuple[str, ...]) -> Gate:
    """Whether a step of `stage` with these `needs` may open."""
    gate = stage_gate(board, stage)
    if isinstance(gate, Closed):
        return gate
    states = board.step_states
    missing = tuple(code for code in needs if states[code] not in FINISHED)
    return Closed(missing) if missing else Open()
