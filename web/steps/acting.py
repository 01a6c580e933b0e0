"""Doing what a form of a step's page asks for, on the page itself or through a letter's link."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from roadmap.errors import ChangedMeanwhile, KartaError, NotFound
from services.steps.change import Target
from web.forms import text_of
from web.page import as_sentence, karta_of, redirect
from web.steps.form import Refused, Sent, files_of
from web.steps.forms import FORMS
from web.steps.page import show_step
from web.viewer import SignedIn, Viewer

router = APIRouter()


async def act_on_step(
    request: Request, viewer: Viewer, step_id: UUID, move: str, base: str, *, is_link: bool = False
) -> Response:
    """Does what a form of the page asks for and shows the page again, refused forms as typed."""
    if move not in FORMS:
        raise NotFound("такого действия нет")
    form = await request.form(max_files=100, max_part_size=8 * 1024 * 1024)
    target = Target(step_id, _version(form))
    try:
        changed = await FORMS[move].act(Sent(karta_of(request), viewer.actor, target, form))
    except NotFound:
        raise
    except KartaError as error:
        typed = {name: text_of(form, name) for name in form}
        refused = Refused(move, typed, bool(files_of(form)), as_sentence(error))
        status = 409 if isinstance(error, ChangedMeanwhile) else 422
        return await show_step(
            request, viewer, step_id, base, is_link=is_link, refused=refused, status=status
        )
    back = text_of(form, "back")
    said = FORMS[move].said.format(code=changed.code)
    return redirect(back if back.startswith("/programmes/") else base, said)


def _version(form: FormData) -> int | None:
    value = text_of(form, "version")
    return int(value) if value.isdigit() else None


@router.post("/steps/{step_id}/{move}")
async def act(request: Request, viewer: SignedIn, step_id: UUID, move: str) -> Response:
    return await act_on_step(request, viewer, step_id, move, f"/steps/{step_id}")
