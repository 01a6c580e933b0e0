"""People: names, posts, addresses, roles; adding and changing them."""

from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from models.tables import Person, Rhythm
from roadmap.calendar import school_day
from roadmap.errors import KartaError, NotFound
from services.people.cards import add_person, change_person
from services.people.finding import people_of, person_of_organisation
from services.people.rhythm import rhythm_of
from services.people.substitutions import SubstitutionView, substitutions_for
from services.people.words import RHYTHM_WORDS, ROLE_WORDS
from web.forms import text_of
from web.page import Frame, as_sentence, frame_of, karta_of, now_of, page, redirect
from web.viewer import SignedIn, Viewer

router = APIRouter()

RHYTHMS = tuple((rhythm.value, words) for rhythm, words in RHYTHM_WORDS.items())


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A card as typed, or as it is."""

    name: str = ""
    post: str = ""
    email: str = ""
    roles: tuple[str, ...] = ("owner",)
    active: bool = True
    rhythm: str = Rhythm.AT_ONCE.value
    error: str = ""


@dataclass(frozen=True, slots=True)
class AwayForm:
    """A substitution as typed."""

    person: str = ""
    deputy: str = ""
    first_day: str = ""
    last_day: str = ""
    reason: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody, who stands in for whom, and for a curator the form to add somebody.

    substitutes: whom the viewer may say to be away; deputies: who may stand in.
    """

    template: ClassVar[str] = "web/people/people.html.j2"

    frame: Frame
    people: tuple[Person, ...]
    role_words: dict[str, str]
    can_change: bool
    form: PersonForm
    substitutions: tuple[SubstitutionView, ...]
    substitutes: tuple[Person, ...]
    deputies: tuple[Person, ...]
    away: AwayForm
    today: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's card to change."""

    template: ClassVar[str] = "web/people/person.html.j2"

    frame: Frame
    person_id: UUID
    heading: str
    role_words: dict[str, str]
    rhythms: tuple[tuple[str, str], ...]
    form: PersonForm


@router.get("/people")
async def people(request: Request, viewer: SignedIn) -> Response:
    return await show_people(request, viewer)


async def show_people(
    request: Request,
    viewer: Viewer,
    *,
    form: PersonForm | None = None,
    away: AwayForm | None = None,
    status: int = 200,
) -> Response:
    """The page, with a form as it was typed when it was refused."""
    now = now_of(request)
    async with karta_of(request).transaction() as session:
        found = await people_of(session, viewer.organisation.id)
        substitutions = await substitutions_for(session, viewer.actor, now)
    can_change = viewer.actor.is_curator
    active = tuple(p for p in found if p.active)
    return page(
        PeoplePage(
            frame=await frame_of(request, viewer, "Люди", "/people"),
            people=tuple(found),
            role_words=ROLE_WORDS,
            can_change=can_change,
            form=form or PersonForm(),
            substitutions=substitutions,
            substitutes=tuple(p for p in active if can_change or p.id == viewer.person.id),
            deputies=active,
            away=away or AwayForm(),
            today=school_day(now, viewer.organisation.zone).isoformat(),
        ),
        status,
    )


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
        return await show_people(request, viewer, form=_with_error(form, error), status=422)
    return redirect("/people", f"Добавлено: {person.display}.")


@router.get("/people/{person_id}")
async def person(request: Request, viewer: SignedIn, person_id: UUID) -> Response:
    card = await _card(request, viewer, person_id)
    form = PersonForm(
        card.name, card.post, card.email, tuple(card.roles), card.active, card.rhythm.value
    )
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
            rhythm=rhythm_of(form.rhythm) if form.rhythm else None,
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
    return page(PersonPage(frame, card.id, card.display, ROLE_WORDS, RHYTHMS, form), status)


async def _card(request: Request, viewer: SignedIn, person_id: UUID) -> Person:
    async with karta_of(request).transaction() as session:
        found = await person_of_organisation(session, person_id, viewer.actor)
    viewer.actor.require_curator("Изменить карточку сотрудника")
    return found


def _form(form: FormData) -> PersonForm:
    roles = tuple(str(role) for role in form.getlist("role"))
    is_active = form.get("left") is None
    name, post, email, rhythm = (
        text_of(form, field) for field in ("name", "post", "email", "rhythm")
    )
    return PersonForm(name, post, email, roles, is_active, rhythm)


def _with_error(form: PersonForm, error: KartaError) -> PersonForm:
    return replace(form, error=as_sentence(error))
