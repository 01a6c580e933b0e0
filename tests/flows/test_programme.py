"""What the director sees in Prefect: one run, its stages, its steps, in Russian, never twice."""

import asyncio
import json

from tests.flows.conftest import Begin, Process, until


async def test_a_started_programme_is_one_run_with_seven_stages_and_thirty_five_steps(
    begin: Begin, worker: Process
):
    view = await (await begin()).settled()
    assert len(view.runs) == 1 + 7 + 35
    assert view.stray == []
    assert view.names[""].startswith("МКОУ «ООШ с. Талон» · План мероприятий")
    assert view.names["2"] == "2. Формирование базы наставляемых"
    assert view.names["4.4"] == "4.4 Обучение наставников"


async def test_states_are_school_russian(begin: Begin, worker: Process):
    view = await (await begin()).settled()
    assert view.runs[""] == "PAUSED этап 1 · 0 из 35"
    assert view.states("1", "2") == ["PAUSED идёт: 0 из 4", "PAUSED закрыт"]
    assert view.runs["1.1"].startswith("PAUSED в работе до ")
    assert view.runs["2.1"] == "PENDING ждёт этапа"


async def test_a_step_late_since_last_year_says_so(begin: Begin, worker: Process):
    programme = await begin(as_printed=True)
    view = await programme.settled()
    assert view.runs["1.1"] == "PAUSED просрочено, срок был 30.09.2021"


async def test_a_steps_run_tells_owner_due_date_and_page_but_nobodys_name(
    begin: Begin, worker: Process
):
    programme = await begin()
    view = await programme.settled()
    step = (await programme.rows()).step("1.1")
    assert "Ответственный: директор школы." in view.messages["1.1"]
    assert f"/steps/{step.id}" in view.messages["1.1"]
    card = await until(
        lambda: programme._filter(
            "artifacts", {"artifacts": {"key": {"any_": [f"karta-{step.id.hex}"]}}}
        ),
        bool,
    )
    assert card[0]["task_run_id"] == view.ids["1.1"]
    assert f"/steps/{step.id})" in card[0]["data"]
    for told in (*view.messages.values(), card[0]["data"], *view.names.values()):
        assert "Москвина" not in (told or "")


async def test_a_click_is_shown_and_the_next_stage_opens_when_the_stage_is_complete(
    begin: Begin, worker: Process
):
    programme = await begin()
    await programme.settled()
    await programme.done("1.1")
    view = await programme.shows(programme="PAUSED этап 1 · 1 из 35", s1_1="COMPLETED выполнено")
    assert view.states("1", "2") == ["PAUSED идёт: 1 из 4", "PAUSED закрыт"]
    await programme.done("1.2", "1.3", "1.4")
    view = await programme.shows(programme="PAUSED этап 2 · 4 из 35", s1_4="COMPLETED выполнено")
    assert view.states("1", "2") == ["COMPLETED завершён", "PAUSED идёт: 0 из 3"]
    view = await until(
        programme.look, lambda seen: seen.runs["2.1"].startswith("PAUSED в работе до ")
    )
    assert view.states("3", "3.1") == ["PAUSED закрыт", "PENDING ждёт этапа"]


async def test_a_click_runs_its_stages_flow_and_not_the_programmes(begin: Begin, worker: Process):
    programme = await begin()
    ids = (await programme.settled()).ids
    before = {code: await programme.history(ids[code]) for code in ("", "1")}
    await programme.done("1.1")
    await programme.shows(programme="PAUSED этап 1 · 1 из 35", s1_1="COMPLETED выполнено")
    since = {
        code: (await programme.history(ids[code]))[len(states) :] for code, states in before.items()
    }
    assert set(since[""]) == {"PAUSED"}
    assert since["1"][:2] == ["RUNNING", "PAUSED"]


async def test_many_clicks_leave_one_run_for_each_step(begin: Begin, worker: Process):
    programme = await begin()
    first = await programme.settled()
    for code in ("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3"):
        await programme.done(code)
        await asyncio.sleep(0.3)
    view = await programme.shows(programme="PAUSED этап 3 · 7 из 35", s2_3="COMPLETED выполнено")
    assert view.ids == first.ids
    assert view.stray == []


async def test_the_road_map_table_is_kept_current(begin: Begin, worker: Process):
    programme = await begin()
    view = await programme.settled()
    await programme.done("1.1")
    await programme.shows(programme="PAUSED этап 1 · 1 из 35")  # set after the table is laid
    which = {"artifacts": {"key": {"any_": [f"karta-{programme.id.hex[:8]}"]}}}
    newest = await programme._filter("artifacts", {**which, "sort": "CREATED_DESC"})
    assert newest[0]["flow_run_id"] == view.ids[""]
    rows = {row["№"]: row for row in json.loads(newest[0]["data"])}
    assert len(rows) == 7 + 35
    assert rows["1.1"]["Состояние"] == "выполнено"
    assert rows["1.1"]["Ответственный"] == "директор школы"


async def test_a_finished_programme_is_a_completed_run(begin: Begin, worker: Process):
    programme = await begin()
    await programme.settled()
    await programme.done(*[step.code for step in (await programme.rows()).steps])
    view = await programme.shows(programme="COMPLETED завершена", s7_1="COMPLETED выполнено")
    assert set(view.states(*"1234567")) == {"COMPLETED завершён"}


async def test_a_stopped_programme_is_a_cancelled_run(begin: Begin, worker: Process):
    programme = await begin()
    await programme.settled()
    await programme.stop()
    await programme.shows(programme="CANCELLED остановлена")
