"""Several steps marked done at once, from the board."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.repository import load_programme
from roadmap.errors import InputWrong, KartaError, NotFound
from services.steps.change import Target
from services.steps.moves import finish_step
from web.page import Frame, as_sentence, frame_of, karta_of, page, redirect
from web.viewer import SignedIn

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of one step that was to be marked."""

    code: str
    title: str
    step_id: UUID
    version: int
    refusal: str
    reason_helps: bool


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """What was marked and what was not, with a field for the reason where that helps."""

    template: ClassVar[str] = "web/programme/marked.html.j2"

    frame: Frame
    programme_id: UUID
    done: tuple[Marked, ...]
    refused: tuple[Marked, ...]


@router.post("/programmes/{programme_id}/done")
async def mark_several(request: Request, viewer: SignedIn, programme_id: UUID) -> Response:
    """Marks each chosen step; a refusal of one does not hinder the others."""
    karta = karta_of(request)
    form = await request.form()
    chosen = [str(value) for value in form.getlist("step")]
    reason = str(form.get("reason", ""))
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id)
    if rows.organisation.id != viewer.organisation.id:
        raise NotFound("такой дорожной карты в вашей школе нет")
    if not chosen:
        raise InputWrong("ничего не выбрано; отметьте мероприятия галочками и нажмите снова")
    done: list[Marked] = []
    refused: list[Marked] = []
    for value in chosen:
        step_id, version = _step_and_version(value)
        step = rows.step_by_id(step_id)
        marked = Marked(step.code, step.title, step.id, step.version, "", False)
        try:
            target = Target(step_id, version)
            await finish_step(karta, target, by=viewer.actor, reason=reason)
            done.append(marked)
        except KartaError as error:
            helps = isinstance(error, InputWrong)
            refused.append(
                Marked(step.code, step.title, step.id, step.version, as_sentence(error), helps)
            )
    if not refused:
        codes = ", ".join(m.code for m in done)
        return redirect(f"/programmes/{programme_id}", f"Выполнено: {codes}.")
    frame = await frame_of(request, viewer, "Отметить выполненными", "/")
    return page(MarkedPage(frame, programme_id, tuple(done), tuple(refused)), 409)


def _step_and_version(value: str) -> tuple[UUID, int | None]:
    """«<id>:<version>» of a checkbox or button; raises `InputWrong`."""
    step_id, _, version = value.partition(":")
    try:
        return UUID(step_id), int(version) if version else None
    except ValueError:
        raise InputWrong("страница устарела; откройте доску заново") from None
