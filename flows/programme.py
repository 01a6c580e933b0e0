"""One pass over a programme: the flows that make Prefect show what is true."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import Abort, ObjectNotFound, Pause

from flows.build import VERSION, as_state, results_folder, stage_flow
from flows.runs import AnyFlow, Runs, SeenRun, is_gone, known_run, run_to_state
from services.prefect_view.picture import (
    ProgrammePicture,
    StagePicture,
    StepPicture,
    road_map_table,
)
from services.prefect_view.port import PrefectView

FLOW_NAME = "Дорожная карта"
MOST_ROUNDS = 20
"""Rounds after which a pass ends although changes keep coming: the next pass takes them."""


@dataclass(frozen=True, slots=True)
class StageRun:
    """A stage's run as a pass needs it."""

    id: UUID
    flow_id: UUID

    @classmethod
    def of(cls, run: SeenRun) -> Self:
        assert run.flow_id is not None  # only a task's run has none
        return cls(run.id, run.flow_id)


def being_repaired() -> State:
    """For a run whose state, set by hand, keeps its flow from running."""
    return State(type=StateType.PENDING, name="исправляется")


class Pass:
    """One pass over one programme: what its flows work with, and whether it came to its end.

    run_id: the programme's run in Prefect.
    known_stages: the runs of the programme's stages as far as this process knows them, by the
    stage's id; filled by the pass.
    """

    def __init__(
        self,
        truth: PrefectView,
        runs: Runs,
        programme_id: UUID,
        run_id: UUID,
        known_stages: dict[UUID, StageRun],
    ) -> None:
        self._truth = truth
        self._runs = runs
        self._programme_id = programme_id
        self._run_id = run_id
        self._stages = known_stages
        self._letters_woken = False
        self.picture: ProgrammePicture | None = None
        self.is_complete = False

    async def run(self, flow_id: UUID) -> State:
        """Runs the programme's flow in this process, and in it those of the changed stages."""
        return await run_to_state(self._flow(), known_run(self._run_id, flow_id))

    async def run_stages(self) -> None:
        """Runs the flows of the changed stages alone, then sets the programme's state.

        For a programme whose own flow has run in this process: running it at every click would
        add three requests and a change of state, a quarter of a step's CPU.
        """
        picture = await self._show_all()
        await self._runs.force(self._run_id, as_state(picture.state, resumable=True))

    def _flow(self) -> AnyFlow:
        async def programme() -> State:
            picture = await self._show_all()
            self.is_complete = True
            return as_state(picture.state, resumable=True)

        return Flow(
            programme,
            name=FLOW_NAME,
            version=VERSION,
            validate_parameters=False,
            persist_result=False,
            result_storage=results_folder(),
            retries=0,
        )

    async def _show_all(self) -> ProgrammePicture:
        picture = await self._settled()
        for _ in range(MOST_ROUNDS - 1):
            if await self._show(picture):
                return picture
            picture = await self._settled()
        await self._show(picture)
        return picture

    async def _settled(self) -> ProgrammePicture:
        picture = await self._truth.settle(self._programme_id)
        if picture is None:
            raise LookupError(f"programme {self._programme_id} is gone")
        self._letters_woken = False
        self.picture = picture
        return picture

    async def _show(self, picture: ProgrammePicture) -> bool:
        """Shows one version; False when there is a newer one already."""
        stages = picture.changed_stages
        steps: list[StepPicture] = []
        for stage in stages:
            changed = [step for step in stage.steps if step.is_changed]
            await self._show_stage(picture, stage, changed)
            steps += changed
        if stages:
            await self._runs.attach_table(
                self._run_id,
                f"karta-{picture.short_id}",
                road_map_table(picture),
                f"{picture.name} – {picture.state.name}",
            )
        return await self._truth.record_shown(picture, steps, stages)

    async def _show_stage(
        self, picture: ProgrammePicture, stage: StagePicture, steps: list[StepPicture]
    ) -> None:
        try:
            if await self._run_stage(picture, stage, steps):
                return
            await self._runs.force(self._stages[stage.id].id, being_repaired())
        except (ObjectNotFound, httpx.HTTPStatusError) as error:
            if not is_gone(error):
                raise
            # Deleted in Prefect, its steps' runs with it.
            self._runs.forget_flows()
            self._stages.pop(stage.id, None)
            steps = list(stage.steps)
        if not await self._run_stage(picture, stage, steps):
            raise RuntimeError(f"stage {stage.code} does not keep the state it is given")

    async def _run_stage(
        self, picture: ProgrammePicture, stage: StagePicture, steps: list[StepPicture]
    ) -> bool:
        """Whether the stage's flow ran and its run now has the stage's state."""
        flow = stage_flow(stage, steps, self._attend)
        run = await self._stage_run(picture, stage, flow)
        if stage.is_renamed:
            await self._runs.rename(run.id, stage.name)
        try:
            state = await run_to_state(flow, known_run(run.id, run.flow_id))
        except (Abort, Pause):
            return False  # a state set by hand stands in the way of Prefect's rules
        return bool(state.name == stage.state.name)

    async def _stage_run(
        self, picture: ProgrammePicture, stage: StagePicture, flow: AnyFlow
    ) -> StageRun:
        if stage.id not in self._stages:
            if not self._stages and stage.last_shown is not None:
                found = await self._runs.stage_runs(self._run_id)
                self._stages |= {key: StageRun.of(run) for key, run in found.items()}
            if stage.id not in self._stages:
                made = await self._runs.make_stage_run(picture, stage, flow, self._run_id)
                self._stages[stage.id] = StageRun.of(made)
        return self._stages[stage.id]

    async def _attend(self, step: StepPicture) -> None:
        # The letters of all steps that opened together leave together, before the first is shown.
        if not self._letters_woken:
            self._letters_woken = True
            self._truth.wake_letters()
