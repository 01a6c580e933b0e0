"""What a new revision would change, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.repository import ProgrammeRows
from roadmap.dues import print_due, print_span
from roadmap.spec import RoadMap
from roadmap.spec import Step as StepSpec
from roadmap.states import FINISHED, StageState, StepState
from services.people.words import ROLE_WORDS


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """One thing a revision changes, as a sentence; `costly` ones need force and a reason.

    `code` is the stage's or step's number, "" for the road map itself. `has_entry`: a date or an
    owner, whose change has a journal entry of its own.
    """

    code: str
    words: str
    costly: bool = False
    has_entry: bool = False


def differences_of(
    rows: ProgrammeRows, before: RoadMap, after: RoadMap
) -> tuple[PlanDifference, ...]:
    found: list[PlanDifference] = []
    if before.title != after.title:
        found.append(PlanDifference("", f"название: «{after.title}»"))
    if before.policy != after.policy:
        found.append(PlanDifference("", "правила напоминаний изменены"))
    if before.calendar != after.calendar:
        found.append(PlanDifference("", "календарь школы изменён"))
    if before.organisation != after.organisation:
        school = after.organisation
        found.append(PlanDifference("", f"школа: {school.name}, часовой пояс {school.zone}"))
    if before.period != after.period:
        words = f"период: {period_words(after)} (был {period_words(before)})"
        found.append(PlanDifference("", words))
    for key, person in after.people.items():
        old = before.people.get(key)
        if old is None:
            words = f"новый сотрудник {key}: {person.display}, {role_words(person.roles)}"
            found.append(PlanDifference("", words))
        elif old != person:
            words = f"карточка {key}: {person.display}, {person.email}"
            if set(old.roles) != set(person.roles):
                was, now = role_words(old.roles), role_words(person.roles)
                words += f"; роли: {now} (были: {was})"
            found.append(PlanDifference("", words))
    for key in before.people.keys() - after.people.keys():
        words = f"сотрудника {key} в файле больше нет; в списке людей он остаётся"
        found.append(PlanDifference("", words))
    old_stages = {stage.id: stage for stage in before.stages}
    new_stages = {stage.id: stage for stage in after.stages}
    for code, stage in new_stages.items():
        if code not in old_stages:
            found.append(PlanDifference(code, f"новый этап {code}. {stage.title}"))
            continue
        old_stage = old_stages[code]
        for field, name in (("title", "название"), ("goal", "цель"), ("task", "задача"),
                            ("result", "результат")):  # fmt: skip
            if getattr(old_stage, field) != getattr(stage, field):
                found.append(
                    PlanDifference(code, f"этап {code}, {name}: «{getattr(stage, field)}»")
                )
        if before.after_of(old_stage) != after.after_of(stage):
            waits = ", ".join(after.after_of(stage)) or "не ждёт других этапов"
            found.append(PlanDifference(code, f"этап {code} начинается после: {waits}"))
    for code in old_stages.keys() - new_stages.keys():
        found.append(PlanDifference(code, f"этап {code} убран"))
    found += step_differences(rows, before, after)
    return tuple(found)


def period_words(roadmap: RoadMap) -> str:
    period = roadmap.period
    return print_span(period.start, period.end) if period else "не указан"


def role_words(roles: Iterable[str]) -> str:
    return ", ".join(ROLE_WORDS[role] for role in sorted(set(roles)))


def homes_of(roadmap: RoadMap) -> dict[str, tuple[str, StepSpec]]:
    """Step code → (stage code, step)."""
    return {step.id: (stage.id, step) for stage in roadmap.stages for step in stage.steps}


def step_differences(rows: ProgrammeRows, before: RoadMap, after: RoadMap) -> list[PlanDifference]:
    found: list[PlanDifference] = []
    old_steps, new_steps = homes_of(before), homes_of(after)
    states = {step.code: step.state for step in rows.steps}
    done_stages = {s.code for s in rows.stages if s.state is StageState.DONE}
    for code, (home, step) in new_steps.items():
        if code not in old_steps:
            reopens = home in done_stages
            words = f"новое мероприятие {code}: {step.title}"
            if reopens:
                words += f" (завершённый этап {home} снова откроется)"
            found.append(PlanDifference(code, words, costly=reopens))
            continue
        old_home, old = old_steps[code]
        if old_home != home:
            words = f"{code} переходит из этапа {old_home} в этап {home}"
            reopens = home in done_stages and states.get(code) not in FINISHED
            found.append(PlanDifference(code, words, costly=reopens))
        dated = (old.due.start, old.due.end, old.due.text) != (
            step.due.start, step.due.end, step.due.text
        )  # fmt: skip
        if dated:
            words = f"{code}, срок: {print_due(step.due)} (был {print_due(old.due)})"
            found.append(PlanDifference(code, words, has_entry=True))
        if old.owner != step.owner:
            words = f"{code}, ответственный: {after.people[step.owner].display}"
            found.append(PlanDifference(code, words, has_entry=True))
        found += [PlanDifference(code, f"{code}, {words}") for words in _changes(old, step)]
    for code in old_steps.keys() - new_steps.keys():
        state = states.get(code)
        words = f"мероприятие {code} убрано"
        if state in FINISHED:
            words += ", хотя оно уже завершено"
        elif state is StepState.REPORTED:
            words += ", хотя по нему сдан отчёт"
        costly = state in FINISHED or state is StepState.REPORTED
        found.append(PlanDifference(code, words, costly=costly))
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
