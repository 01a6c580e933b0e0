"""Rows → the entries of a calendar: due dates of steps, also of dropped ones, and meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.dues import turns_of
from models.repository import ProgrammeRows
from models.situation import Situation
from models.tables import DroppedStep, Meeting, Person, Step
from notifications.calendar import DueEntry, MeetingEntry, Standing
from roadmap.kinds import KINDS, EvidenceRule
from roadmap.states import FINISHED, IN_HAND, STEP_STATE_WORDS, StepState


@dataclass(frozen=True)
class Entries:
    """Makes the entries of one programme. base_url: address of the board, no slash at its end."""

    situation: Situation
    base_url: str

    @property
    def rows(self) -> ProgrammeRows:
        return self.situation.rows

    def concerns(self, step: Step, person: Person) -> bool:
        """Whether the step is the person's: their own, or of somebody they stand in for today."""
        owner = self.rows.owner(step)
        return person.id in (owner.id, self.situation.addressee(owner).id)

    def of_step(self, step: Step, *, changed_at: datetime) -> tuple[DueEntry, ...]:
        """The step's deadline; of a recurring step, that of each turn that remains."""
        calendar = self.situation.calendar
        return tuple(
            DueEntry(
                step_id=step.id,
                code=step.code,
                title=step.title,
                day=calendar.deadline(end) if end else None,
                standing=_standing(step),
                sequence=step.version,
                changed_at=changed_at,
                url=self._page(step.id),
                notes=self._notes(step),
                turn=turn,
            )
            for turn, end in _remaining(step)
        )

    def of_dropped(
        self, step: DroppedStep, *, changed_at: datetime | None = None
    ) -> tuple[DueEntry, ...]:
        """The deadlines that went with a step when a revision dropped it, all cancelled."""
        calendar = self.situation.calendar
        return tuple(
            DueEntry(
                step_id=step.id,
                code=step.code,
                title=step.title,
                day=calendar.deadline(end) if end else None,
                standing=Standing.CANCELLED,
                sequence=step.version,
                changed_at=changed_at or step.dropped_at,
                url=f"{self.base_url}/programmes/{self.rows.programme.id}",
                notes=("Мероприятие убрано из дорожной карты.",),
                turn=turn,
            )
            for turn, end in _remaining(step)
        )

    def of_meeting(self, meeting: Meeting, *, changed_at: datetime | None = None) -> MeetingEntry:
        step = self.rows.step_by_id(meeting.step_id)
        return MeetingEntry(
            id=meeting.id,
            code=step.code,
            title=step.title,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            place=meeting.place,
            is_cancelled=meeting.cancelled_at is not None,
            sequence=meeting.sequence,
            changed_at=changed_at or meeting.changed_at,
            url=self._page(step.id),
            notes=(self._stage(step), self._owner(step)),
        )

    def _notes(self, step: Step) -> tuple[str, ...]:
        where = (self._stage(step), self._owner(step))
        if step.state is StepState.DONE and step.finished_at is not None:
            day = self.situation.day(step.finished_at)
            return (f"Выполнено {day:%d.%m.%Y}.", *where)
        now = f"Сейчас: {STEP_STATE_WORDS[step.state]}."
        if step.state in FINISHED:
            return (now, *where)
        card = KINDS[step.kind]
        attach = "Обязательно приложить" if step.evidence is EvidenceRule.REQUIRED else "Приложить"
        return (f"Что сделать: {card.ask}", f"{attach}: {card.evidence}.", now, *where)

    def _stage(self, step: Step) -> str:
        stage = self.rows.stage_of(step)
        return f"Этап {stage.code}. {stage.title}"

    def _owner(self, step: Step) -> str:
        return f"Ответственный: {self.rows.owner(step).display}"

    def _page(self, step_id: UUID) -> str:
        # Never a letter's link: a calendar is shared more easily than a letter, and the page asks
        # who is there.
        return f"{self.base_url}/steps/{step_id}"


def _standing(step: Step) -> Standing:
    if step.state is StepState.SKIPPED:
        return Standing.CANCELLED
    if step.state is StepState.DONE:
        return Standing.DONE
    return Standing.IN_HAND if step.state in IN_HAND else Standing.PLANNED


def _remaining(step: Step | DroppedStep) -> Sequence[tuple[int | None, date | None]]:
    """(number of the turn, its last day): the date in force, then the turns that will come."""
    if not step.turns:
        return [(None, step.due_end)]
    later = [(number, end) for number, (_, end) in enumerate(turns_of(step), 1)]
    return [(step.turn + 1, step.due_end), *later[step.turn + 1 :]]
