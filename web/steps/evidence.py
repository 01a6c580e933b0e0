"""Downloading evidence: always as a file, never shown inside our pages."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.tables import Evidence
from roadmap.errors import NotFound
from services.steps.evidence import content_for
from web.page import karta_of
from web.viewer import SignedIn

router = APIRouter()


def file_response(evidence: Evidence, content: bytes, *, only_step: UUID | None = None) -> Response:
    """The file as a download; `only_step` when a link opened it."""
    if only_step is not None and evidence.step_id != only_step:
        raise NotFound("такого файла нет")
    name = quote(evidence.file_name or "файл")
    return Response(
        content,
        media_type=evidence.media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.get("/files/{evidence_id}")
async def file(request: Request, viewer: SignedIn, evidence_id: UUID) -> Response:
    karta = karta_of(request)
    async with karta.transaction() as session:
        evidence, content = await content_for(session, evidence_id, viewer.actor)
    return file_response(evidence, content)
