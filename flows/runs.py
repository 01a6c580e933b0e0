"""The runs that a programme has in Prefect: finding, making and reading them."""

import json
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

import httpx
from prefect import Flow, Task
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, FlowRunPolicy, State
from prefect.exceptions import ObjectNotFound
from prefect.flow_engine import run_flow
from prefect.states import Pending

from services.prefect_view.picture import ProgrammePicture, StagePicture

Json = dict[str, Any]  # rows as Prefect's API sends them, of many shapes

AnyFlow = Flow[..., Any]
"""A flow of ours; Prefect's types want parameters and a result, and ours have neither."""

Filter = Literal["/flow_runs/filter", "/task_runs/filter"]

PAGE = 200
"""Rows Prefect's API returns at most in one answer."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """A run as Prefect has it. `key` is its idempotency key, None for a task run."""

    id: UUID
    flow_id: UUID | None
    parent_id: UUID | None
    key: str | None
    state_type: str
    state_name: str

    @property
    def shown(self) -> str:
        """In the form of `Shown.key`."""
        return f"{self.state_type.lower()}:{self.state_name}"


def is_gone(error: Exception) -> bool:
    """Whether Prefect's API says that there is no such run; it says so in two ways."""
    if isinstance(error, ObjectNotFound):
        return True
    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code == 404


def tag_of(programme_id: UUID) -> str:
    """The tag on every flow run of a programme: also finds those whose parent was deleted."""
    return f"karta-{programme_id.hex[:8]}"


def stage_key(programme_run_id: UUID, stage_id: UUID) -> str:
    """Idempotency key of a stage's run: making it twice gives the same run."""
    return f"{programme_run_id}:{stage_id}"


def known_run(run_id: UUID, flow_id: UUID) -> FlowRun:
    """A run the engine can take up by its ids alone; the engine reads the rest itself.

    It knows no deployment: for a deployment's run the engine would open a web socket and a thread
    to watch for suspensions, which we never ask for.
    """
    policy = FlowRunPolicy(retries=0, retry_delay=0)
    return FlowRun(id=run_id, flow_id=flow_id, name="", state=Pending(), empirical_policy=policy)


async def run_to_state(
    flow: AnyFlow, run: FlowRun, parameters: dict[str, Any] | None = None
) -> State:
    """Runs an async flow in this process; the state its run ends with."""
    running = run_flow(flow, flow_run=run, parameters=parameters or {}, return_type="state")
    # The engine is typed for plain and async flows at once.
    return await cast(Awaitable[State], running)


