"""What Prefect shows against what it should show: pure comparison."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flows.build import step_run_id
from flows.runs import SeenRun, stage_key
from services.prefect_view.picture import ProgrammePicture


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """What of a programme is shown otherwise than we remember having shown it.

    ids: stages and steps, by their own ids. programme: its run itself.
    lost_stages: whether a stage's run is no longer below the programme's.
    surplus: runs of stages and steps that a revision has taken out of the road map.
    """

    ids: frozenset[UUID]
    programme: bool
    lost_stages: bool
    surplus: tuple[SeenRun, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids) or self.programme


def difference(
    picture: ProgrammePicture,
    programme_run_id: UUID,
    flow_runs: Iterable[SeenRun],
    task_runs: Iterable[SeenRun],
) -> ShownDifference:
    """Compares the runs seen with the states last shown.

    A stage or step that was never shown is not a difference: the next pass shows it anyway.
    """
    programme_state = None
    stages: dict[str, SeenRun] = {}
    for run in flow_runs:
        if run.id == programme_run_id:
            programme_state = run.shown
        elif run.key:
            stages[run.key] = run
    task_runs = list(task_runs)
    steps = {run.id: run.shown for run in task_runs}
    ids: set[UUID] = set()
    lost = False
    for stage in picture.stages:
        if stage.last_shown is None:
            continue
        stage_run = stages.get(stage_key(programme_run_id, stage.id))
        if stage_run is None:
            lost = True
            ids |= {stage.id, *(step.id for step in stage.steps)}
            continue
        if stage_run.shown != _state_of(stage.last_shown):
            ids.add(stage.id)
        ids |= {
            step.id
            for step in stage.steps
            if step.last_shown is not None
            and steps.get(step_run_id(stage_run.id, step.id)) != _state_of(step.last_shown)
        }
    return ShownDifference(
        frozenset(ids),
        programme_state != picture.state.key,
        lost,
        _surplus(picture, programme_run_id, stages, task_runs),
    )


def _surplus(
    picture: ProgrammePicture,
    programme_run_id: UUID,
    stages: Mapping[str, SeenRun],
    task_runs: Iterable[SeenRun],
) -> tuple[SeenRun, ...]:
    own = {key: run for key, run in stages.items() if key.startswith(f"{programme_run_id}:")}
    wanted = {stage_key(programme_run_id, stage.id): stage for stage in picture.stages}
    steps = {
        step_run_id(own[key].id, step.id)
        for key, stage in wanted.items()
        if key in own
        for step in stage.steps
    }
    kept = {run.id for key, run in own.items() if key in wanted}
    return (
        *(run for key, run in own.items() if key not in wanted),
        *(run for run in task_runs if run.parent_id in kept and run.id not in steps),
    )


def _state_of(shown: str) -> str:
    """The part of a remembered key that is the state: «paused:на проверке#1f2e…»."""
    return shown.rpartition("#")[0]
