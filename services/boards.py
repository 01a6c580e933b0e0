"""Rows → the planner's board, and the words in which a step's due date is shown."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.repository import ProgrammeRows
from models.tables import Step
from roadmap.board import Board, StageFact, StepFact
from roadmap.dues import Due, print_due
from roadmap.spec import Policy
from roadmap.states import IN_HAND


def board_of(rows: ProgrammeRows) -> Board:
    """The programme's facts as `plan` sees them."""
    zone = ZoneInfo(rows.organisation.zone)
    keys = {person_id: person.key for person_id, person in rows.people.items()}
    stages = tuple(
        StageFact(
            code=stage.code,
            state=stage.state,
            after=tuple(stage.after),
            opened_early=stage.opened_early,
            steps=tuple(
                StepFact(
                    code=step.code,
                    state=step.state,
                    owner=keys[step.owner_id],
                    mandatory=step.mandatory,
                    needs=tuple(step.needs),
                    due=step.due_end,
                    told=keys.get(step.told_id) if step.told_id else None,
                    opened_on=_day(step.opened_at, zone),
                )
                for step in rows.steps_of(stage)
            ),
        )
        for stage in rows.stages
    )
    return Board(
        state=rows.programme.state,
        stages=stages,
        zone=rows.organisation.zone,
        policy=Policy.model_validate(rows.programme.policy),
        daily_done=rows.programme.daily_done,
        curators=tuple(person.key for person in rows.with_role("curator")),
        directors=tuple(person.key for person in rows.with_role("director")),
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def school_day(moment: datetime, zone: str) -> date:
    """The school's date at a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def due_words(step: Step) -> str:
    """The due date in force: «ноябрь 2026», «до 15.09.2026», «срок не определён»."""
    return print_due(Due(step.due_text, step.due_start, step.due_end))


def late_days(step: Step, today: date) -> int:
    """Calendar days the step is late as of a day; 0 when it is not late."""
    if step.state not in IN_HAND or step.due_end is None:
        return 0
    return max(0, (today - step.due_end).days)
