"""What Prefect should show of a programme: pure values, their Russian words, the road map's table.

Nobody's name is here: Prefect is told the owners' posts only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2s
from uuid import UUID

from roadmap.states import (
    FINISHED,
    STAGE_STATE_WORDS,
    STEP_STATE_WORDS,
    ProgrammeState,
    StageState,
    StepState,
)


class ShownType(StrEnum):
    """Prefect's own kinds of state that we use: they give the colour and the meaning."""

    PENDING = "pending"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as Prefect shows it; `name` is what people read."""

    type: ShownType
    name: str

    @property
    def key(self) -> str:
        return f"{self.type}:{self.name}"


def _digest(*words: str) -> str:
    return blake2s("\0".join(words).encode(), digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True)
class StepPicture:
    """One step. `last_shown` is the `key` that Prefect shows, None before the first time."""

    id: UUID
    code: str
    title: str
    state: Shown
    last_shown: str | None
    owner_post: str
    due_text: str
    url: str

    @property
    def name(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def card_key(self) -> str:
        """Changes when the title, owner, due date or address does."""
        return _digest(self.title, self.owner_post, self.due_text, self.url)

    @property
    def key(self) -> str:
        return f"{self.state.key}#{self.card_key}"

    @property
    def is_changed(self) -> bool:
        return self.key != self.last_shown

    @property
    def needs_card(self) -> bool:
        """Whether the card beside its run is missing or old. A waiting step has none yet."""
        if self.state.type is ShownType.PENDING:
            return False
        last = self.last_shown or ShownType.PENDING
        return last.startswith(ShownType.PENDING) or last.rpartition("#")[2] != self.card_key

    @property
    def summary(self) -> str:
        """One line: who, by when, where."""
        return f"Ответственный: {self.owner_post}. Срок: {self.due_text}. Страница: {self.url}"


@dataclass(frozen=True, slots=True)
class StagePicture:
    """One stage with its steps in order."""

    id: UUID
    code: str
    title: str
    state: Shown
    last_shown: str | None
    steps: tuple[StepPicture, ...]

    @property
    def name(self) -> str:
        return f"{self.code}. {self.title}"

    @property
    def card_key(self) -> str:
        return _digest(self.title)

    @property
    def key(self) -> str:
        return f"{self.state.key}#{self.card_key}"

    @property
    def is_changed(self) -> bool:
        return self.key != self.last_shown or any(step.is_changed for step in self.steps)

    @property
    def is_renamed(self) -> bool:
        return self.last_shown is not None and not self.last_shown.endswith(f"#{self.card_key}")


@dataclass(frozen=True, slots=True)
class ProgrammePicture:
    """One programme at a version of its rows."""

    id: UUID
    title: str
    organisation: str
    version: int
    state: Shown
    stages: tuple[StagePicture, ...]

    @property
    def name(self) -> str:
        return f"{self.organisation} · {self.title}"

    @property
    def short_id(self) -> str:
        return self.id.hex[:8]

    @property
    def changed_stages(self) -> tuple[StagePicture, ...]:
        return tuple(stage for stage in self.stages if stage.is_changed)


def step_shown(
    state: StepState, due: date | None, today: date, *, waits_for: tuple[str, ...] = ()
) -> Shown:
    """How a step is shown on a school day.

    due: last day of its due date, None when undetermined.
    waits_for: codes of the steps it waits for although its stage is open.
    """
    words = STEP_STATE_WORDS[state]
    match state:
        case StepState.WAITING if waits_for:
            return Shown(ShownType.PENDING, f"ждёт {', '.join(waits_for)}")
        case StepState.WAITING:
            return Shown(ShownType.PENDING, words)
        case StepState.OPEN | StepState.RETURNED:
            return Shown(ShownType.PAUSED, _in_hand(state, words, due, today))
        case StepState.REPORTED:
            return Shown(ShownType.PAUSED, words)
        case StepState.DONE:
            return Shown(ShownType.COMPLETED, words)
        case StepState.SKIPPED:
            return Shown(ShownType.CANCELLED, words)


def _in_hand(state: StepState, words: str, due: date | None, today: date) -> str:
    if due is None:
        return words
    day = f"{due:%d.%m}" if due.year == today.year else f"{due:%d.%m.%Y}"
    if due >= today:
        return f"{words} до {day}"
    late = "просрочено" if state is StepState.OPEN else words
    return f"{late}, срок был {day}"


def stage_shown(state: StageState, steps: Iterable[StepState]) -> Shown:
    """«закрыт», «идёт: 2 из 4», «завершён»."""
    words = STAGE_STATE_WORDS[state]
    match state:
        case StageState.CLOSED:
            return Shown(ShownType.PAUSED, words)
        case StageState.OPEN:
            done, total = _count(steps)
            return Shown(ShownType.PAUSED, f"{words}: {done} из {total}")
        case StageState.DONE:
            return Shown(ShownType.COMPLETED, words)


def programme_shown(
    state: ProgrammeState, stages: Mapping[str, StageState], steps: Iterable[StepState]
) -> Shown:
    """«этап 2 · 6 из 35», «этапы 2, 3 · 6 из 35», «завершена», «остановлена».

    stages: state of each stage by its code, in order.
    """
    match state:
        case ProgrammeState.DONE:
            return Shown(ShownType.COMPLETED, "завершена")
        case ProgrammeState.STOPPED:
            return Shown(ShownType.CANCELLED, "остановлена")
    done, total = _count(steps)
    opened = [code for code, stage in stages.items() if stage is StageState.OPEN]
    if not opened:
        return Shown(ShownType.PAUSED, f"{done} из {total}")
    word = "этап" if len(opened) == 1 else "этапы"
    return Shown(ShownType.PAUSED, f"{word} {', '.join(opened)} · {done} из {total}")


def _count(steps: Iterable[StepState]) -> tuple[int, int]:
    states = list(steps)
    return sum(state in FINISHED for state in states), len(states)


def road_map_table(picture: ProgrammePicture) -> list[dict[str, str]]:
    """The road map as rows of Prefect's table: a stage's row, then its steps'."""
    rows: list[dict[str, str]] = []
    for stage in picture.stages:
        rows.append(_row(stage.code, stage.title, stage.state.name))
        rows += [
            _row(step.code, step.title, step.state.name, step.due_text, step.owner_post)
            for step in stage.steps
        ]
    return rows


def _row(code: str, title: str, state: str, due: str = "", owner: str = "") -> dict[str, str]:
    return {
        "№": code,
        "Этап, мероприятие": title,
        "Состояние": state,
        "Срок": due,
        "Ответственный": owner,
    }
