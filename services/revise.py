"""Revising a running programme: the difference is shown first, then applied in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme
from models.tables import DroppedStep, Person, Programme, Revision, Step
from roadmap.dues import print_due, print_span
from roadmap.errors import InputWrong, MoveRefused
from roadmap.loader import Loaded, load_text
from roadmap.shifting import shifted
from roadmap.spec import RoadMap
from roadmap.spec import Step as StepSpec
from roadmap.states import FINISHED, ProgrammeState, StageState, StepState
from services.actor import Actor
from services.advance import advance, changed
from services.boards import school_day
from services.journal import record
from services.journal_details import due_change, due_in_force, owner_change
from services.open_requests import BOTH, DUE_ONLY, NONE, withdraw_open
from services.people import ROLE_WORDS, apply_cards
from services.plan_changes import end_links
from services.programmes import (
    declare_due,
    enlist,
    new_stage,
    new_step,
    rename_organisation,
)
from services.wiring import Karta


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a revision changes, as a sentence; `costly` ones need force and a reason.

    `code` is the stage's or step's number, "" for the road map itself. `has_entry`: a date or an
    owner, whose change has a journal entry of its own.
    """

    code: str
    words: str
    costly: bool = False
    has_entry: bool = False


async def revision_difference(
    karta: Karta, programme_id: UUID, loaded: Loaded
) -> tuple[Difference, ...]:
    """What applying this file would change; empty when nothing. Raises `RoadMapInvalid`."""
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id)
        before = await _present(session, rows.programme)
        after = shifted(loaded.require(), rows.programme.shift_months)
        return _differences(rows, before, after)


async def apply_revision(
    karta: Karta,
    programme_id: UUID,
    loaded: Loaded,
    *,
    by: Actor,
    force: bool = False,
    reason: str = "",
) -> tuple[Difference, ...]:
    """Makes the running programme follow this file; what it changed.

    Done steps stay done; dates and owners changed by hand stay unless the file changes them too.
    Raises `MoveRefused` when a finished step would be dropped or a finished stage reopened
    without `force`, `InputWrong` when force comes without a reason.
    """
    by = by.require_curator("Изменить дорожную карту")
    now = karta.clock.now()
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id, lock=True)
        programme = rows.programme
        if programme.state is ProgrammeState.STOPPED:
            raise MoveRefused("дорожная карта остановлена, изменить её нельзя")
        before = await _present(session, programme)
        after = shifted(loaded.require(), programme.shift_months)
        found = _differences(rows, before, after)
        costly = [difference for difference in found if difference.costly]
        if costly and not force:
            listed = "; ".join(difference.words for difference in costly)
            raise MoveRefused(f"{listed}; если это нужно, повторите с --force и --reason")
        if costly and not reason.strip():
            raise InputWrong("с --force напишите причину: --reason «…»")
        if not found:
            return ()
        await _apply(karta, session, rows, before, after, by, now, reason=reason.strip())
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
            "revision.applied",
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
        await changed(session, fresh)
        await advance(karta, session, fresh, now)
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


def _differences(rows: ProgrammeRows, before: RoadMap, after: RoadMap) -> tuple[Difference, ...]:
    found: list[Difference] = []
    if before.title != after.title:
        found.append(Difference("", f"название: «{after.title}»"))
    if before.policy != after.policy:
        found.append(Difference("", "правила напоминаний изменены"))
    if before.calendar != after.calendar:
        found.append(Difference("", "календарь школы изменён"))
    if before.organisation != after.organisation:
        school = after.organisation
        found.append(Difference("", f"школа: {school.name}, часовой пояс {school.zone}"))
    if before.period != after.period:
        words = f"период: {_period_words(after)} (был {_period_words(before)})"
        found.append(Difference("", words))
    for key, person in after.people.items():
        old = before.people.get(key)
        if old is None:
            words = f"новый сотрудник {key}: {person.display}, {_role_words(person.roles)}"
            found.append(Difference("", words))
        elif old != person:
            words = f"карточка {key}: {person.display}, {person.email}"
            if set(old.roles) != set(person.roles):
                was, now = _role_words(old.roles), _role_words(person.roles)
                words += f"; роли: {now} (были: {was})"
            found.append(Difference("", words))
    for key in before.people.keys() - after.people.keys():
        words = f"сотрудника {key} в файле больше нет; в списке людей он остаётся"
        found.append(Difference("", words))
    old_stages = {stage.id: stage for stage in before.stages}
    new_stages = {stage.id: stage for stage in after.stages}
    for code, stage in new_stages.items():
        if code not in old_stages:
            found.append(Difference(code, f"новый этап {code}. {stage.title}"))
            continue
        old_stage = old_stages[code]
        for field, name in (("title", "название"), ("goal", "цель"), ("task", "задача"),
                            ("result", "результат")):  # fmt: skip
            if getattr(old_stage, field) != getattr(stage, field):
                found.append(Difference(code, f"этап {code}, {name}: «{getattr(stage, field)}»"))
        if before.after_of(old_stage) != after.after_of(stage):
            waits = ", ".join(after.after_of(stage)) or "не ждёт других этапов"
            found.append(Difference(code, f"этап {code} начинается после: {waits}"))
    for code in old_stages.keys() - new_stages.keys():
        found.append(Difference(code, f"этап {code} убран"))
    found += _step_differences(rows, before, after)
    return tuple(found)


