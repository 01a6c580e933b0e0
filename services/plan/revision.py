"""A new revision of a running programme's road map: what it changes, and applying it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import select

from models.database import AsyncSession
from models.repository import (
    ProgrammeRows,
    load_programme,
    lock_organisation,
    organisation_of,
)
from models.situation import Situation
from models.tables import DroppedStep, Person, Programme, Revision, Step
from roadmap.errors import InputWrong, MoveRefused
from roadmap.loader import Loaded, load_text
from roadmap.shifting import shifted
from roadmap.spec import RoadMap
from roadmap.states import ProgrammeState
from services.access.links import end_links
from services.actor import Actor
from services.journal.due_and_owner import due_change, due_in_force, owner_change
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.people.enlisting import enlist
from services.people.revised_cards import apply_cards
from services.plan.differences import PlanDifference, differences_of, homes_of
from services.plan.starting import declare_due, new_stage, new_step, rename_organisation
from services.programme.advance import advance, raise_version
from services.programme.open_proposals import BOTH, DUE_ONLY, NONE, withdraw_open


async def revision_difference(
    karta: Karta, programme_id: UUID, loaded: Loaded
) -> tuple[PlanDifference, ...]:
    """What applying this file would change; empty when nothing. Raises `RoadMapInvalid`."""
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id)
        before = await _present(session, rows.programme)
        after = shifted(loaded.require(), rows.programme.shift_months)
        return differences_of(rows, before, after)


async def apply_revision(
    karta: Karta,
    programme_id: UUID,
    loaded: Loaded,
    *,
    by: Actor,
    force: bool = False,
    reason: str = "",
) -> tuple[PlanDifference, ...]:
    """Makes the running programme follow this file; what it changed.

    Done steps stay done; dates and owners changed by hand stay unless the file changes them too.
    Raises `MoveRefused` when a finished step would be dropped or a finished stage reopened
    without `force`, `InputWrong` when force comes without a reason.
    """
    by = by.require_curator("Изменить дорожную карту")
    now = karta.clock.now()
    async with karta.transaction() as session:
        # People's cards may change too, and their lock is taken before the programme's.
        await lock_organisation(session, await organisation_of(session, programme_id))
        rows = await load_programme(session, programme_id, lock=True)
        programme = rows.programme
        if programme.state is ProgrammeState.STOPPED:
            raise MoveRefused("дорожная карта остановлена, изменить её нельзя")
        before = await _present(session, programme)
        after = shifted(loaded.require(), programme.shift_months)
        found = differences_of(rows, before, after)
        costly = [difference for difference in found if difference.costly]
        if costly and not force:
            listed = "; ".join(difference.words for difference in costly)
            raise MoveRefused(f"{listed}; если это нужно, повторите с --force и --reason")
        if costly and not reason.strip():
            raise InputWrong("с --force напишите причину: --reason «…»")
        if not found:
            return ()
        situation = Situation(rows, now)
        await _apply(karta, session, situation, before, after, by, reason=reason.strip())
        programme.revision += 1
        session.add(
            Revision(
                programme_id=programme.id,
                number=programme.revision,
                file_name=loaded.file,
                source=loaded.text,
                shift_months=programme.shift_months,
                at=now,
                by_id=by.person_id,
                reason=reason.strip(),
            )
        )
        record(
            session,
            EventKind.REVISION_APPLIED,
            f"Дорожная карта изменена, редакция {programme.revision}",
            at=now,
            by=by,
            programme=programme,
            reason=reason.strip(),
            number=programme.revision,
            changes=[difference.words for difference in found],
            others=[difference.words for difference in found if not difference.has_entry],
        )
        await session.flush()
        fresh = await load_programme(session, programme_id)
        await raise_version(session, fresh)
        await advance(karta, session, Situation(fresh, now))
        return found


async def _present(session: AsyncSession, programme: Programme) -> RoadMap:
    """The road map the programme follows now, as its newest revision declares it."""
    newest = await session.exec(
        select(Revision).where(
            Revision.programme_id == programme.id, Revision.number == programme.revision
        )
    )
    revision = newest.one()
    return shifted(load_text(revision.source, revision.file_name).require(), revision.shift_months)


async def _apply(
    karta: Karta,
    session: AsyncSession,
    situation: Situation,
    before: RoadMap,
    after: RoadMap,
    by: Actor,
    *,
    reason: str,
) -> None:
    rows, now = situation.rows, situation.now
    programme = rows.programme
    why = reason or f"редакция {programme.revision + 1} дорожной карты"
    programme.title = after.title
    programme.policy = after.policy.model_dump(mode="json")
    programme.calendar = after.calendar.model_dump(mode="json")
    session.add(programme)
    if before.organisation != after.organisation:
        await rename_organisation(session, rows.organisation, after.organisation)
    changed_cards = {
        key: spec
        for key, spec in after.people.items()
        if key in before.people and before.people[key] != spec
    }
    # First: a new person may have the address that somebody known gives up.
    await apply_cards(karta, session, rows.organisation, changed_cards, by, now)
    people = await enlist(session, rows.organisation, after.people, now)
    stages = {stage.code: stage for stage in rows.stages}
    steps = {step.code: step for step in rows.steps}
    old_steps, new_steps = homes_of(before), homes_of(after)
    for position, declared in enumerate(after.stages):
        stage = stages.get(declared.id)
        if stage is None:
            stage = new_stage(programme, after, declared, position)
            stages[declared.id] = stage
        stage.position, stage.title = position, declared.title
        stage.goal, stage.task, stage.result = declared.goal, declared.task, declared.result
        stage.after = list(after.after_of(declared))
        stage.shown_state = None  # the title may have changed: Prefect is to show it anew
        session.add(stage)
    await session.flush()
    for position, (code, (home, spec)) in enumerate(new_steps.items()):
        stage = stages[home]
        step = steps.get(code)
        if step is None:
            session.add(new_step(programme, stage, after, spec, people[spec.owner], position))
            continue
        old = old_steps[code][1] if code in old_steps else None
        step.stage_id, step.position, step.title = stage.id, position, spec.title
        step.kind, step.evidence, step.mandatory = spec.kind, spec.evidence_rule, spec.mandatory
        step.needs, step.result = list(spec.needs), spec.result
        kinds = NONE
        if old is None or old.owner != spec.owner:
            await _change_owner(session, rows, step, people[spec.owner], now, by=by, reason=why)
            kinds = BOTH
        if old is None or old.due != spec.due:
            was = due_in_force(step)
            declare_due(step, after, spec)
            step.due_set_on = situation.today
            kinds = kinds or DUE_ONLY
            change = due_change(was, step)
            if was != due_in_force(step):
                record(
                    session, EventKind.STEP_DUE_MOVED,
                    f"{code}: срок {change['after']} (был {change['before']})", at=now, by=by,
                    programme=programme, step=step, reason=why, **change,
                )  # fmt: skip
        await withdraw_open(session, programme, step, kinds, at=now, why="дорожная карта изменена")
        step.version += 1
        step.shown_state = None
        session.add(step)
    await session.flush()
    for code, step in steps.items():
        if code not in new_steps:
            session.add(
                DroppedStep(
                    id=step.id, programme_id=programme.id, owner_id=step.owner_id, code=code,
                    title=step.title, due_end=step.due_end, turns=step.turns, turn=step.turn,
                    version=step.version + 1, dropped_at=now,
                )
            )  # fmt: skip
            await session.delete(step)  # its evidence goes with it; the journal keeps the fact
    await session.flush()
    codes = {stage.id for stage in after.stages}
    for code, stage in stages.items():
        if code not in codes:
            await session.delete(stage)
    await session.flush()


async def _change_owner(
    session: AsyncSession,
    rows: ProgrammeRows,
    step: Step,
    new: Person,
    now: datetime,
    *,
    by: Actor,
    reason: str,
) -> None:
    """Gives the step to whom the file names; when that is news, with an entry of its own."""
    if new.id == step.owner_id:
        return
    old = rows.owner(step)
    step.owner_id = new.id
    await end_links(session, step, old, now)
    record(
        session, EventKind.STEP_OWNER_CHANGED,
        f"{step.code}: ответственный – {new.short} (был {old.short})", at=now, by=by,
        programme=rows.programme, step=step, reason=reason, **owner_change(old, new),
    )  # fmt: skip