class Runs:
    """Reads and makes runs through Prefect's API. Raises httpx errors when it is not reached."""

    def __init__(self, client: PrefectClient) -> None:
        self._client = client
        self._flow_ids: dict[str, UUID] = {}

    async def make_programme_run(self, picture: ProgrammePicture, deployment_id: UUID) -> FlowRun:
        """The programme's run, made now unless it is there; what a deleted one left is removed."""
        run = await self._client.create_flow_run_from_deployment(
            deployment_id,
            name=picture.name,
            parameters={"programme_id": str(picture.id)},
            tags=[tag_of(picture.id)],
            # Pending, not scheduled: whoever made it takes it up, no worker fetches it.
            state=Pending(),
            idempotency_key=str(picture.id),
        )
        for left in await self._read_flow_runs({"tags": {"all_": [tag_of(picture.id)]}}):
            if left.id != run.id and not (left.key or "").startswith(str(run.id)):
                await self.delete(left.id)
        return run

    async def stage_runs(self, programme_run_id: UUID) -> dict[UUID, SeenRun]:
        """The stage runs there are, by the stage's id."""
        found = await self._read_flow_runs(
            {"parent_flow_run_id": {"any_": [str(programme_run_id)]}}
        )
        prefix = f"{programme_run_id}:"
        return {
            UUID(run.key.removeprefix(prefix)): run
            for run in found
            if run.key and run.key.startswith(prefix)
        }

    async def make_stage_run(
        self, picture: ProgrammePicture, stage: StagePicture, flow: AnyFlow, programme_run_id: UUID
    ) -> SeenRun:
        """The stage's run below the programme's, made now unless it is there."""
        parent = await self._client.create_task_run(
            Task(flow.fn, name=flow.name, version=flow.version),
            flow_run_id=programme_run_id,
            dynamic_key="0",
            name=stage.name,
        )
        if flow.name not in self._flow_ids:
            self._flow_ids[flow.name] = await self._client.create_flow_from_name(flow.name)
        wanted = {
            "flow_id": str(self._flow_ids[flow.name]),
            "name": stage.name,
            "tags": [tag_of(picture.id)],
            "parent_task_run_id": str(parent.id),
            "idempotency_key": stage_key(programme_run_id, stage.id),
            "state": {"type": "PENDING"},
        }
        made = _seen_flow_run(
            (await self._client.request("POST", "/flow_runs/", json=wanted)).json()
        )
        if made.parent_id == parent.id:
            return made
        # Somebody deleted the task run that held it: a run cannot be given another parent.
        await self.delete(made.id)
        return _seen_flow_run(
            (await self._client.request("POST", "/flow_runs/", json=wanted)).json()
        )

    def forget_flows(self) -> None:
        """Forgets the ids of flows: somebody may have deleted one."""
        self._flow_ids.clear()

    async def rename(self, run_id: UUID, name: str) -> None:
        await self._client.update_flow_run(run_id, name=name)

    async def force(self, run_id: UUID, state: State) -> None:
        """Puts a run into a state whatever Prefect's rules say. ObjectNotFound: no such run."""
        await self._client.set_flow_run_state(run_id, state, force=True)

    async def attach_table(
        self, run_id: UUID, key: str, table: list[dict[str, str]], description: str
    ) -> None:
        """Lays a table beside a run; the newest with a key is the one Prefect shows."""
        wanted = {
            "key": key,
            "type": "table",
            "description": description,
            "flow_run_id": str(run_id),
            "data": json.dumps(table),
        }
        await self._client.request("POST", "/artifacts/", json=wanted)

    async def delete(self, run_id: UUID) -> None:
        try:
            await self._client.delete_flow_run(run_id)
        except ObjectNotFound:
            return

    async def remove(self, surplus: SeenRun) -> None:
        """Takes a stage's run, with the task run that holds it, or a step's out of Prefect."""
        if surplus.flow_id is None:
            await self._delete_task_run(surplus.id)
            return
        await self.delete(surplus.id)
        if surplus.parent_id is not None:
            await self._delete_task_run(surplus.parent_id)

    async def _delete_task_run(self, run_id: UUID) -> None:
        try:
            await self._client.delete_task_run(run_id)
        except ObjectNotFound:
            return

    async def read_all(
        self, programme_run_ids: Iterable[UUID]
    ) -> tuple[list[SeenRun], list[SeenRun]]:
        """The flow runs (programmes' and stages') and the stages' task runs of these programmes."""
        ids = [str(run_id) for run_id in programme_run_ids]
        flow_runs = await self._read_flow_runs(
            {"operator": "or_", "id": {"any_": ids}, "parent_flow_run_id": {"any_": ids}}
        )
        task_runs = await self._read(
            "/task_runs/filter", {"flow_runs": {"parent_flow_run_id": {"any_": ids}}}
        )
        return flow_runs, [_seen_task_run(row) for row in task_runs]

    async def _read_flow_runs(self, which: Json) -> list[SeenRun]:
        rows = await self._read("/flow_runs/filter", {"flow_runs": which})
        return [_seen_flow_run(row) for row in rows]

    async def _read(self, path: Filter, body: Json) -> list[Json]:
        rows: list[Json] = []
        while True:
            asked = {**body, "limit": PAGE, "offset": len(rows), "sort": "ID_DESC"}
            answer = await self._client.request("POST", path, json=asked)
            page = answer.json()
            rows += page
            if len(page) < PAGE:
                return rows


def _seen_flow_run(row: Json) -> SeenRun:
    parent = row.get("parent_task_run_id")
    return SeenRun(
        id=UUID(row["id"]),
        flow_id=UUID(row["flow_id"]),
        parent_id=UUID(parent) if parent else None,
        key=row.get("idempotency_key"),
        state_type=row.get("state_type") or "",
        state_name=row.get("state_name") or "",
    )


def _seen_task_run(row: Json) -> SeenRun:
    parent = row.get("flow_run_id")
    return SeenRun(
        id=UUID(row["id"]),
        flow_id=None,
        parent_id=UUID(parent) if parent else None,
        key=None,
        state_type=row.get("state_type") or "",
        state_name=row.get("state_name") or "",
    )
