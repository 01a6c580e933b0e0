"""A step's page and everything that can be done on it; the same page serves a letter's link."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import select
from starlette.datastructures import FormData, UploadFile

from models.repository import load_programme
from models.tables import Step
from roadmap.errors import ChangedMeanwhile, InputWrong, KartaError, NotFound
from services.karta import Karta
from services.steps.card import StepCard, step_card
from services.steps.change import Target
from services.steps.corrections import change_owner, move_due
from services.steps.evidence import MAX_FILE_BYTES, Attachment, FileAttachment, LinkAttachment
from services.steps.meetings import cancel_meeting, set_meeting
from services.steps.moves import finish_step, report_step, restore_step, return_step, skip_step
from web.forms import day_of, person_of, text_of
from web.page import Frame, as_sentence, frame_of, karta_of, page, redirect
from web.steps.proposals import REQUESTS_SAID, act_on_request
from web.viewer import SignedIn, Viewer

router = APIRouter()

SAID = {
    "report": "Спасибо! Отчёт отправлен куратору.",
    "done": "Мероприятие {code} отмечено выполненным.",
    "accept": "Отчёт по мероприятию {code} принят.",
    "return": "Мероприятие {code} возвращено, ответственному отправлено письмо.",
    "skip": "Мероприятие {code}: не требуется.",
    "restore": "Мероприятие {code} снова в плане.",
    "owner": "У мероприятия {code} новый ответственный.",
    "due": "Срок мероприятия {code} перенесён.",
    "meeting": "Встреча по мероприятию {code} назначена, ответственному отправлено письмо.",
    "meeting-cancel": "Встреча по мероприятию {code} отменена, ответственному отправлено письмо.",
    **REQUESTS_SAID,
}


@dataclass(frozen=True, slots=True)
class TypedMeeting:
    """What was typed into the meeting's form."""

    day: str = ""
    start: str = ""
    end: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form that was refused: nothing of it is lost, files excepted."""

    form: str = ""
    note: str = ""
    reason: str = ""
    link: str = ""
    due: str = ""
    owner: str = ""
    error: str = ""
    had_files: bool = False
    meeting: TypedMeeting = TypedMeeting()


@dataclass(frozen=True, slots=True)
class StepPage:
    """A step. `base` is the address its forms post to; `is_link` when a letter's link opened it."""

    template: ClassVar[str] = "web/steps/step.html.j2"

    frame: Frame
    card: StepCard
    base: str
    is_link: bool
    typed: Typed


