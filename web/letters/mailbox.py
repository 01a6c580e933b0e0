"""The built-in mailbox: where letters stay while no mail server is set."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from roadmap.errors import MoveRefused, NotFound
from services.letters.read import calendar_file, read_letter
from services.letters.views import LetterView, letter_for, letters_for
from web.letters.letters import framed
from web.page import Frame, frame_of, karta_of, page
from web.viewer import SignedIn, Viewer

router = APIRouter()


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """The list of letters and the one that is open; its buttons work."""

    template: ClassVar[str] = "web/letters/mailbox.html.j2"

    frame: Frame
    letters: tuple[LetterView, ...]
    opened: LetterView | None
    has_calendar: bool


def _check(request: Request, viewer: Viewer) -> None:
    """Whoever reads the mailbox can act as any addressee: it is the director's."""
    if karta_of(request).settings.mail_server is not None:
        raise NotFound("встроенного ящика нет: письма уходят через почтовый сервер")
    if not viewer.sees_mailbox:
        raise MoveRefused("встроенный почтовый ящик открывает только директор")


@router.get("/mailbox")
async def newest(request: Request, viewer: SignedIn) -> Response:
    return await _mailbox(request, viewer, None)


@router.get("/mailbox/{letter_id}")
async def one(request: Request, viewer: SignedIn, letter_id: UUID) -> Response:
    return await _mailbox(request, viewer, letter_id)


async def _mailbox(request: Request, viewer: Viewer, letter_id: UUID | None) -> Response:
    _check(request, viewer)
    karta = karta_of(request)
    async with karta.transaction() as session:
        found, _ = await letters_for(session, viewer.actor, with_sign_in=True, newest_first=True)
        if letter_id is None and found:
            letter_id = found[0].id
        opened, has_calendar = None, False
        if letter_id is not None:
            row, opened = await letter_for(session, viewer.actor, letter_id)
            has_calendar = await calendar_file(karta, session, row) is not None
    frame = await frame_of(request, viewer, "Почтовый ящик")
    return page(MailboxPage(frame, found, opened, has_calendar))


@router.get("/mailbox/{letter_id}/html")
async def letter_html(request: Request, viewer: SignedIn, letter_id: UUID) -> Response:
    _check(request, viewer)
    karta = karta_of(request)
    async with karta.transaction() as session:
        row, _ = await letter_for(session, viewer.actor, letter_id)
        return framed((await read_letter(karta, session, row, with_links=True)).html)
