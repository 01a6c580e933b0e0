"""Processes that die and servers that are away: nothing is doubled, and the view catches up."""

from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from tests.flows.conftest import Begin, PrefectServer, Process, until


async def test_a_worker_killed_in_the_middle_of_a_pass_is_continued_by_the_next(
    begin: Begin, worker: Process
):
    programme = await begin()
    await until(programme.look, lambda view: view is not None and "3" in view.runs)
    worker.kill()
    broken = await programme.look()
    assert broken.runs[""] == "RUNNING Running"
    worker.start()
    view = await programme.settled()
    assert view.stray == []
    assert view.ids.items() >= broken.ids.items()


async def test_a_click_while_no_worker_lives_is_shown_by_the_next_one(
    begin: Begin, worker: Process
):
    programme = await begin()
    await programme.settled()
    worker.kill()
    await programme.done("1.1")
    worker.start()
    await programme.shows(programme="PAUSED этап 1 · 1 из 35", s1_1="COMPLETED выполнено")


async def test_with_prefect_stopped_the_day_goes_on_and_its_view_catches_up(
    begin: Begin, worker: Process, prefect_server: PrefectServer
):
    programme = await begin()
    first = await programme.settled()
    prefect_server.kill()
    await programme.done("1.1", "1.2", "1.3", "1.4")
    rows = await programme.rows()
    assert [stage.state for stage in rows.stages[:3]] == ["done", "open", "closed"]
    await until(programme.letters, lambda states: len(states) > 1 and set(states) == {"sent"})
    prefect_server.start()
    view = await programme.shows(
        programme="PAUSED этап 2 · 4 из 35",
        s1="COMPLETED завершён",
        s1_1="COMPLETED выполнено",
        s2="PAUSED идёт: 0 из 3",
    )
    assert view.ids == first.ids
    assert worker.running.poll() is None


async def test_a_worker_that_starts_before_prefect_waits_for_it(
    begin: Begin, worker: Process, prefect_server: PrefectServer
):
    worker.stop()
    prefect_server.stop()
    worker.start()
    programme = await begin()
    prefect_server.start()
    await programme.settled()


async def test_a_worker_told_to_stop_ends_cleanly(worker: Process):
    assert worker.stop() == 0
    assert "Traceback" not in worker.text()


def test_the_worker_log_so_far_names_nobody(worker: Process):
    assert "начал работу" in worker.text()
    for name in ("Москвина", "Белякова", "@talon.example"):
        assert name not in worker.text()


async def test_the_daily_pass_of_the_schools_time_zone_stands_in_prefects_schedule(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    await begin()

    async def schedules() -> dict[str, str]:
        found = (await api.post("/deployments/filter", json={})).json()
        return {
            entry["name"]: entry["schedules"][0]["schedule"]["timezone"]
            for entry in found
            if entry["schedules"]
        }

    seen = await until(schedules, bool)
    assert seen == {"Asia – Magadan, 07:30": "Asia/Magadan"}


async def test_the_daily_pass_started_by_prefect_comes_to_its_end(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    await programme.settled()
    found = (await api.post("/deployments/filter", json={})).json()
    daily = next(entry for entry in found if entry["schedules"])
    answer = await api.post(f"/deployments/{daily['id']}/create_flow_run", json={})

    async def state() -> str:
        run = (await api.get(f"/flow_runs/{answer.json()['id']}")).json()
        return f"{run['state_type']} {run['state_name']}"

    assert await until(state, lambda seen: seen.startswith("COMPLETED")) == "COMPLETED пройден"


async def test_prefect_has_the_next_daily_passes_planned(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    await begin()

    async def planned() -> list[datetime]:
        ahead = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
        found = (await api.post("/flow_runs/filter", json=ahead)).json()
        starts = [run["expected_start_time"] for run in found if run["auto_scheduled"]]
        return [datetime.fromisoformat(start) for start in starts]

    starts = await until(planned, bool)
    school = ZoneInfo("Asia/Magadan")
    assert {f"{start.astimezone(school):%H:%M}" for start in starts} == {"07:30"}
