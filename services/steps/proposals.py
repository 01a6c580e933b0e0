"""What an owner may ask of the curator – another date, another owner – and how it is answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

from sqlmodel import select

from models.dues import due_words
from models.tables import Person, Request, RequestKind, RequestState
from roadmap.errors import InputWrong, MoveRefused, NotFound
from roadmap.russian import day_month_year
from roadmap.states import FINISHED
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.letters.payloads.changes import answered_letter, asked_letter
from services.programme.open_proposals import REQUEST_WORDS, asks_words, is_future, proposed_words
from services.steps.change import (
    Changed,
    StepChange,
    StepChangedMeanwhile,
    Target,
    changing,
    curators_to_tell,
    queue_about_step,
)
from services.steps.due_and_owner import possible_owner, set_due, set_owner
from services.steps.same_form import once
from services.typed import cleaned

ANSWERS: dict[RequestState, EventKind] = {
    RequestState.AGREED: EventKind.REQUEST_AGREED,
    RequestState.REFUSED: EventKind.REQUEST_REFUSED,
    RequestState.WITHDRAWN: EventKind.REQUEST_WITHDRAWN,
}
"""The journal's kind of what ended a request."""


@once(EventKind.REQUEST_DUE_ASKED)
async def ask_to_move_due(
    karta: Karta, target: Target, *, by: Actor, end: date, reason: str
) -> Changed:
    """The owner proposes another last day; curators get a letter and answer with one click.

    Raises `InputWrong` unless the day lies ahead and differs, `MoveRefused`.
    """
    reason = cleaned(reason, "почему нужно перенести срок", required=True)
    async with changing(karta, target, by) as work:
        by, step = _asking(work, by), work.step
        if not is_future(end, work.today):
            raise InputWrong(
                f"{day_month_year(end)} не подходит: предложите день позже сегодняшнего, "
                f"{day_month_year(work.today)}"
            )
        if end == step.due_end:
            raise InputWrong(f"у мероприятия {step.code} и так этот срок: {due_words(step)}")
        await _ask(karta, work, by, RequestKind.DUE, reason, due_end=end)
    return work.changed


@once(EventKind.REQUEST_OWNER_ASKED)
async def ask_for_other_owner(
    karta: Karta, target: Target, *, by: Actor, owner_id: UUID | None, reason: str
) -> Changed:
    """The owner says «это не моё мероприятие» and may name who should answer for it.

    Raises `InputWrong`, `MoveRefused`.
    """
    reason = cleaned(reason, "почему это мероприятие не ваше", required=True)
    async with changing(karta, target, by) as work:
        by = _asking(work, by)
        if owner_id is not None:
            possible_owner(work, owner_id)
        await _ask(karta, work, by, RequestKind.OWNER, reason, owner_id=owner_id)
    return work.changed


def _asking(work: StepChange, by: Actor) -> Actor:
    """The actor as the step's owner; raises `MoveRefused` when they may ask for nothing."""
    by = by.require_owner(work.step, "Попросить об этом")
    if work.step.state in FINISHED:
        raise MoveRefused(f"мероприятие {work.step.code} уже завершено, просить не о чем")
    return by


async def _ask(
    karta: Karta,
    work: StepChange,
    by: Actor,
    kind: RequestKind,
    reason: str,
    *,
    due_end: date | None = None,
    owner_id: UUID | None = None,
) -> None:
    step = work.step
    event = EventKind(f"request.{kind.value}_asked")
    before = await _open_one(work, kind)
    if before is not None:
        if (before.by_id, before.due_end, before.owner_id, before.reason) == (
            by.person_id, due_end, owner_id, reason,
        ):  # fmt: skip
            raise StepChangedMeanwhile(
                "вы уже попросили об этом", work.changed, by.person_id, event, work.form
            )
        before.state, before.answered_at = RequestState.WITHDRAWN, work.now
        work.session.add(before)
        await work.session.flush()  # before the new one: a step has one open request of a kind
    asked = curators_to_tell(work, by, besides=step.owner_id)
    if not asked:
        raise MoveRefused("ответить на просьбу некому: в списке людей нет другого куратора")
    request = Request(
        step_id=step.id,
        kind=kind,
        reason=reason,
        due_end=due_end,
        owner_id=owner_id,
        at=work.now,
        by_id=by.person_id,
    )
    work.session.add(request)
    proposed = proposed_words(work.rows, request)
    instead = " (вместо прежней просьбы)" if before is not None else ""
    if kind is RequestKind.DUE:
        words = f"просьба перенести срок на {proposed}, сейчас {due_words(step)}"
    else:
        words = "«это не моё мероприятие»" + (f", предлагает: {proposed}" if proposed else "")
    record(
        work.session, event, f"{step.code}: {words}{instead}", at=work.now,
        by=by, programme=work.rows.programme, step=step, reason=reason, request=str(request.id),
    )  # fmt: skip
    for reader in asked:
        letter = asked_letter(
            work.situation, reader, step, by, kind, asks_words(kind, proposed), reason
        )
        await queue_about_step(karta, work, letter, reader, f"asked-{kind.value}")


