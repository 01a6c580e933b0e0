"""Buttons pressed in Prefect change nothing that is true, and their show is put right."""

import httpx

from roadmap.loader import Loaded, load_text
from tests.flows.conftest import Begin, Process, Shown, until


async def set_by_hand(
    api: httpx.AsyncClient, what: str, run_id: str, type_: str, name: str
) -> None:
    answer = await api.post(
        f"/{what}/{run_id}/set_state", json={"state": {"type": type_, "name": name}, "force": True}
    )
    answer.raise_for_status()


async def cancel(api: httpx.AsyncClient, run_id: str) -> None:
    """What the Cancel button does."""
    answer = await api.post(
        f"/flow_runs/{run_id}/set_state", json={"state": {"type": "CANCELLING"}, "force": False}
    )
    answer.raise_for_status()


async def assert_untouched(programme: Shown) -> None:
    """Nobody's step, stage or programme moved because of Prefect."""
    rows = await programme.rows()
    assert rows.programme.state == "running"
    assert {step.state for step in rows.steps[:4]} == {"open"}
    assert {step.state for step in rows.steps[4:]} == {"waiting"}


async def test_a_cancelled_programme_goes_on(begin: Begin, worker: Process, api: httpx.AsyncClient):
    programme = await begin()
    first = await programme.settled()
    await cancel(api, first.ids[""])
    view = await programme.shows(programme="PAUSED этап 1 · 0 из 35")
    assert view.ids == first.ids
    await assert_untouched(programme)


async def test_a_click_after_a_cancel_is_shown_in_the_same_run(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    first = await programme.settled()
    await set_by_hand(api, "flow_runs", first.ids[""], "CANCELLED", "Cancelled")
    await programme.done("1.1")
    view = await programme.shows(programme="PAUSED этап 1 · 1 из 35", s1_1="COMPLETED выполнено")
    assert view.ids == first.ids


async def test_a_resumed_programme_runs_its_flow_and_shows_the_same_again(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    first = await programme.settled()
    before = await programme.history(first.ids[""])

    async def resumed() -> list[str]:
        (await api.post(f"/flow_runs/{first.ids['']}/resume")).raise_for_status()
        await until(programme.look, lambda view: view.runs[""] == "PAUSED этап 1 · 0 из 35")
        return (await programme.history(first.ids[""]))[len(before) :]

    # Pressed during a pass, the button is answered by that pass.
    await until(resumed, lambda states: "RUNNING" in states)
    assert (await programme.look()).ids == first.ids
    await assert_untouched(programme)


async def test_a_deleted_programme_run_is_made_anew_without_remains(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    first = await programme.settled()
    (await api.delete(f"/flow_runs/{first.ids['']}")).raise_for_status()
    view = await until(
        programme.look, lambda seen: seen.runs and first.ids[""] not in seen.ids.values()
    )
    view = await programme.settled()
    assert len(view.runs) == 1 + 7 + 35
    left = await programme._filter("flow_runs", {"flow_runs": {"tags": {"all_": view.tags}}})
    assert len(left) == 1 + 7
    await assert_untouched(programme)


async def test_deleted_stages_come_back_with_their_steps(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    first = await programme.settled()
    (await api.delete(f"/flow_runs/{first.ids['2']}")).raise_for_status()
    place = (await api.get(f"/flow_runs/{first.ids['3']}")).json()["parent_task_run_id"]
    (await api.delete(f"/task_runs/{place}")).raise_for_status()
    view = await programme.shows(
        s2="PAUSED закрыт",
        s2_3="PENDING ждёт этапа",
        s3="PAUSED закрыт",
        s3_4="PENDING ждёт этапа",
    )
    assert len(view.runs) == 1 + 7 + 35
    assert view.stray == []


async def test_states_set_by_hand_are_put_right(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    first = await programme.settled()
    await set_by_hand(api, "task_runs", first.ids["1.1"], "COMPLETED", "Completed")
    await set_by_hand(api, "task_runs", first.ids["5.1"], "FAILED", "Failed")
    await set_by_hand(api, "flow_runs", first.ids["1"], "COMPLETED", "Completed")
    await set_by_hand(api, "flow_runs", first.ids["4"], "CRASHED", "Crashed")
    (await api.delete(f"/task_runs/{first.ids['6.1']}")).raise_for_status()
    view = await programme.shows(
        s1="PAUSED идёт: 0 из 4",
        s4="PAUSED закрыт",
        s5_1="PENDING ждёт этапа",
        s6_1="PENDING ждёт этапа",
        s1_1=first.runs["1.1"],
        programme="PAUSED этап 1 · 0 из 35",
    )
    assert view.ids == first.ids
    await assert_untouched(programme)


async def test_what_a_revision_takes_out_leaves_prefect_and_comes_back_once(
    begin: Begin, worker: Process, shipped: Loaded
):
    programme = await begin()
    await programme.settled()
    start = shipped.text.index("      - id: 1.4")
    shorter = load_text(shipped.text[:start] + shipped.text[shipped.text.index("  - id: 2\n") :])
    await programme.revise(shorter)
    await until(
        programme.look, lambda view: view is not None and len(view.ids) == 42 and not view.stray
    )
    await programme.revise(shipped)
    view = await programme.settled()
    assert view.stray == []


async def test_a_run_started_from_the_deployments_page_is_cancelled_as_not_needed(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    first = await programme.settled()
    deployment = (await api.get(f"/flow_runs/{first.ids['']}")).json()["deployment_id"]
    answer = await api.post(
        f"/deployments/{deployment}/create_flow_run",
        json={"parameters": {"programme_id": str(programme.id)}},
    )
    answer.raise_for_status()

    async def extra() -> str:
        run = (await api.get(f"/flow_runs/{answer.json()['id']}")).json()
        return f"{run['state_type']} {run['state_name']}"

    await until(extra, lambda state: state == "CANCELLED лишний запуск")
    assert (await programme.look()).runs == first.runs


async def test_a_deleted_deployment_is_made_anew_and_the_programme_goes_on(
    begin: Begin, worker: Process, api: httpx.AsyncClient
):
    programme = await begin()
    first = await programme.settled()
    deployment = (await api.get(f"/flow_runs/{first.ids['']}")).json()["deployment_id"]
    (await api.delete(f"/deployments/{deployment}")).raise_for_status()
    await programme.done("1.1")
    view = await programme.shows(programme="PAUSED этап 1 · 1 из 35", s1_1="COMPLETED выполнено")
    assert len(view.runs) == 1 + 7 + 35
