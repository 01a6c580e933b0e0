"""How a command reaches the running service, and who acts in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cli.console import REFUSED, Failure
from services.settings import Settings

T = TypeVar("T")


def database_url(settings: Settings) -> str:
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


def act(work: Callable[..., Awaitable[T]], settings: Settings | None = None) -> T:
    """Runs `work(karta)` against the running service."""
    from services.karta import wire

    settings = settings or Settings()
    url = database_url(settings)

    async def run() -> T:
        karta = wire(settings_of_service(settings), url, pool_size=1)
        try:
            return await work(karta)
        finally:
            await karta.close()

    return asyncio.run(run())


def settings_of_service(settings: Settings) -> Settings:
    """The settings with the running service's address, so that links in letters lead there."""
    from services.installation.service_file import read_service

    service = read_service(settings.home)
    if service is not None and settings.public_url is None:
        return settings.changed(public_url=service.board_url)
    return settings
