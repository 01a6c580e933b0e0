"""Loading what belongs together. Nothing here commits."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.tables import Organisation, Person, Programme, Stage, Step, Substitution
from roadmap.errors import NotFound


@dataclass
class ProgrammeRows:
    """One programme with its rows, in road map order; `substitutions` that are in force.

    steps: all of them, unless only some were asked for.
    """

    programme: Programme
    organisation: Organisation
    stages: list[Stage]
    steps: list[Step]
    people: dict[UUID, Person]
    substitutions: list[Substitution] = field(default_factory=list)

    def stage(self, code: str) -> Stage:
        """The stage with this code; raises `NotFound` naming the known ones."""
        for stage in self.stages:
            if stage.code == code:
                return stage
        known = ", ".join(s.code for s in self.stages)
        raise NotFound(f"этапа {code} в этой дорожной карте нет; есть: {known}")

    def step(self, code: str) -> Step:
        """The step with this code; raises `NotFound`."""
        for step in self.steps:
            if step.code == code:
                return step
        raise NotFound(f"мероприятия {code} в этой дорожной карте нет")

    def step_by_id(self, step_id: UUID) -> Step:
        for step in self.steps:
            if step.id == step_id:
                return step
        raise NotFound("такого мероприятия нет")

    def stage_of(self, step: Step) -> Stage:
        return next(stage for stage in self.stages if stage.id == step.stage_id)

    def steps_of(self, stage: Stage) -> list[Step]:
        return [step for step in self.steps if step.stage_id == stage.id]

    def owner(self, step: Step) -> Person:
        return self.people[step.owner_id]

    def person(self, key: str) -> Person:
        return next(p for p in self.people.values() if p.key == key)

    def with_role(self, role: str) -> list[Person]:
        return [p for p in self.people.values() if role in p.roles and p.active]


async def load_programme(
    session: AsyncSession,
    programme_id: UUID,
    *,
    lock: bool = False,
    step_ids: Collection[UUID] | None = None,
) -> ProgrammeRows:
    """The programme and its rows; with `lock`, other changes of it wait until this one commits.

    step_ids: the only steps to load, for a reader who needs no others. Raises `NotFound`.
    """
    query = select(Programme).where(Programme.id == programme_id)
    if lock:
        # NO KEY: queueing a letter elsewhere, which refers to the programme, need not wait.
        query = query.with_for_update(key_share=True)
    programme = (await session.exec(query)).one_or_none()
    if programme is None:
        raise NotFound("такой программы нет")
    organisation = await session.get_one(Organisation, programme.organisation_id)
    stages = await session.exec(
        select(Stage).where(Stage.programme_id == programme_id).order_by(col(Stage.position))
    )
    wanted = select(Step).where(Step.programme_id == programme_id).order_by(col(Step.position))
    if step_ids is not None:
        wanted = wanted.where(col(Step.id).in_(step_ids))
    steps = await session.exec(wanted)
    people = await session.exec(
        select(Person).where(Person.organisation_id == organisation.id).order_by(col(Person.key))
    )
    substitutions = await session.exec(
        select(Substitution)
        .where(
            Substitution.organisation_id == organisation.id,
            col(Substitution.cancelled_at).is_(None),
        )
        .order_by(col(Substitution.created_at))
    )
    return ProgrammeRows(
        programme,
        organisation,
        list(stages),
        list(steps),
        {person.id: person for person in people},
        list(substitutions),
    )


async def organisation_of(session: AsyncSession, programme_id: UUID) -> UUID:
    """Whose programme it is, without loading or locking it; raises `NotFound`."""
    found = await session.exec(
        select(Programme.organisation_id).where(Programme.id == programme_id)
    )
    organisation_id = found.one_or_none()
    if organisation_id is None:
        raise NotFound("такой программы нет")
    return organisation_id


async def lock_organisation(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """The organisation; other changes of its people wait until this transaction commits.

    Taken before the programmes' locks: whoever holds the one may wait for the others.
    """
    # NO KEY: journal entries elsewhere, which refer to the organisation, need not wait.
    return await session.get_one(Organisation, organisation_id, with_for_update={"key_share": True})


async def programmes_of(session: AsyncSession, organisation_id: UUID | None) -> list[Programme]:
    """Programmes newest first; of one organisation, or all."""
    query = select(Programme).order_by(col(Programme.created_at).desc(), col(Programme.id))
    if organisation_id is not None:
        query = query.where(Programme.organisation_id == organisation_id)
    return list(await session.exec(query))
