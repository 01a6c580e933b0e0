"""A step's page; the same page serves a letter's link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.steps.card import StepCard, card_of
from web.page import Frame, frame_of, karta_of, page
from web.steps.form import Refused, ShownForm, shown_form
from web.steps.forms import FORMS
from web.viewer import SignedIn, Viewer

router = APIRouter()


@dataclass(frozen=True, slots=True)
class StepPage:
    """A step. `base` is the address its forms post to; `is_link` when a letter's link opened it.

    forms: those this reader may use now, by their move.
    error: why a form was refused; it stands above the page also where that form is there no more.
    """

    template: ClassVar[str] = "web/steps/step.html.j2"

    frame: Frame
    card: StepCard
    base: str
    is_link: bool
    forms: Mapping[str, ShownForm]
    error: str


async def show_step(
    request: Request,
    viewer: Viewer,
    step_id: UUID,
    base: str,
    *,
    is_link: bool = False,
    refused: Refused | None = None,
    status: int = 200,
) -> Response:
    """The step's page for a viewer."""
    card = await card_of(karta_of(request), step_id, viewer.actor)
    frame = await frame_of(
        request, None if is_link else viewer, f"{card.step.code} {card.step.title}"
    )
    forms = {move: shown_form(FORMS[move], card, base, refused) for move in card.moves}
    error = refused.error if refused else ""
    return page(StepPage(frame, card, base, is_link, forms, error), status)


@router.get("/steps/{step_id}")
async def step(request: Request, viewer: SignedIn, step_id: UUID) -> Response:
    return await show_step(request, viewer, step_id, f"/steps/{step_id}")
