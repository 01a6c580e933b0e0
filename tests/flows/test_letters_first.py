"""Prefect's view waits for the letters, a moment at most: people wait for letters."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

from flows.deliverer import Letters
from services.clock import SystemClock


async def _nothing() -> None:
    return None


async def _none_waits() -> int:
    return 0


@asynccontextmanager
async def delivering(deliver: Callable[[], Awaitable[int]]):
    """A worker's letters at work."""
    letters = Letters(deliver, _nothing, _none_waits, SystemClock())
    task = asyncio.create_task(letters.run())
    try:
        yield letters
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_what_follows_letters_begins_after_the_last_of_them_has_left():
    happened: list[str] = []
    accepted = asyncio.Event()

    async def deliver() -> int:
        await accepted.wait()
        happened.append("letters have left")
        return 1

    async with delivering(deliver) as letters:
        await asyncio.sleep(0)

        async def view() -> None:
            await letters.gone()
            happened.append("the view is shown")

        shown = asyncio.create_task(view())
        await asyncio.sleep(0.05)
        accepted.set()
        await shown
    assert happened == ["letters have left", "the view is shown"]


async def test_letters_that_follow_one_another_are_one_burst():
    left = 0

    async def deliver() -> int:
        nonlocal left
        left += 1
        return 1

    async with delivering(deliver) as letters:

        async def burst() -> None:
            for _ in range(5):
                letters.queued()
                await asyncio.sleep(0.02)

        letters.queued()
        queueing = asyncio.create_task(burst())
        await letters.gone()
        assert queueing.done()
    assert left >= 5


async def test_a_mail_server_that_hangs_does_not_hold_the_view_up():
    async def deliver() -> int:
        await asyncio.Event().wait()
        return 0

    async with delivering(deliver) as letters:
        await asyncio.wait_for(letters.gone(), 60)


async def test_a_mail_server_that_refuses_does_not_hold_the_view_up():
    async def deliver() -> int:
        raise ConnectionError("no mail server")

    async with delivering(deliver) as letters:
        await asyncio.wait_for(letters.gone(), 60)