async def show_step(
    request: Request,
    viewer: Viewer,
    step_id: UUID,
    base: str,
    *,
    is_link: bool = False,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    """The step's page for a viewer."""
    card = await _card(karta_of(request), viewer, step_id)
    frame = await frame_of(
        request, None if is_link else viewer, f"{card.step.code} {card.step.title}"
    )
    return page(StepPage(frame, card, base, is_link, typed or Typed()), status)


async def _card(karta: Karta, viewer: Viewer, step_id: UUID) -> StepCard:
    async with karta.transaction() as session:
        found = await session.exec(select(Step.programme_id).where(Step.id == step_id))
        programme_id = found.one_or_none()
        if programme_id is None:
            raise NotFound("такого мероприятия нет")
        rows = await load_programme(session, programme_id)
        if rows.organisation.id != viewer.organisation.id:
            raise NotFound("такого мероприятия нет")
        return await step_card(session, rows, step_id, viewer.actor, karta.clock.now())


async def act_on_step(
    request: Request, viewer: Viewer, step_id: UUID, move: str, base: str, *, is_link: bool = False
) -> Response:
    """Does what a form of the page asks for and shows the page again, refused forms as typed."""
    karta = karta_of(request)
    form = await request.form(max_files=100, max_part_size=8 * 1024 * 1024)
    typed = Typed(
        form=move,
        note=text_of(form, "note"),
        reason=text_of(form, "reason"),
        link=text_of(form, "link"),
        due=text_of(form, "due"),
        owner=text_of(form, "owner"),
        had_files=any(isinstance(f, UploadFile) and f.filename for f in form.getlist("file")),
        meeting=TypedMeeting(
            *(text_of(form, f"meeting-{name}") for name in ("day", "start", "end", "place"))
        ),
    )
    try:
        await _perform(karta, viewer, Target(step_id, _version(form)), move, form, typed)
    except NotFound:
        raise
    except KartaError as error:
        status = 409 if isinstance(error, ChangedMeanwhile) else 422
        refused = replace(typed, error=as_sentence(error))
        return await show_step(
            request, viewer, step_id, base, is_link=is_link, typed=refused, status=status
        )
    said = SAID[move].format(code=await _code(karta, step_id))
    back = text_of(form, "back")
    return redirect(back if back.startswith("/programmes/") else base, said)


async def _code(karta: Karta, step_id: UUID) -> str:
    """The step's number; the step is there: something has just been done with it."""
    async with karta.transaction() as session:
        return (await session.exec(select(Step.code).where(Step.id == step_id))).one()


def _version(form: FormData) -> int | None:
    value = text_of(form, "version")
    return int(value) if value.isdigit() else None


async def _perform(
    karta: Karta, viewer: Viewer, target: Target, move: str, form: FormData, typed: Typed
) -> None:
    by = viewer.actor
    match move:
        case "report":
            attachments = await _attachments(form, typed.link)
            await report_step(karta, target, by=by, note=typed.note, attachments=attachments)
        case "done" | "accept":
            await finish_step(karta, target, by=by, reason=typed.reason)
        case "return":
            await return_step(karta, target, by=by, reason=typed.reason)
        case "skip":
            await skip_step(karta, target, by=by, reason=typed.reason)
        case "restore":
            await restore_step(karta, target, by=by, reason=typed.reason)
        case "owner":
            owner_id = person_of(typed.owner, "нового ответственного")
            await change_owner(karta, target, by=by, owner_id=owner_id, reason=typed.reason)
        case "ask-due" | "ask-owner" | "agree" | "refuse" | "withdraw":
            await act_on_request(karta, by, target, move, form)
        case "due":
            await move_due(karta, target, by=by, end=day_of(typed.due), reason=typed.reason)
        case "meeting":
            day, place = day_of(typed.meeting.day), typed.meeting.place
            start = datetime.combine(day, _time(typed.meeting.start))
            end = datetime.combine(day, _time(typed.meeting.end))
            await set_meeting(karta, target, by=by, start=start, end=end, place=place)
        case "meeting-cancel":
            await cancel_meeting(karta, target, by=by)
        case _:
            raise NotFound("такого действия нет")


def _time(value: str) -> time:
    """«15:00», also «9.30»."""
    hours, _, minutes = value.replace(".", ":").partition(":")
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        raise InputWrong(
            f"времени «{value[:20]}» не бывает; пишите часы и минуты, например, 15:00"
        ) from None


async def _attachments(form: FormData, link: str) -> list[Attachment]:
    found: list[Attachment] = [LinkAttachment(link)] if link else []
    for file in form.getlist("file"):
        if isinstance(file, UploadFile) and file.filename:
            # One byte more than is allowed is enough to refuse; the rest need not be read.
            found.append(FileAttachment(file.filename, await file.read(MAX_FILE_BYTES + 1)))
    return found


@router.get("/steps/{step_id}")
async def step(request: Request, viewer: SignedIn, step_id: UUID) -> Response:
    return await show_step(request, viewer, step_id, f"/steps/{step_id}")


@router.post("/steps/{step_id}/{move}")
async def act(request: Request, viewer: SignedIn, step_id: UUID, move: str) -> Response:
    return await act_on_step(request, viewer, step_id, move, f"/steps/{step_id}")
