"""Starting, stopping and finding programmes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme
from models.tables import Organisation, Person, Programme, Revision, Stage, Step
from roadmap.declared import declared_due
from roadmap.errors import InputWrong, MoveRefused, NotFound
from roadmap.loader import Loaded
from roadmap.shifting import shifted
from roadmap.spec import Organisation as OrganisationSpec
from roadmap.spec import PersonSpec, RoadMap
from roadmap.spec import Stage as StageSpec
from roadmap.spec import Step as StepSpec
from roadmap.states import ProgrammeState
from services.actor import Actor
from services.advance import advance, changed
from services.boards import stored_offset
from services.journal import record
from services.wiring import Karta


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
        stages, steps = [], []
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
            session, "programme.started", "Дорожная карта начата", at=now, by=by,
            programme=programme, file=loaded.file, months=months,
        )  # fmt: skip
        everybody = {person.id: person for _, person in sorted(people.items())}
        rows = ProgrammeRows(programme, organisation, stages, steps, everybody)
        await advance(karta, session, rows, now)
        for step in steps:
            if step.relative is not None:  # counted just now: these are its first dates
                step.plan_start, step.plan_end = step.due_start, step.due_end
        await changed(session, rows)
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
        select(Organisation).where(Organisation.name == roadmap.organisation.name).with_for_update()
    )
    return found.one()


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


async def enlist(
    session: AsyncSession, organisation: Organisation, people: dict[str, PersonSpec], now: datetime
) -> dict[str, Person]:
    """All the organisation's people by key; those of the road map who are new are added.

    Somebody already known keeps the name, post, address and roles that the «Люди» page has.
    Raises `InputWrong` when an address already belongs to somebody else there.
    """
    known = await session.exec(select(Person).where(Person.organisation_id == organisation.id))
    by_key = {person.key: person for person in known}
    by_email = {person.email.lower(): person for person in by_key.values()}
    for key, spec in people.items():
        if key in by_key:
            continue
        other = by_email.get(spec.email.lower())
        if other is not None:
            raise InputWrong(
                f"сотрудник {key}: адрес {spec.email} уже есть у «{other.key}» ({other.display}); "
                "назовите его в people так же или укажите другой адрес"
            )
        person = Person(
            organisation_id=organisation.id,
            key=key,
            name=spec.name,
            post=spec.post,
            email=spec.email,
            roles=sorted(spec.roles),
        )
        session.add(person)
        by_key[key] = person
        record(
            session, "person.added", f"В список людей внесён {person.display}", at=now,
            organisation_id=organisation.id,
        )  # fmt: skip
    await session.flush()
    return by_key


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


async def programmes_of(session: AsyncSession, organisation_id: UUID | None) -> list[Programme]:
    """Programmes newest first; of one organisation, or all."""
    query = select(Programme).order_by(col(Programme.created_at).desc(), col(Programme.id))
    if organisation_id is not None:
        query = query.where(Programme.organisation_id == organisation_id)
    return list(await session.exec(query))


async def the_programme(session: AsyncSession, wanted: str | None = None) -> ProgrammeRows:
    """The programme a command means: the named one (start of its id), else the only one.

    With several, the newest that is running. Raises `NotFound`, naming the choice, `InputWrong`
    when several are meant, `MoveRefused` when there is none.
    """
    programmes = await programmes_of(session, None)
    if wanted is not None:
        programmes = [p for p in programmes if str(p.id).startswith(wanted.strip().lower())]
        if not programmes:
            raise NotFound(f"программы {wanted} нет; список покажет karta status --all")
        if len(programmes) > 1:
            raise InputWrong(
                f"на «{wanted}» начинается несколько программ; допишите id: "
                + ", ".join(str(p.id)[:13] for p in programmes[:4])
            )
    if not programmes:
        raise MoveRefused("ещё ни одна дорожная карта не начата; начните: karta start roadmap.yaml")
    running = [p for p in programmes if p.state is ProgrammeState.RUNNING]
    return await load_programme(session, (running or programmes)[0].id)


async def stop_programme(karta: Karta, programme_id: UUID, *, by: Actor, reason: str) -> None:
    """Stops a running programme for good: nothing opens, no letter leaves any more."""
    by = by.require_director("Остановить дорожную карту")
    now = karta.clock.now()
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id, lock=True)
        if rows.programme.state is not ProgrammeState.RUNNING:
            raise MoveRefused("дорожная карта не идёт, останавливать нечего")
        if not reason.strip():
            raise InputWrong("напишите, почему дорожная карта останавливается")
        rows.programme.state = ProgrammeState.STOPPED
        rows.programme.finished_at = now
        record(
            session, "programme.stopped", "Дорожная карта остановлена", at=now, by=by,
            programme=rows.programme, reason=reason.strip(),
        )  # fmt: skip
        await changed(session, rows)
