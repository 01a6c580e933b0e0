"""Letters: the state of each, its text, sending it again."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from models.tables import LetterState
from notifications.compose import CALENDAR_FILE
from notifications.letters import LETTER_TYPES
from roadmap.errors import NotFound
from roadmap.russian import plural
from services.letters.copies import send_again, settle_letter
from services.letters.mailbox import left_in_mailbox, send_what_is_left
from services.letters.read import calendar_file, read_letter
from services.letters.views import STATE_WORDS, LetterView, letter_for, letters_for
from web.page import Frame, frame_of, karta_of, page, redirect
from web.viewer import SignedIn

router = APIRouter()

LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; "
    "frame-ancestors 'self'"
)
"""A letter styles itself inline, as mail programs want it; it may do nothing else."""


@dataclass(frozen=True, slots=True)
class LettersPage:
    """Letters, those in trouble first. `states` are the filter's choices."""

    template: ClassVar[str] = "web/letters/letters.html.j2"

    frame: Frame
    letters: tuple[LetterView, ...]
    states: tuple[tuple[str, str], ...]
    chosen: str
    number: int
    has_more: bool
    can_send: bool
    left_in_mailbox: int


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One letter as its reader sees it, links left out."""

    template: ClassVar[str] = "web/letters/letter.html.j2"

    frame: Frame
    letter: LetterView
    text: str
    has_calendar: bool
    can_send: bool


@router.get("/letters")
async def letters(request: Request, viewer: SignedIn, state: str = "") -> Response:
    karta = karta_of(request)
    chosen = next((s for s in LetterState if s.value == state), None)
    number = max(1, _number(request.query_params.get("page", "1")))
    async with karta.transaction() as session:
        found, more = await letters_for(session, viewer.actor, state=chosen, page=number)
        left = 0
        if viewer.actor.is_curator and karta.settings.mail_server is not None:
            left = len(await left_in_mailbox(session, viewer.organisation.id))
    return page(
        LettersPage(
            frame=await frame_of(request, viewer, "Письма", "/letters"),
            letters=found,
            states=tuple((s.value, words) for s, words in STATE_WORDS.items()),
            chosen=chosen.value if chosen else "",
            number=number,
            has_more=more,
            can_send=viewer.actor.is_curator,
            left_in_mailbox=left,
        )
    )


def _number(value: str) -> int:
    return int(value) if value.isdigit() and len(value) < 7 else 1


@router.get("/letters/{letter_id}")
async def letter(request: Request, viewer: SignedIn, letter_id: UUID) -> Response:
    karta = karta_of(request)
    async with karta.transaction() as session:
        row, view = await letter_for(session, viewer.actor, letter_id)
        text = (await read_letter(karta, session, row, with_links=False)).text
        has_calendar = await calendar_file(karta, session, row) is not None
    frame = await frame_of(request, viewer, view.subject, "/letters")
    return page(LetterPage(frame, view, text, has_calendar, viewer.actor.is_curator))


@router.get("/letters/{letter_id}/calendar")
async def letter_calendar(request: Request, viewer: SignedIn, letter_id: UUID) -> Response:
    """The file attached to the letter, as it would be now."""
    karta = karta_of(request)
    async with karta.transaction() as session:
        row, _ = await letter_for(session, viewer.actor, letter_id)
        part = await calendar_file(karta, session, row)
    if part is None:
        raise NotFound("к этому письму файл для календаря не приложен")
    return Response(
        part.content,
        media_type=f"text/calendar; method={part.method}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{CALENDAR_FILE}"'},
    )


@router.get("/letters/{letter_id}/html")
async def letter_html(request: Request, viewer: SignedIn, letter_id: UUID) -> Response:
    """The HTML part alone, for the frame on the letter's page."""
    karta = karta_of(request)
    async with karta.transaction() as session:
        row, _ = await letter_for(session, viewer.actor, letter_id)
        if LETTER_TYPES[row.kind].signs_in:
            raise NotFound("такого письма нет")
        html = (await read_letter(karta, session, row, with_links=False)).html
    return framed(html)


def framed(html: str) -> Response:
    """A letter's HTML to be shown in a frame of ours, its links opening outside the frame."""
    shown = html.replace("<head>", '<head><base target="_top">', 1)
    return HTMLResponse(shown, headers={"Content-Security-Policy": LETTER_POLICY})


@router.post("/letters/{letter_id}/settled")
async def settled(request: Request, viewer: SignedIn, letter_id: UUID) -> Response:
    await settle_letter(karta_of(request), letter_id, by=viewer.actor)
    return redirect(f"/letters/{letter_id}", "Письмо отмечено разобранным.")


@router.post("/letters/from-mailbox")
async def from_mailbox(request: Request, viewer: SignedIn) -> Response:
    sent = await send_what_is_left(karta_of(request), by=viewer.actor)
    words = plural(sent, "письмо поставлено", "письма поставлены", "писем поставлено")
    return redirect("/letters", f"{words} в очередь.")


@router.post("/letters/{letter_id}/again")
async def again(request: Request, viewer: SignedIn, letter_id: UUID) -> Response:
    new = await send_again(karta_of(request), letter_id, by=viewer.actor)
    return redirect(f"/letters/{new}", "Письмо поставлено в очередь и сейчас уйдёт.")
