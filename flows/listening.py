"""PostgreSQL's notifications: a committed change wakes this process at once."""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

import asyncpg

from models.database import asyncpg_arguments

log = logging.getLogger("karta.worker")

CHECK_SECONDS = 30
LONGEST_PAUSE_SECONDS = 10


class Listening:
    """Listens for as long as `run` runs; a lost connection is made again.

    on_change: a programme has a newer version. on_letters: letters were queued.
    on_connected: the connection is new, something may have been missed.
    """

    def __init__(
        self,
        database_url: str,
        *,
        on_change: Callable[[UUID], None],
        on_letters: Callable[[], None],
        on_connected: Callable[[], None],
    ) -> None:
        self._arguments = asyncpg_arguments(database_url)
        self._on_change = on_change
        self._on_letters = on_letters
        self._on_connected = on_connected

    async def run(self) -> None:
        pause = 1.0
        while True:
            try:
                await self._listen()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("база данных недоступна, повтор через %d с: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            else:
                pause = 1.0

    async def _listen(self) -> None:
        """Returns when an established connection is lost."""
        connection = await asyncpg.connect(**self._arguments, timeout=10)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener("karta_changed", self._changed)
            await connection.add_listener("karta_letters", lambda *_: self._on_letters())
            self._on_connected()
            while not lost.is_set():
                try:
                    await asyncio.wait_for(lost.wait(), CHECK_SECONDS)
                except TimeoutError:
                    # A connection cut without a word is noticed only by speaking.
                    await asyncio.wait_for(connection.execute("SELECT 1"), 10)
        finally:
            connection.terminate()

    def _changed(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        try:
            self._on_change(UUID(payload))
        except ValueError:
            log.warning("непонятное уведомление базы данных: %.40r", payload)
