"""My steps: everything a person answers for, what is to be done first."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.repository import load_programme
from roadmap.states import FINISHED, IN_HAND, ProgrammeState, StepState
from services.overview import StepView, programme_view
from services.programmes import programmes_of
from web.auth import SignedIn
from web.page import Frame, frame_of, karta_of, page

router = APIRouter()


@dataclass(frozen=True, slots=True)
class MyPage:
    """The viewer's steps of all running programmes."""

    template: ClassVar[str] = "web/my.html.j2"

    frame: Frame
    to_do: tuple[StepView, ...]
    in_check: tuple[StepView, ...]
    waiting: tuple[StepView, ...]
    finished: tuple[StepView, ...]


@router.get("/my")
async def my(request: Request, viewer: SignedIn) -> Response:
    karta = karta_of(request)
    now = karta.clock.now()
    own: list[StepView] = []
    async with karta.transaction() as session:
        for programme in await programmes_of(session, viewer.organisation.id):
            if programme.state in (ProgrammeState.RUNNING, ProgrammeState.DONE):
                view = programme_view(await load_programme(session, programme.id), now)
                own += [s for s in view.steps if s.owner_id == viewer.person.id]
    to_do = sorted(
        (s for s in own if s.state in IN_HAND),
        key=lambda s: (-s.late_days, s.end is None, str(s.end)),
    )
    return page(
        MyPage(
            frame=await frame_of(request, viewer, "Мои мероприятия", "/my"),
            to_do=tuple(to_do),
            in_check=tuple(s for s in own if s.state is StepState.REPORTED),
            waiting=tuple(s for s in own if s.state is StepState.WAITING),
            finished=tuple(s for s in own if s.state in FINISHED),
        )
    )