def _period_words(roadmap: RoadMap) -> str:
    period = roadmap.period
    return print_span(period.start, period.end) if period else "не указан"


def _role_words(roles: Iterable[str]) -> str:
    return ", ".join(ROLE_WORDS[role] for role in sorted(set(roles)))


def _homes(roadmap: RoadMap) -> dict[str, tuple[str, StepSpec]]:
    """Step code → (stage code, step)."""
    return {step.id: (stage.id, step) for stage in roadmap.stages for step in stage.steps}


def _step_differences(rows: ProgrammeRows, before: RoadMap, after: RoadMap) -> list[Difference]:
    found: list[Difference] = []
    old_steps, new_steps = _homes(before), _homes(after)
    states = {step.code: step.state for step in rows.steps}
    done_stages = {s.code for s in rows.stages if s.state is StageState.DONE}
    for code, (home, step) in new_steps.items():
        if code not in old_steps:
            reopens = home in done_stages
            words = f"новое мероприятие {code}: {step.title}"
            if reopens:
                words += f" (завершённый этап {home} снова откроется)"
            found.append(Difference(code, words, costly=reopens))
            continue
        old_home, old = old_steps[code]
        if old_home != home:
            words = f"{code} переходит из этапа {old_home} в этап {home}"
            reopens = home in done_stages and states.get(code) not in FINISHED
            found.append(Difference(code, words, costly=reopens))
        dated = (old.due.start, old.due.end, old.due.text) != (
            step.due.start, step.due.end, step.due.text
        )  # fmt: skip
        if dated:
            words = f"{code}, срок: {print_due(step.due)} (был {print_due(old.due)})"
            found.append(Difference(code, words, has_entry=True))
        if old.owner != step.owner:
            words = f"{code}, ответственный: {after.people[step.owner].display}"
            found.append(Difference(code, words, has_entry=True))
        found += [Difference(code, f"{code}, {words}") for words in _changes(old, step)]
    for code in old_steps.keys() - new_steps.keys():
        state = states.get(code)
        words = f"мероприятие {code} убрано"
        if state in FINISHED:
            words += ", хотя оно уже завершено"
        elif state is StepState.REPORTED:
            words += ", хотя по нему сдан отчёт"
        costly = state in FINISHED or state is StepState.REPORTED
        found.append(Difference(code, words, costly=costly))
    return sorted(found, key=lambda d: d.code)


def _changes(old: StepSpec, new: StepSpec) -> list[str]:
    """What else is new about a step."""
    changes = []
    if old.title != new.title:
        changes.append(f"название: «{new.title}»")
    if old.kind != new.kind:
        changes.append(f"вид работы: {new.kind.value}")
    if old.evidence_rule != new.evidence_rule:
        changes.append(f"подтверждение: {new.evidence_rule.value}")
    if old.mandatory != new.mandatory:
        changes.append("обязательное" if new.mandatory else "необязательное")
    if old.needs != new.needs:
        changes.append(f"ждёт: {', '.join(new.needs) or 'ничего'}")
    if old.result != new.result:
        changes.append(f"результат: «{new.result}»")
    return changes


async def _apply(
    karta: Karta,
    session: AsyncSession,
    rows: ProgrammeRows,
    before: RoadMap,
    after: RoadMap,
    by: Actor,
    now: datetime,
    *,
    reason: str,
) -> None:
    programme = rows.programme
    why = reason or f"редакция {programme.revision + 1} дорожной карты"
    today = school_day(now, rows.organisation.zone)
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
    old_steps, new_steps = _homes(before), _homes(after)
    for position, spec in enumerate(after.stages):
        stage = stages.get(spec.id)
        if stage is None:
            stage = new_stage(programme, after, spec, position)
            stages[spec.id] = stage
        stage.position, stage.title = position, spec.title
        stage.goal, stage.task, stage.result = spec.goal, spec.task, spec.result
        stage.after = list(after.after_of(spec))
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
            step.due_set_on = today
            kinds = kinds or DUE_ONLY
            change = due_change(was, step)
            if was != due_in_force(step):
                record(
                    session, "step.due_moved",
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
        session, "step.owner_changed",
        f"{step.code}: ответственный – {new.short} (был {old.short})", at=now, by=by,
        programme=rows.programme, step=step, reason=reason, **owner_change(old, new),
    )  # fmt: skip
