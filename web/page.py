"""What every page is made of: its frame, its typed context, its answer."""

import base64
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models.tables import LetterState
from services.karta import Karta
from services.letters.counts import letter_counts
from services.people.words import ROLE_WORDS
from templates import environment
from web.static_files import static_url
from web.viewer import Viewer

SAID = "karta_said"
"""Cookie that carries one sentence over a redirect."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main menu; `count` draws attention when it is not zero."""

    title: str
    href: str
    is_active: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a page: its title, the menu, who is signed in, one sentence from before.

    no_mail_server: letters stay in the built-in mailbox, and the page says so.
    """

    title: str
    nav: tuple[NavItem, ...]
    viewer: str
    roles: str
    school: str
    said: str
    no_mail_server: bool
    sees_mailbox: bool
    css: tuple[str, ...]


class Context(Protocol):
    """A page's values: a frozen dataclass that names its template and has a frame."""

    template: ClassVar[str]


def karta_of(request: Request) -> Karta:
    """The collaborators of this process."""
    karta: Karta = request.app.state.karta
    return karta


def now_of(request: Request) -> datetime:
    return karta_of(request).clock.now()


async def frame_of(request: Request, viewer: Viewer | None, title: str, active: str = "") -> Frame:
    """The frame of a page for a viewer; `active` is the address of the menu entry it belongs to."""
    karta = karta_of(request)
    nav: list[NavItem] = []
    if viewer is not None:
        troubles = 0
        if viewer.actor.is_curator:
            async with karta.transaction() as session:
                counts = await letter_counts(session, viewer.organisation.id)
            troubles = counts[LetterState.UNDELIVERABLE] + counts[LetterState.UNCLEAR]
        entries = [("Доска", "/"), ("Мои мероприятия", "/my"), ("План и факт", "/plan"),
                   ("Календарь", "/calendar"),
                   ("Письма", "/letters"), ("Журнал", "/journal"), ("Люди", "/people")]  # fmt: skip
        nav = [
            NavItem(name, href, href == active, troubles if href == "/letters" else 0)
            for name, href in entries
        ]
    no_mail_server = karta.settings.mail_server is None
    return Frame(
        title=title,
        nav=tuple(nav),
        viewer=viewer.person.short if viewer else "",
        roles=_roles(viewer) if viewer else "",
        school=viewer.organisation.name if viewer else "",
        said=_said(request),
        no_mail_server=no_mail_server,
        sees_mailbox=bool(viewer and viewer.sees_mailbox),
        css=(static_url("vendor/bootstrap/bootstrap-used.min.css"), static_url("karta.css")),
    )


def _roles(viewer: Viewer) -> str:
    """«соц. педагог», and whom the viewer stands in for today."""
    own = ", ".join(ROLE_WORDS[role] for role in viewer.person.roles)
    names = ", ".join(lent.name for lent in viewer.actor.stands_for)
    return f"{own}; вместо: {names}" if names else own


def page(context: Context, status: int = 200) -> Response:
    """The context's template filled in with exactly the context's fields."""
    values: dict[str, Any] = {f.name: getattr(context, f.name) for f in fields(context)}  # type: ignore[arg-type]
    html = environment().get_template(context.template).render(**values)
    response = HTMLResponse(html, status)
    frame = values.get("frame")
    if frame is not None and frame.said:
        response.delete_cookie(SAID, path="/")
    return response


def redirect(to: str, said: str = "") -> Response:
    """Sends the browser to another page of ours, where `said` is shown once."""
    response = RedirectResponse(quote(to, safe="/?=&#%:"), 303)
    if said:
        value = base64.urlsafe_b64encode(said[:1500].encode()).decode()
        response.set_cookie(SAID, value, max_age=60, path="/", httponly=True, samesite="lax")
    return response


def _said(request: Request) -> str:
    try:
        return base64.urlsafe_b64decode(request.cookies.get(SAID, "")).decode()
    except ValueError:
        return ""


def as_sentence(error: Exception | str) -> str:
    """«этап 2 закрыт» → «Этап 2 закрыт.»"""
    text = str(error).strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
