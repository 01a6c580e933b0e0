"""Passes over programmes: asked for by clicks, schedules and the sweep; one at a time for each."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from uuid import UUID

import httpx
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import Abort, ObjectNotFound, Pause

from flows.deployment import Deployed
from flows.programme import Pass, StageRun, being_repaired
from flows.runs import Runs, is_gone
from services.prefect_view.picture import ProgrammePicture
from services.prefect_view.port import PrefectView

log = logging.getLogger("karta.worker")

AT_ONCE = 3
"""Passes under way in one process: they wait for Prefect's server most of the time."""


class PassEnd(StrEnum):
    DONE = "done"
    BUSY = "busy"  # another process is at it
    GONE = "gone"  # no such programme


class RunSpoilt(Exception):
    """A programme's run that Prefect no longer lets us use."""


class Passes:
    """Runs passes.

    deploy: makes sure that Prefect has our deployments, and tells their ids.
    gather_seconds: how long changes of one programme are gathered before their pass.
    letters_gone: waits until letters have left, which go before a pass; for a moment at most.
    on_failure: told when a pass failed; the sweep will ask for it again.
    """

    def __init__(
        self,
        truth: PrefectView,
        runs: Runs,
        deploy: Callable[[], Awaitable[Deployed]],
        letters_gone: Callable[[], Awaitable[None]],
        *,
        gather_seconds: float = 0.5,
        on_failure: Callable[[BaseException], None] = lambda error: None,
    ) -> None:
        self._truth = truth
        self._runs = runs
        self._deploy = deploy
        self._letters_gone = letters_gone
        self._deployed: Deployed | None = None
        self._gather_seconds = gather_seconds
        self._on_failure = on_failure
        self._wanted: set[UUID] = set()
        self._serving: dict[UUID, asyncio.Task[None]] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._known_stages: dict[UUID, dict[UUID, StageRun]] = {}
        self._ended: dict[UUID, float] = {}

    def want(self, programme_id: UUID) -> None:
        """A pass over this programme soon; asking again before it begins changes nothing."""
        self._wanted.add(programme_id)
        if programme_id not in self._serving:
            task = asyncio.create_task(self._serve(programme_id), name=f"passes {programme_id}")
            self._serving[programme_id] = task

    def is_quiet(self, programme_id: UUID, seconds: float) -> bool:
        """Whether this process has left the programme alone for a while."""
        ended = self._ended.get(programme_id)
        now = asyncio.get_running_loop().time()
        return programme_id not in self._serving and (ended is None or now - ended >= seconds)

    async def idle(self) -> None:
        """Waits until every pass asked for is over."""
        while self._serving:
            await asyncio.wait(list(self._serving.values()))

    async def close(self) -> None:
        """Ends the passes under way; what they did not show the next process shows."""
        for task in self._serving.values():
            task.cancel()
        await asyncio.gather(*self._serving.values(), return_exceptions=True)

    def forget_stages(self, programme_id: UUID) -> None:
        """Has the next pass run the programme's own flow and look its stages' runs up again."""
        self._known_stages.pop(programme_id, None)

    async def take(self, programme_id: UUID, *, resumed: bool = False) -> PassEnd:
        """One pass now, in the programme's own run, which is made or set right when need be.

        resumed: Prefect started the run, so the programme's own flow is to run.
        """
        async with self._truth.pass_lock(programme_id) as mine:
            if not mine:
                return PassEnd.BUSY
            run_id = await self._truth.run_of(programme_id)
            try:
                if run_id is not None and not resumed and self._known_stages.get(programme_id):
                    return await self._take_stages(programme_id, run_id)
                return await self._take(programme_id, run_id)
            except (ObjectNotFound, httpx.HTTPStatusError, RunSpoilt) as error:
                if not isinstance(error, RunSpoilt) and not is_gone(error):
                    raise
            # The run, its deployment or its flow was deleted in Prefect: all is made anew.
            log.info("запуск программы %s в Prefect удалён, создаётся заново", programme_id)
            self._deployed = None
            if run_id is not None:
                await self._runs.delete(run_id)
            return await self._take(programme_id, None)

    async def resumed(self, flow_run: FlowRun) -> None:
        """Takes up a run that Prefect started: a programme's own, or one that nobody needs."""
        programme_id = _uuid(flow_run.parameters.get("programme_id"))
        if programme_id and await self._truth.run_of(programme_id) == flow_run.id:
            if await self.take(programme_id, resumed=True) is PassEnd.BUSY:
                self.want(programme_id)
            return
        log.info("лишний запуск в Prefect %s отменён", flow_run.id)
        not_needed = State(type=StateType.CANCELLED, name="лишний запуск")
        await self._runs.force(flow_run.id, not_needed)

    async def deployed(self) -> Deployed:
        """Where our flows are in Prefect."""
        if self._deployed is None:
            self._deployed = await self._deploy()
        return self._deployed

    async def _take_stages(self, programme_id: UUID, run_id: UUID) -> PassEnd:
        """A pass over a programme whose runs this process has found in order before."""
        known = self._known_stages.pop(programme_id)
        await Pass(self._truth, self._runs, programme_id, run_id, known).run_stages()
        self._known_stages[programme_id] = known  # else the next pass looks everything up again
        return PassEnd.DONE

    async def _take(self, programme_id: UUID, run_id: UUID | None) -> PassEnd:
        deployed = await self.deployed()
        if run_id is None:
            picture = await self._truth.settle(programme_id)
            if picture is None:
                return PassEnd.GONE
            run_id = await self._make(picture)
        for attempt in range(3):
            stages = self._known_stages.setdefault(programme_id, {})
            one = Pass(self._truth, self._runs, programme_id, run_id, stages)
            try:
                state = await one.run(deployed.programme_flow_id)
                shown = one.picture
                if one.is_complete and shown and state.name == shown.state.name:
                    return PassEnd.DONE
            except (Abort, Pause):
                # A state set by hand stands in the way of Prefect's rules.
                pass
            if attempt == 0:
                log.info(
                    "запуск программы %s в Prefect изменён вручную, исправляется", programme_id
                )
            await self._runs.force(run_id, being_repaired())
        raise RunSpoilt(f"run {run_id} does not keep the state it is given")

    async def _make(self, picture: ProgrammePicture) -> UUID:
        deployed = await self.deployed()
        run = await self._runs.make_programme_run(picture, deployed.programme_deployment_id)
        await self._truth.remember_run(picture.id, run.id)
        self.forget_stages(picture.id)
        shown = [stage.id for stage in picture.stages if stage.last_shown is not None]
        if shown:
            steps = [step.id for stage in picture.stages for step in stage.steps]
            await self._truth.forget_shown(picture.id, [*shown, *steps])
        return run.id

    async def _serve(self, programme_id: UUID) -> None:
        try:
            while programme_id in self._wanted:
                await asyncio.sleep(self._gather_seconds)
                await self._letters_gone()
                async with self._at_once:
                    self._wanted.discard(programme_id)
                    await self.take(programme_id)
        except Exception as error:
            self._wanted.discard(programme_id)
            log.warning("программа %s не показана в Prefect: %s", programme_id, _said(error))
            self._on_failure(error)
        finally:
            self._ended[programme_id] = asyncio.get_running_loop().time()
            self._serving.pop(programme_id, None)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _said(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
