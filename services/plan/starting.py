"""Starting a programme: the road map's rows, its first stage and letters."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from models.database import AsyncSession
from models.dues import stored_offset
from models.repository import ProgrammeRows, lock_organisation
from models.situation import Situation
from models.tables import Organisation, Person, Programme, Revision, Stage, Step
from roadmap.declared import declared_due
from roadmap.errors import InputWrong
from roadmap.loader import Loaded
from roadmap.shifting import shifted
from roadmap.spec import Organisation as OrganisationSpec
from roadmap.spec import RoadMap
from roadmap.spec import Stage as StageSpec
from roadmap.spec import Step as StepSpec
from roadmap.states import ProgrammeState
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.people.enlisting import enlist
from services.programme.advance import advance, raise_version


@dataclass(frozen=True, slots=True)
class Started:
    """A programme that has just been started."""

    programme_id: UUID
    title: str
    organisation: str
    months: int
    same_running: bool = False


async def start_programme(
    karta: Karta, loaded: Loaded, *, months: int = 0, by: Actor | None = None
) -> Started:
    """Starts the road map: its rows, its first stage's opening and letters, in one transaction.

    months: by how many whole months every date is moved. Raises `RoadMapInvalid`, and
    `InputWrong` when the move leads out of the calendar.
    """
    roadmap = shifted(loaded.require(), months)
    now = karta.clock.now()
    async with karta.transaction() as session:
        organisation = await _organisation(session, roadmap)
        people = await enlist(session, organisation, roadmap.people, now)
        programme = Programme(
            organisation_id=organisation.id,
            title=roadmap.title,
            state=ProgrammeState.RUNNING,
            shift_months=months,
            policy=roadmap.policy.model_dump(mode="json"),
            calendar=roadmap.calendar.model_dump(mode="json"),
            created_at=now,
            started_at=now,
            daily_done=None,
        )
        session.add(programme)
        await session.flush()
        session.add(
            Revision(
                programme_id=programme.id,
                number=1,
                file_name=loaded.file,
                source=loaded.text,
                shift_months=months,
                at=now,
                by_id=by.person_id if by else None,
            )
        )
        stages: list[Stage] = []
        steps: list[Step] = []
        for position, spec in enumerate(roadmap.stages):
            stage = new_stage(programme, roadmap, spec, position)
            stages.append(stage)
            for step_spec in spec.steps:
                owner = people[step_spec.owner]
                steps.append(new_step(programme, stage, roadmap, step_spec, owner, len(steps)))
        session.add_all(stages)
        await session.flush()
        session.add_all(steps)
        await session.flush()
        record(
            session, EventKind.PROGRAMME_STARTED, "Дорожная карта начата", at=now, by=by,
            programme=programme, file=loaded.file, months=months,
        )  # fmt: skip
        everybody = {person.id: person for _, person in sorted(people.items())}
        rows = ProgrammeRows(programme, organisation, stages, steps, everybody)
        await advance(karta, session, Situation(rows, now))
        for step in steps:
            if step.relative is not None:  # counted just now: these are its first dates
                step.plan_start, step.plan_end = step.due_start, step.due_end
        await raise_version(session, rows)
        same = await session.exec(
            select(Programme.id).where(
                Programme.organisation_id == organisation.id,
                Programme.title == programme.title,
                Programme.state == ProgrammeState.RUNNING,
                Programme.id != programme.id,
            )
        )
        return Started(
            programme.id, programme.title, organisation.name, months, same.first() is not None
        )


async def _organisation(session: AsyncSession, roadmap: RoadMap) -> Organisation:
    """The school of this name, made if need be.

    Locked when it lacks some of the road map's people, so that two starts do not add the same one;
    otherwise many programmes of a school may start side by side.
    """
    found = await session.exec(
        select(Organisation).where(Organisation.name == roadmap.organisation.name)
    )
    organisation = found.first()
    if organisation is not None:
        known = await session.exec(
            select(Person.key).where(Person.organisation_id == organisation.id)
        )
        if roadmap.people.keys() <= set(known):
            return organisation
    await session.exec(
        insert(Organisation)
        .values(id=uuid4(), name=roadmap.organisation.name, zone=roadmap.organisation.zone)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    found = await session.exec(
        select(Organisation).where(Organisation.name == roadmap.organisation.name)
    )
    return await lock_organisation(session, found.one().id)


async def rename_organisation(
    session: AsyncSession, organisation: Organisation, spec: OrganisationSpec
) -> None:
    """The school's new name and zone. Raises `InputWrong` when another school has the name."""
    other = await session.exec(
        select(Organisation.id).where(
            Organisation.name == spec.name, Organisation.id != organisation.id
        )
    )
    if other.first() is not None:
        raise InputWrong(f"школа «{spec.name}» уже есть; назовите эту иначе")
    organisation.name, organisation.zone = spec.name, spec.zone
    session.add(organisation)
    await session.flush()


def new_stage(programme: Programme, roadmap: RoadMap, spec: StageSpec, position: int) -> Stage:
    return Stage(
        programme_id=programme.id,
        code=spec.id,
        position=position,
        title=spec.title,
        goal=spec.goal,
        task=spec.task,
        result=spec.result,
        after=list(roadmap.after_of(spec)),
    )


def new_step(
    programme: Programme,
    stage: Stage,
    roadmap: RoadMap,
    spec: StepSpec,
    owner: Person,
    position: int,
) -> Step:
    step = Step(
        programme_id=programme.id,
        stage_id=stage.id,
        code=spec.id,
        position=position,
        title=spec.title,
        result=spec.result,
        kind=spec.kind,
        evidence=spec.evidence_rule,
        mandatory=spec.mandatory,
        needs=list(spec.needs),
        owner_id=owner.id,
        due_text=spec.due.text,
    )
    declare_due(step, roadmap, spec)
    if step.due_end is not None:  # else it is counted later, or there is nothing to compare
        step.plan_start, step.plan_end = spec.due.start, spec.due.end
    return step


def declare_due(step: Step, roadmap: RoadMap, spec: StepSpec) -> None:
    """Gives the step the due date that the road map declares: of a recurring one, the first.

    Times that have been done already are not asked for again.
    """
    due = declared_due(roadmap, spec, step.turn or 0)
    step.due_text = spec.due.text
    step.due_start, step.due_end = due.start, due.end
    step.relative = stored_offset(due.relative)
    step.turns = [
        [start.isoformat() if start else None, end.isoformat()] for start, end in due.turns
    ]
    step.turn = due.turn
