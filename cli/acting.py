"""Who acts when a command does not say."""

from cli.console import Failure
from models.database import AsyncSession
from models.repository import ProgrammeRows
from services.actor import Actor, actor_of
from services.clock import SystemClock
from services.people import person_by
from services.substitutions import acting_person


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
