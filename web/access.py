"""Signing in by a link or a six-digit code, and signing out."""

import base64
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from roadmap.errors import InputWrong
from services.access.sign_in import (
    SIGN_IN_MINUTES,
    person_of_sign_in_link,
    request_sign_in,
    sign_in_by_code,
    sign_in_by_link,
    sign_out,
)
from services.people.addresses import checked_address
from web.page import Frame, as_sentence, frame_of, karta_of, page, redirect
from web.viewer import SESSION, MaybeSignedIn, keep_session

router = APIRouter()

ENTERING = "karta_entering"
"""Cookie that carries the address from the first page of signing in to the second."""


@dataclass(frozen=True, slots=True)
class EnterPage:
    """Asks for the address."""

    template: ClassVar[str] = "web/access/enter.html.j2"

    frame: Frame
    email: str
    back: str
    error: str


@dataclass(frozen=True, slots=True)
class CodePage:
    """Asks for the six digits."""

    template: ClassVar[str] = "web/access/code.html.j2"

    frame: Frame
    email: str
    back: str
    minutes: int
    error: str


@dataclass(frozen=True, slots=True)
class EnterByLinkPage:
    """Asks whether it is really this person: looking at a link must not use it up."""

    template: ClassVar[str] = "web/access/enter_by_link.html.j2"

    frame: Frame
    token: str
    name: str


def _back(value: object) -> str:
    """A page of ours to return to; nothing that leads elsewhere."""
    path = str(value or "/")
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@router.get("/enter")
async def ask_address(request: Request, viewer: MaybeSignedIn, back: str = "/") -> Response:
    if viewer is not None:
        return redirect(_back(back))
    frame = await frame_of(request, None, "Вход")
    return page(EnterPage(frame, "", _back(back), ""))


@router.post("/enter")
async def send_code(request: Request) -> Response:
    form = await request.form()
    email, back = str(form.get("email", "")).strip(), _back(form.get("back"))
    try:
        checked_address(email)
        await request_sign_in(karta_of(request), email)
    except InputWrong as error:
        frame = await frame_of(request, None, "Вход")
        return page(EnterPage(frame, email, back, as_sentence(error)), 422)
    response = redirect(f"/enter/code?back={quote(back, safe='')}")
    # Not in the address: it is somebody's, and addresses of pages are written into logs.
    value = base64.urlsafe_b64encode(email[:300].encode()).decode()
    response.set_cookie(
        ENTERING, value, max_age=SIGN_IN_MINUTES * 60, path="/enter", httponly=True, samesite="lax"
    )
    return response


@router.get("/enter/code")
async def ask_code(request: Request, back: str = "/") -> Response:
    try:
        email = base64.urlsafe_b64decode(request.cookies.get(ENTERING, "")).decode()
    except ValueError:
        email = ""
    if not email:
        return redirect("/enter")
    frame = await frame_of(request, None, "Код из письма")
    return page(CodePage(frame, email, _back(back), SIGN_IN_MINUTES, ""))


@router.post("/enter/code")
async def enter_by_code(request: Request) -> Response:
    karta = karta_of(request)
    form = await request.form()
    email, back = str(form.get("email", "")).strip(), _back(form.get("back"))
    try:
        person, token = await sign_in_by_code(karta, email, str(form.get("code", "")))
    except InputWrong as error:
        frame = await frame_of(request, None, "Код из письма")
        return page(CodePage(frame, email, back, SIGN_IN_MINUTES, as_sentence(error)), 422)
    return keep_session(karta, redirect(back, as_sentence(f"Вы вошли: {person.short}")), token)


@router.get("/enter/{token}")
@router.head("/enter/{token}")
async def ask_link(request: Request, token: str) -> Response:
    karta = karta_of(request)
    async with karta.transaction() as session:
        person = await person_of_sign_in_link(karta, session, token)
    frame = await frame_of(request, None, "Вход")
    return page(EnterByLinkPage(frame, token, person.display))


@router.post("/enter/{token}")
async def enter_by_link(request: Request, token: str) -> Response:
    karta = karta_of(request)
    person, session_token = await sign_in_by_link(karta, token)
    return keep_session(
        karta, redirect("/", as_sentence(f"Вы вошли: {person.short}")), session_token
    )


@router.post("/leave")
async def leave(request: Request) -> Response:
    token = request.cookies.get(SESSION)
    if token:
        await sign_out(karta_of(request), token)
    response = redirect("/enter", "Вы вышли.")
    response.delete_cookie(SESSION, path="/")
    return response
