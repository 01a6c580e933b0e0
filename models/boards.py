"""Rows → the planner's board."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.dues import deadline, offset_of, turns_of
from models.repository import ProgrammeRows
from models.tables import Rhythm
from roadmap.board import Board, StageFact, StepFact, Substitution
from roadmap.calendar import SchoolCalendar
from roadmap.spec import CalendarSpec, Policy, school_calendar


def calendar_of(rows: ProgrammeRows) -> SchoolCalendar:
    """The school's calendar as the programme's road map declares it."""
    declared = CalendarSpec.model_validate(rows.programme.calendar)
    return school_calendar(rows.organisation.zone, declared)


def board_of(rows: ProgrammeRows, calendar: SchoolCalendar) -> Board:
    """The programme's facts as `plan` sees them."""
    zone = ZoneInfo(rows.organisation.zone)
    keys = {person_id: person.key for person_id, person in rows.people.items()}
    stages = tuple(
        StageFact(
            code=stage.code,
            state=stage.state,
            after=tuple(stage.after),
            opened_early=stage.opened_early,
            opened_on=_day(stage.opened_at, zone),
            closed_on=_day(stage.closed_at, zone),
            steps=tuple(
                StepFact(
                    code=step.code,
                    state=step.state,
                    owner=keys[step.owner_id],
                    mandatory=step.mandatory,
                    needs=tuple(step.needs),
                    due=deadline(step, calendar),
                    told=keys.get(step.told_id) if step.told_id else None,
                    opened_on=_day(step.opened_at, zone),
                    finished_on=_day(step.finished_at, zone),
                    start=step.due_start,
                    end=step.due_end,
                    due_set_on=step.due_set_on,
                    relative=offset_of(step.relative),
                    turns=turns_of(step),
                    turn=step.turn,
                    plan_end=step.plan_end,
                )
                for step in rows.steps_of(stage)
            ),
        )
        for stage in rows.stages
    )
    return Board(
        state=rows.programme.state,
        stages=stages,
        calendar=calendar,
        policy=Policy.model_validate(rows.programme.policy),
        daily_done=rows.programme.daily_done,
        digest_done=rows.programme.digest_done,
        curators=tuple(person.key for person in rows.with_role("curator")),
        directors=tuple(person.key for person in rows.with_role("director")),
        daily_readers=frozenset(
            person.key for person in rows.people.values() if person.rhythm is Rhythm.DAILY
        ),
        substitutions=tuple(
            Substitution(keys[s.person_id], keys[s.deputy_id], s.first_day, s.last_day)
            for s in rows.substitutions
            if rows.people[s.deputy_id].active
        ),
        started_on=_day(rows.programme.started_at, zone),
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None
