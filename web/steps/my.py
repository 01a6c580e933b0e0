"""My steps: everything a person answers for, what is to be done first."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.repository import load_programme, programmes_of
from roadmap.states import FINISHED, IN_HAND, ProgrammeState, StepState
from services.people.rhythm import choose_rhythm, rhythm_of
from services.people.words import RHYTHM_WORDS
from services.programme.view import StepView, programme_view
from web.forms import text_of
from web.page import Frame, frame_of, karta_of, page, redirect
from web.viewer import SignedIn

router = APIRouter()


@dataclass(frozen=True, slots=True)
class MyPage:
    """The viewer's steps of all running programmes, and of those the viewer stands in for.

    instead_of: step id → the owner's name where it is somebody else.
    """

    template: ClassVar[str] = "web/steps/my.html.j2"

    frame: Frame
    to_do: tuple[StepView, ...]
    in_check: tuple[StepView, ...]
    waiting: tuple[StepView, ...]
    finished: tuple[StepView, ...]
    instead_of: dict[UUID, str]
    rhythm: str
    rhythms: tuple[tuple[str, str], ...]


@router.get("/my")
async def my(request: Request, viewer: SignedIn) -> Response:
    karta = karta_of(request)
    now = karta.clock.now()
    own: list[StepView] = []
    async with karta.transaction() as session:
        for programme in await programmes_of(session, viewer.organisation.id):
            if programme.state in (ProgrammeState.RUNNING, ProgrammeState.DONE):
                view = programme_view(await load_programme(session, programme.id), now)
                own += [s for s in view.steps if viewer.actor.answers_for(s.owner_id)]
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
            finished=tuple(
                s for s in own if s.state in FINISHED and s.owner_id == viewer.person.id
            ),
            instead_of={
                s.id: viewer.actor.instead_of(s.owner_id)
                for s in own
                if s.owner_id != viewer.person.id
            },
            rhythm=viewer.person.rhythm.value,
            rhythms=tuple((r.value, words) for r, words in RHYTHM_WORDS.items()),
        )
    )


@router.post("/my/rhythm")
async def rhythm(request: Request, viewer: SignedIn) -> Response:
    wanted = rhythm_of(text_of(await request.form(), "rhythm"))
    await choose_rhythm(karta_of(request), viewer.person.id, by=viewer.actor, rhythm=wanted)
    return redirect("/my", f"Новые мероприятия будут приходить {RHYTHM_WORDS[wanted]}.")
