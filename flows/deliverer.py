"""The worker's half that needs no Prefect: letters leave at once, missed days are made up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from services.clock import Clock
from services.prefect_view.port import PrefectView

log = logging.getLogger("karta.worker")

LONGEST_WAIT_SECONDS = 60
AFTER_FAULT_SECONDS = 3
MISSED_DAYS_SECONDS = 60

LETTERS_FIRST_SECONDS = 2
"""How long at most what follows letters waits for them."""

NO_MORE_SECONDS = 0.25
"""Letters queued one after another in less than this are one burst."""


class Letters:
    """Delivers for as long as `run` runs.

    deliver: sends what is due. next_due: when the next letter is due, None if none waits.
    try_all_again: makes every waiting letter due, for a start: settings may have been put right.
    """

    def __init__(
        self,
        deliver: Callable[[], Awaitable[int]],
        next_due: Callable[[], Awaitable[datetime | None]],
        try_all_again: Callable[[], Awaitable[int]],
        clock: Clock,
    ) -> None:
        self._deliver = deliver
        self._next_due = next_due
        self._try_all_again = try_all_again
        self._clock = clock
        self._queued = asyncio.Event()
        self._gone = asyncio.Event()
        self._queued_at = 0.0

    def queued(self) -> None:
        """There are new letters."""
        self._queued_at = asyncio.get_running_loop().time()
        self._gone.clear()
        self._queued.set()

    async def gone(self) -> None:
        """Waits until letters have left and no more are coming, for two seconds at most.

        People wait for letters: what may follow them should not compete with them.
        """
        clock = asyncio.get_running_loop().time
        end = clock() + LETTERS_FIRST_SECONDS
        with suppress(TimeoutError):
            while (left := end - clock()) > 0:
                await asyncio.wait_for(self._gone.wait(), left)
                unsettled = self._queued_at + NO_MORE_SECONDS - clock()
                if unsettled <= 0:
                    return
                await asyncio.sleep(min(unsettled, left))

    async def run(self) -> None:
        """Until cancelled."""
        pause = AFTER_FAULT_SECONDS
        started = False
        while True:
            self._queued.clear()
            try:
                if not started:
                    await self._try_all_again()
                    started = True
                await self._deliver()
                wait = await self._wait_seconds()
                pause = AFTER_FAULT_SECONDS
            except Exception as error:
                log.warning("письма задерживаются: %s: %s", type(error).__name__, str(error)[:200])
                wait, pause = pause, min(pause * 2, LONGEST_WAIT_SECONDS)
            if not self._queued.is_set():
                self._gone.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._queued.wait(), wait)

    async def _wait_seconds(self) -> float:
        due = await self._next_due()
        if due is None:
            return LONGEST_WAIT_SECONDS
        left = (due - self._clock.now()).total_seconds()
        return min(max(left, 0.05), LONGEST_WAIT_SECONDS)


async def make_up_missed_days(truth: PrefectView) -> None:
    """Does the daily pass that Prefect should have started and did not. Until cancelled."""
    while True:
        try:
            for programme_id in await truth.daily_missed():
                await truth.daily(programme_id)
        except Exception as error:
            log.warning("ежедневный обход отложен: %s", type(error).__name__)
        await asyncio.sleep(MISSED_DAYS_SECONDS)
