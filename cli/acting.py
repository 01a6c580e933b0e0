"""Who acts when a command does not say."""

from cli.console import Failure, say
from models.database import AsyncSession
from models.repository import ProgrammeRows, programmes_of
from roadmap.states import ProgrammeState
from services.actor import Actor, acting_person, actor_of
from services.clock import SystemClock
from services.people.finding import person_by


async def acting(session: AsyncSession, rows: ProgrammeRows, who: str | None, role: str) -> Actor:
    """The person named with --as, else the first curator (or director) of the organisation.

    The one who sits at the service's own computer may act for any of them; the journal keeps whom.
    """
    if who is not None:
        person = await person_by(session, who, rows.organisation.id)
        return await acting_person(session, person, SystemClock().now())
    wanted = {"director": ("director",), "curator": ("curator", "director")}
    for each in wanted.get(role, ("curator", "director")):
        if found := rows.with_role(each):
            return actor_of(found[0])
    raise Failure(
        "Некому действовать: в людях нет куратора и директора; назовите кого-то: --as КЛЮЧ"
    )


async def name_programme(session: AsyncSession, rows: ProgrammeRows, which: str | None) -> None:
    """Says which programme a command acts in when there are several and none was named."""
    running = [
        programme
        for programme in await programmes_of(session, None)
        if programme.state is ProgrammeState.RUNNING
    ]
    if which is None and len(running) > 1:
        say(f"{rows.organisation.name}, {rows.programme.title} ({str(rows.programme.id)[:8]}):")
