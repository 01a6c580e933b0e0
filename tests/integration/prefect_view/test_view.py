"""A pass of Prefect's flows and a click at the same time, on a real database."""

import asyncio

from models.repository import load_programme
from services.prefect_view.database import DatabaseView
from tests.integration.conftest import Running


async def nothing_to_deliver() -> int:
    return 0


async def test_a_click_and_a_pass_never_wait_for_each_other(running: Running) -> None:
    truth = DatabaseView(running.karta, nothing_to_deliver)
    picture = await truth.settle(running.programme_id)
    stage = picture.stages[0]

    async with running.karta.transaction() as session:
        rows = await load_programme(session, running.programme_id, lock=True)
        showing = asyncio.create_task(truth.record_shown(picture, stage.steps, [stage]))
        await asyncio.sleep(0.3)  # the pass is now as far as it gets
        for step in rows.steps_of(rows.stages[0]):
            step.version += 1
            session.add(step)
        await session.flush()
    await showing

    assert (await running.rows()).step("1.1").version == 3
