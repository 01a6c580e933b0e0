"""Opening a stage before its time."""

from uuid import UUID

from models.repository import load_programme
from models.situation import Situation
from roadmap.errors import MoveRefused, NotFound
from roadmap.states import ProgrammeState
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.programme.advance import advance
from services.typed import cleaned


async def open_stage_early(
    karta: Karta, programme_id: UUID, stage_code: str, *, by: Actor, reason: str
) -> None:
    """The director opens a closed stage before its time, with a reason the journal keeps."""
    by = by.require_director("Открыть этап раньше срока")
    reason = cleaned(reason, "почему этап открывается раньше", required=True)
    now = karta.clock.now()
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id, lock=True)
        if rows.organisation.id != by.organisation_id:
            raise NotFound("такой программы нет")
        if rows.programme.state is not ProgrammeState.RUNNING:
            raise MoveRefused("дорожная карта не идёт, открыть этап нельзя")
        stage = rows.stage(stage_code)
        if stage.opened_at is not None:
            raise MoveRefused(f"этап {stage_code} уже открыт")
        stage.opened_early_by, stage.opened_early_reason = by.person_id, reason
        session.add(stage)
        record(
            session,
            EventKind.STAGE_OPENED_EARLY,
            f"Этап {stage_code} открыт досрочно",
            at=now,
            by=by,
            programme=rows.programme,
            stage=stage,
            reason=reason,
        )
        await session.flush()
        await advance(karta, session, Situation(rows, now))
