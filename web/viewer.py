"""Who is looking: the session cookie, the viewer, what a page may ask of them."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import Response

from models.repository import programmes_of
from models.tables import Organisation, Person, Programme
from roadmap.states import ProgrammeState
from services.access.sign_in import person_of_session
from services.actor import Actor, acting_person
from services.karta import Karta

SESSION = "karta_session"


class SignInNeeded(Exception):
    """The page is for people who are signed in; `back` is where they wanted to go."""

    def __init__(self, back: str) -> None:
        self.back = back


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person and the programme in view: the newest that runs, None before the first."""

    person: Person
    actor: Actor
    organisation: Organisation
    programme: Programme | None

    @property
    def sees_mailbox(self) -> bool:
        """The director alone: a deputy of some days could keep everybody's sign-in letters."""
        return "director" in self.actor.roles


async def viewer_of(karta: Karta, person: Person, programme_id: UUID | None = None) -> Viewer:
    """The viewer for a person, looking at one programme or at the newest that runs."""
    async with karta.transaction() as session:
        organisation = await session.get_one(Organisation, person.organisation_id)
        programmes = await programmes_of(session, organisation.id)
        actor = await acting_person(session, person, karta.clock.now())
    wanted = [p for p in programmes if p.id == programme_id] if programme_id else []
    running = [p for p in programmes if p.state is ProgrammeState.RUNNING]
    chosen = next(iter(wanted or running or programmes), None)
    return Viewer(person, actor, organisation, chosen)


async def maybe_signed_in(request: Request) -> Viewer | None:
    """The viewer of a request, None when nobody is signed in."""
    token = request.cookies.get(SESSION)
    if not token:
        return None
    karta: Karta = request.app.state.karta
    async with karta.transaction() as session:
        person = await person_of_session(karta, session, token)
    return await viewer_of(karta, person) if person else None


async def signed_in(request: Request) -> Viewer:
    """The viewer of a request; raises `SignInNeeded`."""
    viewer = await maybe_signed_in(request)
    if viewer is None:
        back = request.url.path if request.method == "GET" else "/"
        if request.method == "GET" and request.url.query:
            back += f"?{request.url.query}"
        raise SignInNeeded(quote(back, safe="/?=&"))
    return viewer


SignedIn = Annotated[Viewer, Depends(signed_in)]
MaybeSignedIn = Annotated[Viewer | None, Depends(maybe_signed_in)]


def keep_session(karta: Karta, response: Response, token: str) -> Response:
    """Gives the browser its session cookie."""
    response.set_cookie(
        SESSION,
        token,
        max_age=karta.settings.session_days * 86400,
        path="/",
        httponly=True,
        samesite="lax",
        secure=karta.settings.base_url.startswith("https://"),
    )
    return response
