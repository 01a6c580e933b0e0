"""The sweep: what no notification tells. Every half minute, a handful of programmes at a time."""

import logging
from uuid import UUID

from flows.healing import difference
from flows.passes import Passes
from flows.runs import Runs
from services.prefect_view.port import PrefectView

log = logging.getLogger("karta.worker")

AT_A_TIME = 5
"""Programmes compared in one sweep: their task runs fill one page of Prefect's API."""

QUIET_SECONDS = 3
"""After a pass Prefect writes the states of task runs a second or two later."""


class Sweep:
    """Finds programmes that Prefect shows otherwise than they are, and asks for their passes."""

    def __init__(self, truth: PrefectView, runs: Runs, passes: Passes) -> None:
        self._truth = truth
        self._runs = runs
        self._passes = passes
        self._compared: UUID | None = None

    async def lagging(self) -> int:
        """Asks for a pass over every programme with a version that Prefect does not show."""
        found = await self._truth.lagging()
        for programme_id in found:
            self._passes.want(programme_id)
        return len(found)

    async def compare_some(self) -> int:
        """Compares the next few programmes with Prefect; how many differ."""
        return await self._compare(self._next(await self._truth.running_programmes()))

    async def compare_all(self) -> int:
        """Compares every running programme: after a start, when anything may have happened."""
        programmes = await self._truth.running_programmes()
        pages = range(0, len(programmes), AT_A_TIME)
        return sum([await self._compare(programmes[i : i + AT_A_TIME]) for i in pages])

    def _next(self, programmes: list[UUID]) -> list[UUID]:
        start = 0
        if self._compared in programmes and len(programmes) > AT_A_TIME:
            start = programmes.index(self._compared) + 1
        chosen = [*programmes[start:], *programmes[:start]][:AT_A_TIME]
        self._compared = chosen[-1] if chosen else None
        return chosen

    async def _compare(self, programmes: list[UUID]) -> int:
        known: dict[UUID, UUID] = {}
        for programme_id in programmes:
            run_id = await self._truth.run_of(programme_id)
            if run_id is not None and self._passes.is_quiet(programme_id, QUIET_SECONDS):
                known[programme_id] = run_id
        if not known:
            return 0
        flow_runs, task_runs = await self._runs.read_all(known.values())
        found = 0
        for programme_id, run_id in known.items():
            picture = await self._truth.settle(programme_id)
            if picture is None or not self._passes.is_quiet(programme_id, 0):
                continue
            differs = difference(picture, run_id, flow_runs, task_runs)
            for surplus in differs.surplus:
                await self._runs.remove(surplus)
            if not differs:
                continue
            found += 1
            async with self._truth.pass_lock(programme_id) as free:
                if not free:
                    continue  # another process is showing it just now
                if differs.lost_stages or differs.programme:
                    self._passes.forget_stages(programme_id)
                if differs.ids:
                    await self._truth.forget_shown(programme_id, differs.ids)
            log.info(
                "Prefect показывает программу %s неверно (мест: %d), исправляется",
                programme_id,
                len(differs.ids) + differs.programme,
            )
            self._passes.want(programme_id)
        return found
