"""Calendars: the page with their addresses, and the calendars themselves."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from roadmap.errors import InputWrong
from services.calendars.addresses import (
    CalendarAddress,
    calendars_for,
    renew_calendar,
    switch_off_calendar,
)
from services.calendars.feed import feed_of
from web.page import Frame, frame_of, karta_of, page, redirect
from web.viewer import SignedIn

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """The viewer's calendars. near_only: the board's address, when only this machine sees it."""

    template: ClassVar[str] = "web/calendars/calendar.html.j2"

    frame: Frame
    calendars: tuple[CalendarAddress, ...]
    near_only: str


@router.get("/calendar")
async def calendar(request: Request, viewer: SignedIn) -> Response:
    karta = karta_of(request)
    base = karta.settings.base_url
    return page(
        CalendarPage(
            frame=await frame_of(request, viewer, "Календарь", "/calendar"),
            calendars=await calendars_for(karta, viewer.actor),
            near_only=base if _is_near(base) else "",
        )
    )


def _is_near(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@router.post("/calendar/renew")
async def renew(request: Request, viewer: SignedIn) -> Response:
    await renew_calendar(karta_of(request), await _programme(request), by=viewer.actor)
    return redirect("/calendar", "Новая ссылка готова. Прежняя, если была, больше не работает.")


@router.post("/calendar/off")
async def switch_off(request: Request, viewer: SignedIn) -> Response:
    await switch_off_calendar(karta_of(request), await _programme(request), by=viewer.actor)
    return redirect("/calendar", "Календарь отключён: по прежней ссылке он больше не открывается.")


async def _programme(request: Request) -> UUID | None:
    """Which calendar a form means: a programme's, or the viewer's own when it names none."""
    value = str((await request.form()).get("programme", ""))
    try:
        return UUID(value) if value else None
    except ValueError:
        raise InputWrong("страница устарела; откройте «Календарь» заново") from None


@router.get("/calendar/{token}.ics")
@router.head("/calendar/{token}.ics")
async def followed(request: Request, token: str) -> Response:
    feed = await feed_of(karta_of(request), token)
    # no-cache: it may be kept, but is asked for anew each time – mostly answered by a bare 304.
    headers = {"ETag": feed.etag, "Cache-Control": "private, no-cache"}
    if _knows(request.headers.get("if-none-match", ""), feed.etag):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="meropriyatiya.ics"'
    return Response(feed.content, media_type="text/calendar; charset=utf-8", headers=headers)


def _knows(if_none_match: str, etag: str) -> bool:
    """Whether the asker has this version already (RFC 9110 13.1.2: weak comparison)."""
    known = {value.strip().removeprefix("W/") for value in if_none_match.split(",")}
    return bool(known & {etag, "*"})
