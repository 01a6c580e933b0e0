"""How a command reaches the running service, and who acts in it.

What it stands on is imported when it is needed: commands that read only a file never wait for it.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from cli.console import REFUSED, Failure, say

if TYPE_CHECKING:
    from datetime import datetime

    from models.database import AsyncSession
    from models.repository import ProgrammeRows
    from services.actor import Actor
    from services.karta import Karta
    from services.settings import Settings

T = TypeVar("T")


def database_url(settings: "Settings") -> str:
    """The database of the running service; raises `Failure` saying how to start one."""
    if settings.database_url:
        return settings.database_url
    from services.installation.service_file import read_service

    service = read_service(settings.home)
    if service is None or not service.is_alive:
        raise Failure(
            f"Карта не запущена (папка данных {settings.home}). Запустите её в другом окне: "
            "python start.py – или karta up",
            REFUSED,
        )
    return service.database_url


def act(work: "Callable[[Karta], Awaitable[T]]", settings: "Settings | None" = None) -> T:
    """Runs `work(karta)` against the running service."""
    import asyncio

    from services.karta import wire
    from services.settings import Settings

    settings = settings or Settings()
    url = database_url(settings)

    async def run() -> T:
        karta = wire(settings_of_service(settings), url, pool_size=1)
        try:
            return await work(karta)
        finally:
            await karta.close()

    return asyncio.run(run())


def settings_of_service(settings: "Settings") -> "Settings":
    """The settings with the running service's address, so that links in letters lead there."""
    from services.installation.service_file import read_service

    service = read_service(settings.home)
    if service is not None and settings.public_url is None:
        return settings.changed(public_url=service.board_url)
    return settings


def now() -> "datetime":
    """The moment, for a command that needs no running service; others ask `karta.clock`."""
    from services.clock import SystemClock

    return SystemClock().now()


async def rows_and_actor(
    karta: "Karta", which: str | None, who: str | None, role: str, *, name: bool = False
) -> "tuple[ProgrammeRows, Actor]":
    """The programme that a command means, and who acts in it.

    name: says which programme it is when several run and none was named.
    """
    from services.programme.finding import the_programme

    async with karta.transaction() as session:
        rows = await the_programme(session, which)
        actor = await _acting(karta, session, rows, who, role)
        if name and which is None:
            await _name_programme(session, rows)
        return rows, actor


async def _acting(
    karta: "Karta", session: "AsyncSession", rows: "ProgrammeRows", who: str | None, role: str
) -> "Actor":
    """The person named with --as, else the first curator (or director) of the organisation.

    The one who sits at the service's own computer may act for any of them; the journal keeps whom.
    """
    from services.actor import acting_person, actor_of
    from services.people.finding import person_by

    if who is not None:
        person = await person_by(session, who, rows.organisation.id)
        return await acting_person(session, person, karta.clock.now())
    wanted = {"director": ("director",), "curator": ("curator", "director")}
    for each in wanted.get(role, ("curator", "director")):
        if found := rows.with_role(each):
            return actor_of(found[0])
    raise Failure(
        "Некому действовать: в людях нет куратора и директора; назовите кого-то: --as КЛЮЧ"
    )


async def _name_programme(session: "AsyncSession", rows: "ProgrammeRows") -> None:
    """Says which programme a command acts in when there are several."""
    from models.repository import programmes_of
    from roadmap.states import ProgrammeState

    programmes = await programmes_of(session, None)
    if sum(programme.state is ProgrammeState.RUNNING for programme in programmes) > 1:
        say(f"{rows.organisation.name}, {rows.programme.title} ({str(rows.programme.id)[:8]}):")
