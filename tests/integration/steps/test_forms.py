"""The forms of a step's page: one for everything its reader may do, refused ones as typed."""

from datetime import datetime, timedelta

import pytest

from roadmap.loader import load_text
from services.steps.card import StepCard, card_of
from services.steps.evidence import LinkAttachment
from services.steps.meetings import set_meeting
from services.steps.moves import finish_step, report_step, skip_step
from services.steps.proposals import ask_for_other_owner
from tests.integration.conftest import Running, StartSchool
from web.steps.form import Refused, ShownForm, shown_form
from web.steps.forms import FORMS

BASE = "/steps/1"
RECURRING = """
title: Согласия
organisation: {name: Школа, zone: Asia/Magadan}
period: {start: 2021-09-01, end: 2022-05-31}
people:
  director: {post: директор, email: d@school.example, roles: [director, curator]}
stages:
  - id: 1
    title: Согласия
    steps:
      - {id: 1.1, title: Сбор, due: "1 раз в четверть", owner: director, kind: consent}
"""


async def card(running: Running, code: str, key: str) -> StepCard:
    return await card_of(
        running.karta, (await running.target(code)).step_id, await running.actor(key)
    )


def labels(form: ShownForm) -> list[str]:
    return [field.label for row in form.rows for field in row]


def value(form: ShownForm, name: str) -> str:
    (found,) = [field.value for row in form.rows for field in row if field.name == name]
    return found


@pytest.fixture
async def busy(running: Running) -> Running:
    """1.1 done, 1.2 reported, 1.3 skipped, 2.2 with a request and a meeting."""
    director, social = await running.actor("director"), await running.actor("social")
    await running.done("1.1", "1.4")
    await report_step(running.karta, await running.target("1.2"), by=director, note="провели")
    await skip_step(running.karta, await running.target("1.3"), by=director, reason="было")
    await ask_for_other_owner(
        running.karta, await running.target("2.2"), by=social, owner_id=None, reason="не моё"
    )
    start = datetime(2021, 12, 15, 15)
    await set_meeting(
        running.karta, await running.target("2.2"), by=social, start=start,
        end=start + timedelta(hours=1), place="кабинет 12",
    )  # fmt: skip
    return running


async def test_everything_that_readers_may_do_has_a_form_and_every_form_has_its_readers(
    busy: Running,
) -> None:
    offered: set[str] = set()
    for code in ("1.1", "1.2", "1.3", "2.2"):
        for key in ("curator", "director", "social"):
            offered |= (await card(busy, code, key)).moves
    await busy.done("1.2")
    offered |= (await card(busy, "2.2", "social")).moves | (
        await card(busy, "2.2", "curator")
    ).moves

    assert offered == set(FORMS)


async def test_a_form_says_to_its_reader_what_it_asks_of_them(running: Running) -> None:
    await running.done("1.1", "1.2", "1.3", "1.4")
    own, theirs = await card(running, "2.2", "social"), await card(running, "2.2", "curator")

    mine = shown_form(FORMS["report"], own, BASE, None)
    other = shown_form(FORMS["report"], theirs, BASE, None)

    assert (mine.button, mine.is_main) == ("Отправить куратору", True)
    assert labels(mine)[1] == "Файлы – обязательно файл или ссылка"
    assert (other.button, other.is_main) == ("Отправить отчёт", False)
    assert (mine.action, mine.version) == ("/steps/1/report", own.step.version)


async def test_a_refused_form_keeps_what_was_typed_and_no_other_takes_it(busy: Running) -> None:
    shown = await card(busy, "2.2", "curator")
    refused = Refused("meeting", {"meeting-place": "зал", "reason": "так"}, False, "Не вышло.")

    forms = {move: shown_form(FORMS[move], shown, BASE, refused) for move in shown.moves}

    assert value(forms["meeting"], "meeting-place") == "зал"
    assert value(forms["meeting"], "meeting-day") == ""
    assert [move for move, form in forms.items() if form.error] == ["meeting"]
    assert value(forms["due"], "due") == shown.step.end.isoformat()
    assert value(forms["skip"], "reason") == ""


async def test_a_recurring_step_asks_for_a_reason_when_this_time_there_is_no_evidence(
    start_school: StartSchool,
) -> None:
    running = await start_school(load_text(RECURRING))
    director = await running.actor("director")
    link = LinkAttachment("school.example/first")
    await report_step(running.karta, await running.target("1.1"), by=director, attachments=[link])
    first = await card(running, "1.1", "director")
    await finish_step(running.karta, await running.target("1.1"), by=director)

    second = await card(running, "1.1", "director")

    assert labels(shown_form(FORMS["accept"], first, BASE, None)) == []
    assert labels(shown_form(FORMS["done"], second, BASE, None)) == [
        "Подтверждения нет. Почему принимаете без него"
    ]


async def test_files_are_to_be_chosen_again_when_a_report_was_refused(running: Running) -> None:
    shown = await card(running, "1.1", "director")
    refused = Refused("report", {"note": "провели"}, True, "Файл пуст.")

    form = shown_form(FORMS["report"], shown, BASE, refused)

    assert form.error == "Файл пуст. Файлы нужно выбрать заново, остальное сохранилось."
    assert value(form, "note") == "провели"


async def test_a_reason_typed_before_the_report_came_is_kept_for_accepting_it(
    running: Running,
) -> None:
    await running.done("1.1", "1.2", "1.3", "1.4")
    shown = await card(running, "2.2", "curator")
    refused = Refused("done", {"reason": "видел"}, False, "Пока страница была открыта.")

    assert value(shown_form(FORMS["accept"], shown, BASE, refused), "reason") == "видел"
