"""What counts as shown wrongly, for any damage done to a programme's runs in Prefect."""

from dataclasses import replace
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from flows.build import step_run_id
from flows.healing import difference
from flows.runs import SeenRun, stage_key
from services.prefect_view.picture import (
    ProgrammePicture,
    Shown,
    ShownType,
    StagePicture,
    StepPicture,
)

WAITING = Shown(ShownType.PENDING, "ждёт этапа")
CLOSED = Shown(ShownType.PAUSED, "закрыт")
UNDER_WAY = Shown(ShownType.PAUSED, "этап 1 · 0 из 6")


def shown_programme() -> tuple[ProgrammePicture, UUID, list[SeenRun], list[SeenRun]]:
    """Two stages of three steps, and exactly the runs that show them."""
    run_id = uuid4()
    flow_runs = [_seen(run_id, UNDER_WAY)]
    task_runs, stages = [], []
    for code in "12":
        stage = StagePicture(uuid4(), code, f"Этап {code}", CLOSED, None, ())
        stage_run = replace(_seen(uuid4(), CLOSED), key=stage_key(run_id, stage.id))
        flow_runs.append(stage_run)
        steps = []
        for number in "123":
            step = StepPicture(uuid4(), f"{code}.{number}", "Шаг", WAITING, None, "п", "с", "u")
            steps.append(replace(step, last_shown=step.key))
            task_runs.append(_seen(step_run_id(stage_run.id, step.id), WAITING))
        stages.append(replace(stage, last_shown=stage.key, steps=tuple(steps)))
    picture = ProgrammePicture(uuid4(), "План", "Школа", 1, UNDER_WAY, tuple(stages))
    return picture, run_id, flow_runs, task_runs


def _seen(run_id: UUID, shown: Shown) -> SeenRun:
    return SeenRun(run_id, uuid4(), None, None, shown.type.upper(), shown.name)


def test_what_is_shown_as_it_should_be_differs_in_nothing():
    assert not difference(*shown_programme())


@given(deleted=st.sets(st.integers(0, 5)), changed=st.sets(st.integers(0, 5)))
def test_exactly_the_steps_deleted_or_set_by_hand_differ(deleted: set[int], changed: set[int]):
    picture, run_id, flow_runs, task_runs = shown_programme()
    damaged = [
        replace(run, state_type="COMPLETED", state_name="Completed") if at in changed else run
        for at, run in enumerate(task_runs)
        if at not in deleted
    ]
    steps = [step for stage in picture.stages for step in stage.steps]
    found = difference(picture, run_id, flow_runs, damaged)
    assert found.ids == {steps[at].id for at in deleted | changed}
    assert not found.programme


def test_a_lost_stage_takes_its_steps_along():
    picture, run_id, flow_runs, task_runs = shown_programme()
    found = difference(picture, run_id, flow_runs[:-1], task_runs)
    lost = picture.stages[1]
    assert found.lost_stages
    assert found.ids == {lost.id, *(step.id for step in lost.steps)}


def test_runs_of_what_a_revision_took_out_are_surplus():
    picture, run_id, flow_runs, task_runs = shown_programme()
    first = picture.stages[0]
    smaller = replace(picture, stages=(replace(first, steps=first.steps[:2]),))
    parents = [
        replace(run, parent_id=flow_runs[1 + at // 3].id) for at, run in enumerate(task_runs)
    ]

    found = difference(smaller, run_id, flow_runs, parents)

    assert [run.id for run in found.surplus] == [flow_runs[2].id, parents[2].id]
    assert difference(picture, run_id, flow_runs, parents).surplus == ()


def test_a_stage_never_shown_is_left_to_the_next_pass():
    picture, run_id, flow_runs, task_runs = shown_programme()
    unseen = replace(picture.stages[1], last_shown=None)
    newer = replace(picture, stages=(picture.stages[0], unseen))
    assert not difference(newer, run_id, flow_runs[:-1], task_runs)


def test_a_cancelled_or_missing_programme_run_differs():
    picture, run_id, flow_runs, task_runs = shown_programme()
    cancelled = [replace(flow_runs[0], state_type="CANCELLED", state_name="Cancelled")]
    assert difference(picture, run_id, cancelled + flow_runs[1:], task_runs).programme
    assert difference(picture, run_id, flow_runs[1:], task_runs).programme
