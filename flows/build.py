"""Road map → Prefect: a flow for each stage, a task for each step, with ids that never change."""

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from prefect import Flow, Task, get_run_logger
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, StateType
from prefect.context import FlowRunContext
from prefect.settings import get_current_settings
from prefect.states import Paused
from prefect.task_engine import run_task_async

from flows.runs import AnyFlow
from services.prefect_view.picture import Shown, ShownType, StagePicture, StepPicture

YEARS = 10 * 366 * 24 * 3600
"""Seconds for which a paused programme may wait to be resumed: longer than any road map."""

VERSION = "1"
"""Given to every flow and task, else Prefect reads and hashes our source at each pass."""

Attend = Callable[[StepPicture], Awaitable[None]]
"""Makes sure that a step's letter has gone."""


def as_state(shown: Shown, message: str | None = None, *, resumable: bool = False) -> State:
    """Prefect's state; `resumable`: it waits without a process until somebody resumes it."""
    if shown.type is ShownType.PAUSED and resumable:
        return Paused(name=shown.name, message=message, reschedule=True, timeout_seconds=YEARS)
    return State(type=StateType[shown.type.name], name=shown.name, message=message)


def results_folder() -> Path:
    """A place for results, of which our flows keep none.

    A flow without one makes Prefect's engine ask its server for the default at every run, and wait
    for the answer in the loop's thread, where letters would wait too.
    """
    return Path(get_current_settings().results.local_storage_path)


def step_run_id(stage_run_id: UUID, step_id: UUID) -> UUID:
    """The one task run that a step has in its stage's run for its whole life."""
    return uuid5(stage_run_id, str(step_id))


def identifier(prefix: str, code: str) -> str:
    """A function's name from a number of the road map: «2.1» → `step_2_1`."""
    return f"{prefix}_{re.sub(r'[^0-9A-Za-zА-Яа-яЁё]', '_', code)}"


def stage_flow(stage: StagePicture, steps: Sequence[StepPicture], attend: Attend) -> AnyFlow:
    """The stage as a flow that attends to these of its steps and returns the stage's true state."""

    async def run_stage() -> State:
        context = FlowRunContext.get()
        assert context is not None and context.flow_run is not None  # the engine runs us
        run = context.flow_run
        for step in steps:
            await _run_step(step, run.id, attend)
        return as_state(stage.state)

    _rename(run_stage, identifier("stage", stage.code))
    return Flow(
        run_stage,
        name=stage.name,
        version=VERSION,
        validate_parameters=False,
        persist_result=False,
        result_storage=results_folder(),
        retries=0,
    )


def step_task(step: StepPicture, attend: Attend) -> Task[..., Any]:
    """The step as a task: its letter goes, its card is laid beside it, its true state returned."""

    async def run_step() -> State:
        await attend(step)
        if step.needs_card:
            await acreate_markdown_artifact(
                markdown=card(step), key=f"karta-{step.id.hex}", description=step.name
            )
        get_run_logger().info("%s – %s. %s", step.name, step.state.name, step.summary)
        return as_state(step.state, step.summary)

    _rename(run_step, identifier("step", step.code))
    return Task(
        run_step,
        name=step.name,
        task_run_name=lambda: step.name,
        version=VERSION,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=0,
    )


def card(step: StepPicture) -> str:
    """Markdown beside the step's run: who, by when, and the link to its page."""
    return (
        f"### {step.name}\n\n"
        f"- **Ответственный:** {step.owner_post}\n"
        f"- **Срок:** {step.due_text}\n"
        f"- [Открыть страницу мероприятия]({step.url})\n"
    )


async def _run_step(step: StepPicture, stage_run_id: UUID, attend: Attend) -> None:
    task = step_task(step, attend)
    task_run = await task.create_local_run(id=step_run_id(stage_run_id, step.id), parameters={})
    # Taking up a run that is already there spares the state «Pending», and an event with it.
    state = await run_task_async(task, task_run=task_run, parameters={}, return_type="state")
    if state is None or state.name != step.state.name:
        raise RuntimeError(f"step {step.code} is shown as {state}")


def _rename(function: Callable[..., object], name: str) -> None:
    # Prefect tells functions apart, and so their runs, by these two.
    function.__name__ = function.__qualname__ = name
