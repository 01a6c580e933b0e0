"""A programme's rows and what they mean at a moment: today, due days, gates, who gets letters."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Self

from models.boards import board_of, calendar_of
from models.dues import deadline
from models.repository import ProgrammeRows
from models.tables import Person, Stage, Step
from roadmap.board import Board
from roadmap.calendar import SchoolCalendar, school_day
from roadmap.gates import Closed, Gate, stage_gate, step_gate
from roadmap.states import IN_HAND, StepState


@dataclass(frozen=True)
class Situation:
    """One programme at a moment; made once in a transaction.

    What rows keep themselves – a step's dates and state – is read from them as they are now. The
    board, and with it gates and substitutions, is that of the first question about it: whoever has
    changed rows since goes on with `again()`.
    """

    rows: ProgrammeRows
    now: datetime

    def again(self) -> Self:
        """The same programme at the same moment, after its rows have changed."""
        return type(self)(self.rows, self.now)

    @cached_property
    def today(self) -> date:
        return self.day(self.now)

    @cached_property
    def calendar(self) -> SchoolCalendar:
        return calendar_of(self.rows)

    @cached_property
    def board(self) -> Board:
        return board_of(self.rows, self.calendar)

    def day(self, moment: datetime) -> date:
        """The school's date at a moment."""
        return school_day(moment, self.rows.organisation.zone)

    def addressee(self, person: Person) -> Person:
        """Who gets a person's letters today: themselves, or whoever stands in for them."""
        if not self.rows.substitutions:
            return person
        return self.rows.person(self.board.addressee(person.key, self.today))

    def deadline(self, step: Step) -> date | None:
        """The day by which the step must be done: its last day, moved off a day off."""
        return deadline(step, self.calendar)

    def late_days(self, step: Step) -> int:
        """Calendar days the step is late today; 0 when it is not in hand or not late."""
        return self.days_after_due(step, self.now) if step.state in IN_HAND else 0

    def days_after_due(self, step: Step, moment: datetime) -> int:
        """Calendar days from the step's deadline to a moment; 0 in time or without a date."""
        due = self.deadline(step)
        return max(0, (self.day(moment) - due).days) if due else 0

    def gate(self, of: Stage | Step) -> Gate:
        """Whether a stage, or a step of it, may open."""
        if isinstance(of, Stage):
            return stage_gate(self.board, self.board.stage(of.code))
        stage = self.board.stage(self.rows.stage_of(of).code)
        return step_gate(self.board, stage, tuple(of.needs))

    def missing(self, of: Stage | Step) -> tuple[str, ...]:
        """Codes of the steps that a stage or a step waits for; empty once it has opened."""
        if isinstance(of, Step) and of.state is not StepState.WAITING:
            return ()
        gate = self.gate(of)
        return gate.missing if isinstance(gate, Closed) else ()
