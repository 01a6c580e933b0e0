"""Revising a running road map."""

import pytest

from roadmap.errors import InputWrong, MoveRefused
from roadmap.loader import Loaded, load_text
from roadmap.states import StageState, StepState
from services.people.cards import add_person
from services.plan.revision import apply_revision, revision_difference
from services.steps.moves import report_step
from tests.integration.conftest import Running


def edited(loaded: Loaded, old: str, new: str) -> Loaded:
    assert old in loaded.text
    return load_text(loaded.text.replace(old, new, 1), loaded.file)


async def test_the_same_file_changes_nothing(running: Running, shipped: Loaded) -> None:
    assert await revision_difference(running.karta, running.programme_id, shipped) == ()


async def test_a_later_date_is_shown_first_and_then_applied(
    running: Running, shipped: Loaded
) -> None:
    new = edited(shipped, "due: Ноябрь 2021", "due: Декабрь 2021")
    (difference,) = await revision_difference(running.karta, running.programme_id, new)
    assert difference.words == "2.1, срок: декабрь 2021 (был ноябрь 2021)"
    assert (await running.rows()).step("2.1").due_end.month == 11

    curator = await running.actor("curator")
    await apply_revision(running.karta, running.programme_id, new, by=curator)

    step = (await running.rows()).step("2.1")
    assert (step.due_text, step.due_end.month, step.plan_end.month) == ("Декабрь 2021", 12, 11)
    assert await revision_difference(running.karta, running.programme_id, new) == ()


ONE_MORE = """      - id: 1.5
        title: Классный час
        due: Октябрь 2021
        owner: director

  - id: 2
"""


async def test_done_steps_stay_done_and_a_finished_stage_is_not_reopened_by_chance(
    running: Running, shipped: Loaded
) -> None:
    await running.done("1.1", "1.2", "1.3", "1.4")
    curator = await running.actor("curator")
    new = edited(shipped, "\n  - id: 2\n", "\n" + ONE_MORE)

    with pytest.raises(MoveRefused, match="завершённый этап 1 снова откроется"):
        await apply_revision(running.karta, running.programme_id, new, by=curator)
    with pytest.raises(InputWrong, match="напишите причину"):
        await apply_revision(running.karta, running.programme_id, new, by=curator, force=True)
    await apply_revision(
        running.karta, running.programme_id, new, by=curator, force=True, reason="решил педсовет"
    )

    rows = await running.rows()
    assert rows.step("1.1").state is StepState.DONE
    assert rows.step("1.5").state is StepState.OPEN
    assert rows.stage("1").state is StageState.OPEN
    assert rows.stage("2").state is StageState.OPEN


async def test_dropping_a_done_step_needs_force(running: Running, shipped: Loaded) -> None:
    await running.done("1.4")
    curator = await running.actor("curator")
    start = shipped.text.index("      - id: 1.4")
    end = shipped.text.index("  - id: 2\n")
    new = load_text(shipped.text[:start] + shipped.text[end:])

    with pytest.raises(MoveRefused, match="1.4 убрано, хотя оно уже завершено"):
        await apply_revision(running.karta, running.programme_id, new, by=curator)

    await apply_revision(
        running.karta, running.programme_id, new, by=curator, force=True, reason="не нужно"
    )
    assert "1.4" not in {step.code for step in (await running.rows()).steps}


async def test_a_date_moved_by_hand_stays_when_the_file_did_not_change_it(
    running: Running, shipped: Loaded
) -> None:
    from datetime import date

    from services.steps.corrections import move_due

    curator = await running.actor("curator")
    await move_due(
        running.karta,
        await running.target("2.1"),
        by=curator,
        end=date(2021, 12, 20),
        reason="карантин",
    )

    new = edited(shipped, "Формирование базы наставляемых\n    task", "Базы\n    task")
    await apply_revision(running.karta, running.programme_id, new, by=curator)

    assert (await running.rows()).step("2.1").due_end == date(2021, 12, 20)


async def test_a_role_that_comes_or_goes_is_shown_and_applied(
    running: Running, shipped: Loaded
) -> None:
    director = await running.actor("director")
    more = edited(shipped, "email: social@talon.example", "email: social@talon.example\n"
                  "    roles: [owner, curator]")  # fmt: skip

    (difference,) = await revision_difference(running.karta, running.programme_id, more)
    assert "роли: куратор, ответственный (были: ответственный)" in difference.words
    await apply_revision(running.karta, running.programme_id, more, by=director)
    assert (await running.rows()).person("social").roles == ["curator", "owner"]
    await apply_revision(running.karta, running.programme_id, shipped, by=director)
    assert (await running.rows()).person("social").roles == ["owner"]


async def test_two_people_may_change_addresses_with_each_other(
    running: Running, shipped: Loaded
) -> None:
    curator = await running.actor("curator")
    text = shipped.text.replace("social@talon", "third@talon").replace(
        "curator@talon", "social@talon"
    )
    swapped = load_text(text.replace("third@talon", "curator@talon"))

    await apply_revision(running.karta, running.programme_id, swapped, by=curator)

    rows = await running.rows()
    assert rows.person("social").email == "curator@talon.example"
    assert rows.person("curator").email == "social@talon.example"


async def test_an_address_that_is_somebody_elses_is_refused_by_name(
    running: Running, shipped: Loaded
) -> None:
    director = await running.actor("director")
    await add_person(running.karta, by=director, email="ok@talon.example", name="Новая Н.Н.")
    new = edited(shipped, "social@talon.example", "ok@talon.example")

    with pytest.raises(InputWrong, match="уже указан у сотрудника Новая"):
        await apply_revision(running.karta, running.programme_id, new, by=director)


async def test_zone_name_and_period_follow_the_file(running: Running, shipped: Loaded) -> None:
    curator = await running.actor("curator")
    text = shipped.text.replace("Asia/Magadan", "Asia/Kamchatka").replace(
        "31.12.2022", "31.01.2023"
    )
    new = load_text(text.replace("name: МКОУ «ООШ с. Талон»", "name: Школа Талона"))

    words = [d.words for d in await revision_difference(running.karta, running.programme_id, new)]
    assert words[0] == "школа: Школа Талона, часовой пояс Asia/Kamchatka"
    assert words[1].startswith("период: ")
    await apply_revision(running.karta, running.programme_id, new, by=curator)

    organisation = (await running.rows()).organisation
    assert (organisation.name, organisation.zone) == ("Школа Талона", "Asia/Kamchatka")


async def test_dropping_a_reported_step_needs_force(running: Running, shipped: Loaded) -> None:
    director, curator = await running.actor("director"), await running.actor("curator")
    await report_step(running.karta, await running.target("1.4"), by=director, note="провели")
    start = shipped.text.index("      - id: 1.4")
    new = load_text(shipped.text[:start] + shipped.text[shipped.text.index("  - id: 2\n") :])

    with pytest.raises(MoveRefused, match="1.4 убрано, хотя по нему сдан отчёт"):
        await apply_revision(running.karta, running.programme_id, new, by=curator)
