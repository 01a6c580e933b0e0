"""People: names, posts, addresses, roles; adding and changing them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from models.tables import Person
from roadmap.errors import KartaError, NotFound
from services.people import ROLE_WORDS, add_person, change_person, people_of
from web.auth import SignedIn
from web.page import Frame, as_sentence, frame_of, karta_of, page, redirect

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A card as typed, or as it is."""

    name: str = ""
    post: str = ""
    email: str = ""
    roles: tuple[str, ...] = ("owner",)
    active: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody, and for a curator the form to add somebody."""

    template: ClassVar[str] = "web/people.html.j2"

    frame: Frame
    people: tuple[Person, ...]
    role_words: dict[str, str]
    can_change: bool
    form: PersonForm


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's card to change."""

    template: ClassVar[str] = "web/person.html.j2"

    frame: Frame
    person_id: UUID
    heading: str
    role_words: dict[str, str]
    form: PersonForm


@router.get("/people")
async def people(request: Request, viewer: SignedIn) -> Response:
    return await _people(request, viewer, PersonForm())


async def _people(
    request: Request, viewer: SignedIn, form: PersonForm, status: int = 200
) -> Response:
    async with karta_of(request).transaction() as session:
        found = await people_of(session, viewer.organisation.id)
    frame = await frame_of(request, viewer, "Люди", "/people")
    can_change = viewer.actor.is_curator
    return page(PeoplePage(frame, tuple(found), ROLE_WORDS, can_change, form), status)


@router.post("/people")
async def add(request: Request, viewer: SignedIn) -> Response:
    form = _form(await request.form())
    try:
        person = await add_person(
            karta_of(request),
            by=viewer.actor,
            email=form.email,
            name=form.name,
            post=form.post,
            roles=form.roles,
        )
    except KartaError as error:
        viewer.actor.require_curator("Добавить сотрудника")  # else the form is not on the page
        return await _people(request, viewer, _with_error(form, error), 422)
    return redirect("/people", f"Добавлено: {person.display}.")


@router.get("/people/{person_id}")
async def person(request: Request, viewer: SignedIn, person_id: UUID) -> Response:
    card = await _card(request, viewer, person_id)
    form = PersonForm(card.name, card.post, card.email, tuple(card.roles), card.active)
    return await _person(request, viewer, card, form)


@router.post("/people/{person_id}")
async def change(request: Request, viewer: SignedIn, person_id: UUID) -> Response:
    form = _form(await request.form())
    try:
        await change_person(
            karta_of(request),
            person_id,
            by=viewer.actor,
            email=form.email,
            name=form.name,
            post=form.post,
            roles=form.roles,
            active=form.active,
        )
    except NotFound:
        raise
    except KartaError as error:
        card = await _card(request, viewer, person_id)
        return await _person(request, viewer, card, _with_error(form, error), 422)
    return redirect("/people", "Карточка изменена.")


async def _person(
    request: Request, viewer: SignedIn, card: Person, form: PersonForm, status: int = 200
) -> Response:
    frame = await frame_of(request, viewer, card.short, "/people")
    return page(PersonPage(frame, card.id, card.display, ROLE_WORDS, form), status)


async def _card(request: Request, viewer: SignedIn, person_id: UUID) -> Person:
    async with karta_of(request).transaction() as session:
        found = await session.get(Person, person_id)
    if found is None or found.organisation_id != viewer.organisation.id:
        raise NotFound("такого сотрудника нет")
    viewer.actor.require_curator("Изменить карточку сотрудника")
    return found


def _form(form: FormData) -> PersonForm:
    def text(name: str) -> str:
        value = form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    roles = tuple(str(role) for role in form.getlist("role"))
    is_active = form.get("left") is None
    return PersonForm(text("name"), text("post"), text("email"), roles, is_active)


def _with_error(form: PersonForm, error: KartaError) -> PersonForm:
    return PersonForm(form.name, form.post, form.email, form.roles, form.active, as_sentence(error))
