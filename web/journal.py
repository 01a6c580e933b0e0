"""The journal: who did what, when and why."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.journal.kinds import EVENT_KIND_WORDS
from services.journal.pages import (
    Entry,
    JournalChoices,
    JournalFilter,
    journal_choices,
    journal_page,
)
from web.page import Frame, frame_of, karta_of, page
from web.viewer import SignedIn

router = APIRouter()

FIELDS = ("stage", "step", "person", "kind", "since", "until")


@dataclass(frozen=True, slots=True)
class JournalPageContext:
    """Entries newest first, the filter as chosen, and the address of older entries."""

    template: ClassVar[str] = "web/journal/journal.html.j2"

    frame: Frame
    entries: tuple[Entry, ...]
    choices: JournalChoices
    kinds: tuple[tuple[str, str], ...]
    chosen: dict[str, str]
    older: str


@router.get("/journal")
async def journal(request: Request, viewer: SignedIn) -> Response:
    query = request.query_params
    chosen = {name: query.get(name, "") for name in FIELDS}
    programme_id = viewer.programme.id if viewer.programme else None
    person = chosen["person"]
    before = query.get("before", "")
    wanted = JournalFilter(
        stage_id=_uuid(chosen["stage"]),
        step_id=_uuid(chosen["step"]),
        person_id=_uuid(person),
        by_service=person == "service",
        kind=chosen["kind"] if chosen["kind"] in EVENT_KIND_WORDS else None,
        since=_day(chosen["since"]),
        until=_day(chosen["until"]),
        before=int(before) if before.isdigit() and len(before) < 19 else None,
    )
    async with karta_of(request).transaction() as session:
        found = await journal_page(session, viewer.organisation.id, wanted)
        choices = await journal_choices(session, viewer.organisation.id, programme_id)
    older = ""
    if found.older is not None:
        kept = {name: value for name, value in chosen.items() if value}
        older = "/journal?" + urlencode(kept | {"before": found.older})
    return page(
        JournalPageContext(
            frame=await frame_of(request, viewer, "Журнал", "/journal"),
            entries=found.entries,
            choices=choices,
            kinds=tuple(EVENT_KIND_WORDS.items()),
            chosen=chosen,
            older=older,
        )
    )


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
