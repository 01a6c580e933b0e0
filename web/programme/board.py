"""The board: the programme at a glance."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.repository import load_programme, programmes_of
from models.tables import LetterState
from roadmap.errors import InputWrong, NotFound
from roadmap.states import IN_HAND, ProgrammeState, StepState
from services.letters.counts import letter_counts
from services.letters.dead_addresses import DeadAddress, dead_addresses
from services.letters.mailbox import left_in_mailbox
from services.people.addresses import correct_address
from services.people.substitutions import SubstitutionView, substitutions_for
from services.plan.forecast import forecast_of
from services.programme.early_opening import open_stage_early
from services.programme.needs import Need, needs_of
from services.programme.open_proposals import open_requests
from services.programme.view import ProgrammeView, programme_view
from services.steps.meeting_rows import MeetingView, live_meetings
from web.forms import text_of
from web.page import Frame, as_sentence, frame_of, karta_of, page, redirect
from web.programme.gantt import Gantt, gantt_of
from web.static_files import static_url
from web.viewer import SignedIn, Viewer, viewer_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ProgrammeChoice:
    id: UUID
    title: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class AddressTyped:
    """An address as typed beside one that does not work, and why it was refused."""

    person_id: UUID | None = None
    email: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The programme, what the viewer is asked to do, and the Gantt.

    script: address of the script that folds stages on a phone;
    outlook: the forecast's clause or ""; meetings: step id → its meeting that is still to come;
    dead: addresses that do not work, for curators; away: who is stood in for today.
    """

    template: ClassVar[str] = "web/programme/board.html.j2"

    frame: Frame
    script: str
    view: ProgrammeView
    needs: tuple[Need, ...]
    dead: tuple[DeadAddress, ...]
    dead_typed: AddressTyped
    corrects_director: bool
    away: tuple[SubstitutionView, ...]
    gantt: Gantt | None
    outlook: str
    can_mark: bool
    can_open: bool
    markable: frozenset[UUID]
    meetings: dict[UUID, MeetingView]
    programmes: tuple[ProgrammeChoice, ...]
    prefect_url: str | None


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """No road map has been started yet."""

    template: ClassVar[str] = "web/shared/empty.html.j2"

    frame: Frame


@router.get("/")
async def newest(request: Request, viewer: SignedIn) -> Response:
    return await _board(request, viewer)


@router.get("/programmes/{programme_id}")
async def one(request: Request, viewer: SignedIn, programme_id: UUID) -> Response:
    viewer = await viewer_of(karta_of(request), viewer.person, programme_id)
    if viewer.programme is None or viewer.programme.id != programme_id:
        raise NotFound("такой дорожной карты в вашей школе нет")
    return await _board(request, viewer)


async def _board(
    request: Request, viewer: Viewer, typed: AddressTyped | None = None, status: int = 200
) -> Response:
    karta = karta_of(request)
    if viewer.programme is None:
        return page(EmptyPage(await frame_of(request, viewer, "Доска", "/")))
    now = karta.clock.now()
    async with karta.transaction() as session:
        rows = await load_programme(session, viewer.programme.id)
        counts = await letter_counts(session, viewer.organisation.id)
        others = await programmes_of(session, viewer.organisation.id)
        left = 0
        if viewer.actor.is_curator and karta.settings.mail_server is not None:
            left = len(await left_in_mailbox(session, viewer.organisation.id))
        meetings = await live_meetings(session, rows, now)
        requests = await open_requests(session, rows, viewer.actor)
        away = await substitutions_for(session, viewer.actor, now)
        dead: tuple[DeadAddress, ...] = ()
        if viewer.actor.is_curator:
            dead = await dead_addresses(session, viewer.organisation.id)
    # These stand by themselves, each with the field to put the address right.
    counts[LetterState.UNDELIVERABLE] -= sum(each.letters for each in dead)
    view = programme_view(rows, now)
    is_running = view.state is not ProgrammeState.STOPPED
    is_going = view.state is ProgrammeState.RUNNING
    is_ended = view.state is ProgrammeState.DONE
    told = forecast_of(rows, view.today) if is_going or is_ended else None
    markable = {s.id for s in view.steps if s.state in IN_HAND or s.state is StepState.REPORTED}
    return page(
        BoardPage(
            frame=await frame_of(request, viewer, "Доска", "/"),
            script=static_url("board.js"),
            view=view,
            needs=needs_of(view, viewer.actor, counts, left, requests=requests)
            if is_running
            else (),
            dead=dead,
            dead_typed=typed or AddressTyped(),
            corrects_director="director" in viewer.actor.roles,
            away=tuple(each for each in away if each.is_now),
            gantt=gantt_of(view, told.forecast.end if is_going and told else None),
            outlook=told.headline if told else "",
            can_mark=viewer.actor.is_curator and is_running,
            can_open=viewer.actor.is_director and view.state is ProgrammeState.RUNNING,
            markable=frozenset(markable),
            meetings=meetings,
            programmes=tuple(
                ProgrammeChoice(p.id, f"{p.title}, с {p.created_at:%d.%m.%Y}", p.id == view.id)
                for p in others
            ),
            prefect_url=request.app.state.prefect_url,
        ),
        status,
    )


@router.post("/people/{person_id}/address")
async def put_address_right(request: Request, viewer: SignedIn, person_id: UUID) -> Response:
    """The field beside an address that does not work."""
    email = text_of(await request.form(), "email")
    try:
        person = await correct_address(karta_of(request), person_id, by=viewer.actor, email=email)
    except InputWrong as error:
        typed = AddressTyped(person_id, email, as_sentence(error))
        return await _board(request, viewer, typed, 422)
    return redirect("/", f"Адрес исправлен: {person.short} – письма отправлены снова.")


@router.post("/programmes/{programme_id}/stages/{code}/open")
async def open_stage(request: Request, viewer: SignedIn, programme_id: UUID, code: str) -> Response:
    karta = karta_of(request)
    form = await request.form()
    reason = str(form.get("reason", ""))
    await open_stage_early(karta, programme_id, code, by=viewer.actor, reason=reason)
    return redirect(f"/programmes/{programme_id}#stage-{code}", f"Этап {code} открыт досрочно.")
