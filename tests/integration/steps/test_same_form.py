"""A form that is sent twice is one change; a form that says something else is not the same."""

from datetime import date

import pytest

from roadmap.errors import ChangedMeanwhile
from roadmap.states import StepState
from services.steps.change import Changed
from services.steps.corrections import move_due
from services.steps.evidence import FileAttachment
from services.steps.moves import report_step, restore_step, skip_step
from tests.integration.conftest import Running

PDF = FileAttachment("протокол.pdf", b"%PDF-1.4 first")
OTHER = FileAttachment("протокол.pdf", b"%PDF-1.4 second")


async def test_the_same_report_twice_is_one_report(running: Running) -> None:
    director, target = await running.actor("director"), await running.target("1.1")

    for _ in range(2):
        changed = await report_step(
            running.karta, target, by=director, note="провели", attachments=(PDF,)
        )

        assert changed == Changed("1.1", StepState.REPORTED)
    assert (await running.rows()).step("1.1").report_note == "провели"


async def test_what_has_become_of_a_step_is_told_as_it_is_at_the_end(running: Running) -> None:
    curator = await running.actor("curator")
    await skip_step(running.karta, await running.target("1.1"), by=curator, reason="уже было")

    changed = await restore_step(
        running.karta, await running.target("1.1"), by=curator, reason="всё же нужно"
    )

    assert changed == Changed("1.1", StepState.OPEN)  # its gate is open: it waits for nothing


@pytest.mark.parametrize(
    ("note", "file"), [("провели, ещё раз", PDF), ("провели", OTHER)], ids=["note", "file"]
)
async def test_another_report_from_the_same_old_page_is_told_what_changed(
    running: Running, note: str, file: FileAttachment
) -> None:
    director, target = await running.actor("director"), await running.target("1.1")
    await report_step(running.karta, target, by=director, note="провели", attachments=(PDF,))

    with pytest.raises(ChangedMeanwhile, match="на проверке"):
        await report_step(running.karta, target, by=director, note=note, attachments=(file,))


async def test_another_date_from_the_same_old_page_is_not_lost_in_silence(
    running: Running,
) -> None:
    curator, target = await running.actor("curator"), await running.target("1.3")
    first, second = date(2021, 11, 15), date(2021, 12, 1)
    await move_due(running.karta, target, by=curator, end=first, reason="карантин")
    await move_due(running.karta, target, by=curator, end=first, reason="карантин")

    with pytest.raises(ChangedMeanwhile):
        await move_due(running.karta, target, by=curator, end=second, reason="карантин")

    assert (await running.rows()).step("1.3").due_end == first
