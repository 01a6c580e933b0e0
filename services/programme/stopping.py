"""Stopping a programme for good."""

from uuid import UUID

from models.repository import load_programme
from roadmap.errors import InputWrong, MoveRefused
from roadmap.states import ProgrammeState
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.programme.advance import raise_version


async def stop_programme(karta: Karta, programme_id: UUID, *, by: Actor, reason: str) -> None:
    """Stops a running programme for good: nothing opens, no letter leaves any more."""
    by = by.require_director("Остановить дорожную карту")
    now = karta.clock.now()
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id, lock=True)
        if rows.programme.state is not ProgrammeState.RUNNING:
            raise MoveRefused("дорожная карта не идёт, останавливать нечего")
        if not reason.strip():
            raise InputWrong("напишите, почему дорожная карта останавливается")
        rows.programme.state = ProgrammeState.STOPPED
        rows.programme.finished_at = now
        record(
            session, EventKind.PROGRAMME_STOPPED, "Дорожная карта остановлена", at=now, by=by,
            programme=rows.programme, reason=reason.strip(),
        )  # fmt: skip
        await raise_version(session, rows)
