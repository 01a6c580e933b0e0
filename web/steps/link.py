"""A letter's link: its step's page for its reader, without a password. Looking changes nothing."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.access.links import StepAccess, step_of_link
from services.steps.evidence import content_of
from web.page import karta_of
from web.steps.acting import act_on_step
from web.steps.evidence import file_response
from web.steps.page import show_step
from web.viewer import Viewer, viewer_of

router = APIRouter(prefix="/l")


async def _opened(request: Request, token: str) -> tuple[StepAccess, Viewer]:
    karta = karta_of(request)
    async with karta.transaction() as session:
        access = await step_of_link(karta, session, token)
    return access, await viewer_of(karta, access.person)


@router.get("/{token}")
@router.head("/{token}")
async def step(request: Request, token: str) -> Response:
    access, viewer = await _opened(request, token)
    return await show_step(request, viewer, access.step_id, f"/l/{token}", is_link=True)


@router.get("/{token}/files/{evidence_id}")
async def file(request: Request, token: str, evidence_id: UUID) -> Response:
    access, _ = await _opened(request, token)
    async with karta_of(request).transaction() as session:
        evidence, content = await content_of(session, evidence_id)
    return file_response(evidence, content, only_step=access.step_id)


@router.post("/{token}/{move}")
async def act(request: Request, token: str, move: str) -> Response:
    access, viewer = await _opened(request, token)
    base = f"/l/{token}"
    return await act_on_step(request, viewer, access.step_id, move, base, is_link=True)
