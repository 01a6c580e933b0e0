"""What Prefect is told, in words: states, the table, and when a step's card is laid anew."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from roadmap.states import ProgrammeState, StageState, StepState
from services.prefect_view.picture import (
    ProgrammePicture,
    Shown,
    ShownType,
    StagePicture,
    StepPicture,
    programme_shown,
    road_map_table,
    stage_shown,
    step_shown,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("state", "due", "words"),
    [
        (StepState.OPEN, date(2026, 11, 30), "в работе до 30.11"),
        (StepState.OPEN, TODAY, "в работе до 24.11"),
        (StepState.OPEN, date(2027, 1, 31), "в работе до 31.01.2027"),
        (StepState.OPEN, None, "в работе"),
        (StepState.OPEN, date(2026, 11, 23), "просрочено, срок был 23.11"),
        (StepState.RETURNED, date(2026, 11, 30), "на доработке до 30.11"),
        (StepState.RETURNED, date(2025, 12, 31), "на доработке, срок был 31.12.2025"),
        (StepState.REPORTED, date(2025, 12, 31), "на проверке"),
        (StepState.WAITING, date(2025, 12, 31), "ждёт этапа"),
        (StepState.DONE, date(2025, 12, 31), "выполнено"),
        (StepState.SKIPPED, date(2025, 12, 31), "не требуется"),
    ],
)
def test_a_step_is_named_as_the_director_would_say_it(state, due, words):
    assert step_shown(state, due, TODAY).name == words


def test_a_step_of_an_open_stage_names_the_steps_it_waits_for():
    assert step_shown(StepState.WAITING, None, TODAY, waits_for=("2.1", "2.2")).name == (
        "ждёт 2.1, 2.2"
    )


def test_an_open_stage_counts_what_is_done_or_not_required():
    steps = [StepState.DONE, StepState.SKIPPED, StepState.OPEN, StepState.REPORTED]
    assert stage_shown(StageState.OPEN, steps).name == "идёт: 2 из 4"


def test_a_programme_names_its_open_stages():
    steps = [StepState.DONE] * 6 + [StepState.WAITING] * 29
    one = {"1": StageState.DONE, "2": StageState.OPEN, "3": StageState.CLOSED}
    two = {**one, "3": StageState.OPEN}
    assert programme_shown(ProgrammeState.RUNNING, one, steps).name == "этап 2 · 6 из 35"
    assert programme_shown(ProgrammeState.RUNNING, two, steps).name == "этапы 2, 3 · 6 из 35"
    stopped = programme_shown(ProgrammeState.STOPPED, one, steps)
    assert stopped == Shown(ShownType.CANCELLED, "остановлена")


def a_step(**changes) -> StepPicture:
    step = StepPicture(
        id=uuid4(),
        code="2.1",
        title="Анкетирование",
        state=Shown(ShownType.PAUSED, "в работе до 30.11"),
        last_shown=None,
        owner_post="соц. педагог",
        due_text="ноябрь 2026",
        url="http://127.0.0.1:8000/steps/1",
    )
    return replace(step, **changes)


def test_a_step_shown_once_is_not_shown_again():
    step = a_step()
    assert step.is_changed
    assert not replace(step, last_shown=step.key).is_changed


def test_another_owner_changes_the_step_and_its_card():
    step = a_step()
    handed_over = replace(step, last_shown=step.key, owner_post="педагог-психолог")
    assert handed_over.is_changed
    assert handed_over.needs_card


def test_a_card_is_laid_when_the_step_opens_and_stays_when_it_is_done():
    waiting = a_step(state=Shown(ShownType.PENDING, "ждёт этапа"))
    assert not waiting.needs_card
    opened = a_step(last_shown=waiting.key)
    assert opened.needs_card
    done = a_step(state=Shown(ShownType.COMPLETED, "выполнено"), last_shown=opened.key)
    assert done.is_changed
    assert not done.needs_card


def test_the_table_lists_stages_and_steps_with_posts_and_dates():
    stage = StagePicture(
        uuid4(), "2", "База", Shown(ShownType.PAUSED, "идёт: 0 из 1"), None, (a_step(),)
    )
    picture = ProgrammePicture(
        uuid4(), "План", "Школа", 1, Shown(ShownType.PAUSED, "этап 2 · 0 из 1"), (stage,)
    )
    assert [list(row.values()) for row in road_map_table(picture)] == [
        ["2", "База", "идёт: 0 из 1", "", ""],
        ["2.1", "Анкетирование", "в работе до 30.11", "ноябрь 2026", "соц. педагог"],
    ]
