"""Who stands in for whom: the forms of the «Люди» page."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from roadmap.errors import KartaError
from services.people.substitutions import add_substitution, end_substitution
from web.forms import day_of, person_of, text_of
from web.page import as_sentence, karta_of, redirect
from web.people.people import AwayForm, show_people
from web.viewer import SignedIn

router = APIRouter(prefix="/substitutions")


@router.post("")
async def add(request: Request, viewer: SignedIn) -> Response:
    form = await request.form()
    typed = AwayForm(
        person=text_of(form, "person"),
        deputy=text_of(form, "deputy"),
        first_day=text_of(form, "first_day"),
        last_day=text_of(form, "last_day"),
        reason=text_of(form, "reason"),
    )
    try:
        await add_substitution(
            karta_of(request),
            by=viewer.actor,
            person_id=person_of(typed.person, "того, кого не будет,"),
            deputy_id=person_of(typed.deputy, "замещающего"),
            first_day=day_of(typed.first_day),
            last_day=day_of(typed.last_day),
            reason=typed.reason,
        )
    except KartaError as error:
        refused = replace(typed, error=as_sentence(error))
        return await show_people(request, viewer, away=refused, status=422)
    return redirect("/people#away", "Замещение записано: письма и права перейдут в эти дни сами.")


@router.post("/{substitution_id}/end")
async def end(request: Request, viewer: SignedIn, substitution_id: UUID) -> Response:
    await end_substitution(karta_of(request), substitution_id, by=viewer.actor)
    return redirect("/people#away", "Замещение закончено: письма и права снова у сотрудника.")