async def _open_one(work: StepChange, kind: RequestKind) -> Request | None:
    found = await work.session.exec(
        select(Request).where(
            Request.step_id == work.step.id,
            Request.kind == kind,
            Request.state == RequestState.OPEN,
        )
    )
    return found.first()


@once(EventKind.REQUEST_AGREED)
async def agree(
    karta: Karta,
    request_id: UUID,
    *,
    by: Actor,
    owner_id: UUID | None = None,
    of_step: UUID | None = None,
) -> Changed:
    """A curator agrees: the date or the owner changes at once, and who asked gets a letter.

    owner_id: who is to answer for the step, where the request names nobody. of_step: the step
    whose page the answer comes from. The same answer given twice is one; a second curator is told
    who was first. Raises `InputWrong`, `MoveRefused`, `ChangedMeanwhile`, `NotFound`.
    """
    by = by.require_curator("Ответить на просьбу")
    async with _answering(karta, request_id, by, of_step) as (work, request):
        owner = work.rows.owner(work.step)
        if request.kind is RequestKind.DUE:
            end = request.due_end
            if end is None or not is_future(end, work.today):
                raise MoveRefused(
                    f"предложенный срок уже наступил: {proposed_words(work.rows, request)}; "
                    "откажите или перенесите срок сами"
                )
            _close(work, request, by, RequestState.AGREED)
            await set_due(work, by, end, request.reason, request=request.id)
        else:
            chosen = request.owner_id or owner_id
            if chosen is None:
                raise InputWrong("выберите, кто теперь отвечает за мероприятие")
            _close(work, request, by, RequestState.AGREED)
            new = await set_owner(work, by, chosen, request.reason, request=request.id)
            request.owner_id = new.id
        await _tell(karta, work, request, by, owner)
    return work.changed


@once(EventKind.REQUEST_REFUSED)
async def refuse(
    karta: Karta, request_id: UUID, *, by: Actor, answer: str, of_step: UUID | None = None
) -> Changed:
    """A curator refuses and says why; who asked gets the words by letter.

    Raises `InputWrong` without an answer, else as `agree`.
    """
    by = by.require_curator("Ответить на просьбу")
    answer = cleaned(answer, "почему нет", required=True)
    async with _answering(karta, request_id, by, of_step) as (work, request):
        _close(work, request, by, RequestState.REFUSED, answer)
        await _tell(karta, work, request, by, work.rows.owner(work.step))
    return work.changed


@once(EventKind.REQUEST_WITHDRAWN)
async def withdraw(
    karta: Karta, request_id: UUID, *, by: Actor, of_step: UUID | None = None
) -> Changed:
    """The owner, or whoever stands in for them, takes the request back."""
    async with _answering(karta, request_id, by, of_step) as (work, request):
        by = by.require_owner(work.step, "Отозвать просьбу")
        _close(work, request, by, RequestState.WITHDRAWN)
    return work.changed


@asynccontextmanager
async def _answering(
    karta: Karta, request_id: UUID, by: Actor, of_step: UUID | None
) -> AsyncIterator[tuple[StepChange, Request]]:
    """The open request, its step locked. A request never changes: open, it is what was shown.

    Raises `NotFound`, and `ChangedMeanwhile` when it has been answered.
    """
    async with karta.transaction() as session:
        found = await session.exec(select(Request.step_id).where(Request.id == request_id))
        step_id = found.first()
    if step_id is None or of_step not in (None, step_id):
        raise NotFound("такой просьбы нет")
    async with changing(karta, Target(step_id), by) as work:
        request = await work.session.get_one(Request, request_id)
        if request.state is not RequestState.OPEN:
            raise _already(work, request)
        yield work, request


def _already(work: StepChange, request: Request) -> StepChangedMeanwhile:
    ended = {
        RequestState.AGREED: "на просьбу уже ответили согласием",
        RequestState.REFUSED: "на просьбу уже ответили отказом",
    }.get(request.state, "просьба уже отозвана или снята")
    who = work.rows.people.get(request.answered_by) if request.answered_by else None
    words = f"{ended}: {who.short}" if who else ended
    return StepChangedMeanwhile(words, work.changed, request.answered_by, ANSWERS[request.state])


def _close(
    work: StepChange, request: Request, by: Actor, state: RequestState, answer: str = ""
) -> None:
    said = {
        RequestState.AGREED: "согласие",
        RequestState.REFUSED: "отказ",
        RequestState.WITHDRAWN: "отозвана",
    }[state]
    request.state, request.answer = state, answer
    request.answered_at, request.answered_by = work.now, by.person_id
    work.session.add(request)
    record(
        work.session, ANSWERS[state], f"{work.step.code}: {REQUEST_WORDS[request.kind]} – {said}",
        at=work.now, by=by, programme=work.rows.programme, step=work.step, reason=answer,
        request=str(request.id),
    )  # fmt: skip


async def _tell(karta: Karta, work: StepChange, request: Request, by: Actor, owner: Person) -> None:
    """The answer goes to the one who was the owner when it was given, or whoever stands in."""
    to = work.situation.addressee(owner)
    if to.id == by.person_id:
        return
    letter = answered_letter(
        work.situation, to, work.step, by, request, owner, proposed_words(work.rows, request)
    )
    await queue_about_step(
        karta, work, letter, to, "answered", opens=work.step.owner_id == owner.id
    )
