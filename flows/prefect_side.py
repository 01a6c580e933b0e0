"""The worker's half that speaks to Prefect: there while Prefect is, waiting while it is not."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.settings import get_current_settings

from flows.deployment import deploy, schedule_daily
from flows.passes import Passes
from flows.pool import KartaWorker
from flows.runs import Runs
from flows.sweep import Sweep
from services.prefect_view.port import PrefectView

log = logging.getLogger("karta.worker")

LOOK_SECONDS = 2
"""How often a Prefect that is away is looked for."""

SWEEP_SECONDS = 30
STOP_SECONDS = 8
"""How long passes under way may take to end when the process is to stop."""


class PrefectLost(Exception):
    """Prefect's server no longer answers."""


class PrefectSide:
    """Keeps Prefect's view true for as long as `run` runs."""

    def __init__(
        self,
        truth: PrefectView,
        client: PrefectClient,
        letters_gone: Callable[[], Awaitable[None]],
        *,
        worker_name: str,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._truth = truth
        self._client = client
        self._letters_gone = letters_gone
        self._worker_name = worker_name
        self._sweep_seconds = sweep_seconds
        self._passes: Passes | None = None
        self._lost = asyncio.Event()
        self._sweep_now = asyncio.Event()

    def changed(self, programme_id: UUID) -> None:
        """A programme has a newer version. While Prefect is away nothing is kept: the sweep finds
        it in the database afterwards."""
        if self._passes is not None:
            self._passes.want(programme_id)

    def look_around(self) -> None:
        """Something may have been missed: sweep now."""
        self._sweep_now.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._reachable()
            try:
                await self._connected()
            except* (PrefectLost, httpx.HTTPError, OSError) as errors:
                log.warning("Prefect недоступен (%s), письма идут своим чередом", _first(errors))
            except* Exception as errors:
                log.error("Работа с Prefect прервана: %s", _first(errors), exc_info=errors)
                await asyncio.sleep(LOOK_SECONDS)

    async def _reachable(self) -> None:
        told = False
        while (error := await self._client.api_healthcheck()) is not None:
            if not told:
                log.info("Prefect ещё не отвечает (%s), жду", type(error).__name__)
                told = True
            await asyncio.sleep(LOOK_SECONDS)

    async def _connected(self) -> None:
        self._lost.clear()
        runs = Runs(self._client)
        passes = Passes(
            self._truth,
            runs,
            lambda: deploy(self._client),
            self._letters_gone,
            on_failure=self._failed,
        )
        await passes.deployed()
        self._passes = passes
        try:
            sweep = Sweep(self._truth, runs, passes)
            await sweep.lagging()
            log.info("Prefect на связи")
            worker = KartaWorker(self._truth, passes, name=self._worker_name)
            async with asyncio.TaskGroup() as group, worker:
                group.create_task(self._sweeping(sweep))
                settings = get_current_settings().worker
                group.create_task(_every(settings.query_seconds, worker.get_and_submit_flow_runs))
                group.create_task(_every(settings.heartbeat_seconds, worker.sync_with_backend))
                await self._lost.wait()
                raise PrefectLost
        finally:
            self._passes = None
            await self._finish(passes)

    async def _finish(self, passes: Passes) -> None:
        if not self._lost.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(passes.idle(), STOP_SECONDS)
        await passes.close()

    async def _sweeping(self, sweep: Sweep) -> None:
        everything = True
        zones: set[str] = set()
        while True:
            self._sweep_now.clear()
            await sweep.lagging()
            await (sweep.compare_all() if everything else sweep.compare_some())
            everything = False
            for zone in set(await self._truth.zones()) - zones:
                await schedule_daily(self._client, zone)
                zones.add(zone)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sweep_now.wait(), self._sweep_seconds)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, httpx.TransportError):
            self._lost.set()


async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await work()
        await asyncio.sleep(seconds)


def _first(errors: BaseException) -> str:
    while isinstance(errors, BaseExceptionGroup):
        errors = errors.exceptions[0]
    return f"{type(errors).__name__} {errors}".strip()[:200]
