"""A real Prefect server and worker process, shared by these tests; a programme for each test."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from sqlmodel import select

from flows.build import step_run_id
from flows.runs import stage_key
from models.database import asyncpg_arguments
from models.repository import ProgrammeRows, load_programme
from models.tables import Letter, Step
from roadmap.loader import Loaded
from roadmap.shifting import months_to_begin_in
from roadmap.states import ProgrammeState
from services.actor import actor_of
from services.installation.pg_trgm import provide_trigram
from services.installation.prefect_server import server_command, server_environment
from services.karta import Karta, wire
from services.people.finding import person_by
from services.plan.revision import apply_revision
from services.plan.starting import start_programme
from services.programme.stopping import stop_programme
from services.settings import Settings
from services.steps.change import Target
from services.steps.moves import finish_step

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90
"""How long a test waits for something that takes a second or two on an idle machine."""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """Looks again and again until what is seen is good; fails showing what was seen last."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen = await look()
        if good(seen):
            return seen
        assert time.monotonic() < end, f"last seen: {seen}"
        await asyncio.sleep(0.5)  # a look costs Prefect's server as much as a click


@dataclass
class Process:
    """A process of the product, started and ended by a test."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def stop(self) -> int:
        """Asks it to end; its exit code."""
        self.running.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        """Ends it in the middle of whatever it does."""
        self.running.kill()
        self._ended()

    def _ended(self) -> int:
        code = self.running.wait(20)
        self.running = None
        return code

    def text(self) -> str:
        return self.log.read_text("utf-8", "replace")


@dataclass
class PrefectServer(Process):
    port: int = 0

    def start(self) -> None:
        super().start()
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.api}/health").is_success:
                    return
            assert self.running.poll() is None, self.text()
            assert time.monotonic() < end, self.text()
            time.sleep(0.1)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"


@pytest.fixture(scope="session")
def flows_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flows")


def _database(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


async def _create(url: str, name: str, template: str = "template1") -> str:
    connection = await asyncpg.connect(**asyncpg_arguments(url))
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await connection.close()
    return _database(url, name)


@pytest.fixture(scope="session")
def prefect_server(postgres_url: str, flows_home: Path) -> Iterator[PrefectServer]:
    """Prefect's server on PostgreSQL, with the settings the product gives it."""

    async def prepare() -> str:
        url = await _create(postgres_url, f"prefect_{uuid4().hex[:8]}")
        connection = await asyncpg.connect(**asyncpg_arguments(url))
        folder = Path(str(asyncpg_arguments(postgres_url)["host"])).parent / "extensions"
        try:
            await provide_trigram(connection, folder)
        finally:
            await connection.close()
        return url

    url = asyncio.run(prepare())
    port = free_port()
    server = PrefectServer(
        server_command("127.0.0.1", port),
        # A schedule's runs are made at the next look, here soon instead of within some minutes.
        server_environment(flows_home, "127.0.0.1", port, url)
        | {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2"},
        flows_home / "server.log",
        port=port,
    )
    server.start()
    yield server
    if server.running:
        server.stop()


@pytest.fixture(scope="session")
def flows_database(postgres_url: str, template_database: str) -> str:
    """One database for all these tests: the worker serves it as it would a region's."""
    return asyncio.run(_create(postgres_url, f"flows_{uuid4().hex[:8]}", template_database))


@pytest.fixture(scope="session")
def worker_process(
    prefect_server: PrefectServer, flows_database: str, flows_home: Path
) -> Iterator[Process]:
    process = Process(
        [sys.executable, "-m", "flows.worker", "--sweep-seconds", "1"],
        {
            "KARTA_HOME": str(flows_home),
            "KARTA_DATABASE_URL": flows_database,
            "KARTA_PREFECT_PORT": str(prefect_server.port),
            "PREFECT_WORKER_QUERY_SECONDS": "1",
        },
        flows_home / "worker.log",
    )
    yield process
    if process.running:
        process.stop()


@pytest.fixture
def worker(worker_process: Process, prefect_server: PrefectServer) -> Process:
    """The worker, running, and so is Prefect's server, whatever the test before did to them."""
    if not prefect_server.running:
        prefect_server.start()
    if not worker_process.running:
        worker_process.start()
    return worker_process


@pytest.fixture
async def school(flows_database: str, flows_home: Path) -> AsyncIterator[Karta]:
    """Our own side: the database as the board's pages use it."""
    karta = wire(Settings(home=flows_home, _env_file=None), flows_database)
    yield karta
    await karta.close()


@dataclass
class View:
    """What Prefect's API shows of one programme, by number: states as «TYPE имя»."""

    runs: dict[str, str]
    names: dict[str, str]
    messages: dict[str, str]
    ids: dict[str, str]
    tags: list[str]
    stray: list[str] = field(default_factory=list)

    def states(self, *codes: str) -> list[str]:
        return [self.runs[code] for code in codes]


@dataclass
class Shown:
    """A started programme: act in it, look at it through Prefect's API."""

    karta: Karta
    id: UUID
    api: httpx.AsyncClient

    async def rows(self) -> ProgrammeRows:
        async with self.karta.transaction() as session:
            return await load_programme(session, self.id)

    async def run_id(self) -> str | None:
        run_id = (await self.rows()).programme.flow_run_id
        return str(run_id) if run_id else None

    async def done(self, *codes: str) -> None:
        """The curator marks steps done."""
        rows = await self.rows()
        async with self.karta.transaction() as session:
            curator = actor_of(await person_by(session, "curator", rows.organisation.id))
        for code in codes:
            step: Step = (await self.rows()).step(code)
            await finish_step(
                self.karta, Target(step.id, step.version), by=curator, reason="видел сам"
            )

    async def revise(self, loaded: Loaded) -> None:
        """The curator applies another road map."""
        rows = await self.rows()
        async with self.karta.transaction() as session:
            curator = actor_of(await person_by(session, "curator", rows.organisation.id))
        await apply_revision(self.karta, self.id, loaded, by=curator)

    async def letters(self) -> list[str]:
        """States of the programme's letters."""
        async with self.karta.transaction() as session:
            found = await session.exec(select(Letter.state).where(Letter.programme_id == self.id))
            return [str(state) for state in found]

    async def stop(self) -> None:
        """The director stops the programme, if it still goes on."""
        rows = await self.rows()
        if rows.programme.state == ProgrammeState.RUNNING:
            async with self.karta.transaction() as session:
                director = actor_of(await person_by(session, "director", rows.organisation.id))
            await stop_programme(self.karta, self.id, by=director, reason="проверка окончена")

    async def look(self) -> View | None:
        """None while there is no run at all. The programme's own run has the number «»."""
        run_id = await self.run_id()
        rows = await self.rows()
        if run_id is None:
            return None
        below = {"parent_flow_run_id": {"any_": [run_id]}}
        flow_runs = await self._filter(
            "flow_runs", {"flow_runs": {"operator": "or_", "id": {"any_": [run_id]}, **below}}
        )
        task_runs = await self._filter("task_runs", {"flow_runs": below})
        codes = {run_id: ""}
        keys = {stage_key(UUID(run_id), stage.id): stage for stage in rows.stages}
        for run in flow_runs:
            stage = keys.get(run["idempotency_key"] or "")
            if stage is not None:
                codes[run["id"]] = stage.code
                for step in rows.steps_of(stage):
                    codes[str(step_run_id(UUID(run["id"]), step.id))] = step.code
        found = [*flow_runs, *task_runs]
        return View(
            runs={codes[r["id"]]: _state(r) for r in found if r["id"] in codes},
            names={codes[r["id"]]: r["name"] for r in found if r["id"] in codes},
            messages={codes[r["id"]]: r["state"]["message"] for r in found if r["id"] in codes},
            ids={codes[r["id"]]: r["id"] for r in found if r["id"] in codes},
            tags=sorted({tag for r in found for tag in r["tags"]}),
            stray=[r["name"] for r in found if r["id"] not in codes],
        )

    async def shows(self, **wanted: str) -> View:
        """Waits until Prefect shows these states: `shows(s1_1="COMPLETED выполнено")`.

        `programme` is the programme's run, `s2` a stage, `s2_1` a step.
        """
        numbers = {
            "" if key == "programme" else key[1:].replace("_", "."): state
            for key, state in wanted.items()
        }
        return await until(
            self.look,
            lambda view: (
                view is not None
                and all(view.runs.get(number) == state for number, state in numbers.items())
            ),
        )

    async def settled(self) -> View:
        """Waits until everything is shown that a newly started programme has."""
        rows = await self.rows()
        return await until(
            self.look,
            lambda view: (
                view is not None
                and len(view.runs) == 1 + len(rows.stages) + len(rows.steps)
                and view.runs[""].startswith("PAUSED этап")
                and not any("Running" in s or s.endswith("Pending") for s in view.runs.values())
            ),
        )

    async def history(self, run_id: str) -> list[str]:
        """Types of the states that a flow's run has had, oldest first."""
        answer = await self.api.get("/flow_run_states/", params={"flow_run_id": run_id})
        answer.raise_for_status()
        return [state["type"] for state in answer.json()]

    async def _filter(self, what: str, body: dict) -> list[dict]:
        answer = await self.api.post(f"/{what}/filter", json={**body, "limit": 200})
        answer.raise_for_status()
        return answer.json()


def _state(run: dict) -> str:
    return f"{run['state_type']} {run['state_name']}"


@pytest.fixture
async def api(prefect_server: PrefectServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=prefect_server.api, timeout=20) as client:
        yield client


Begin = Callable[..., Awaitable[Shown]]


@pytest.fixture
async def begin(school: Karta, shipped: Loaded, api: httpx.AsyncClient) -> AsyncIterator[Begin]:
    """Starts the shipped road map, moved so that it begins in the current month."""

    begun: list[Shown] = []

    async def start(*, as_printed: bool = False) -> Shown:
        today = date.today()
        months = 0
        if not as_printed:
            months = months_to_begin_in(shipped.require(), today.year, today.month)
        started = await start_programme(school, shipped, months=months)
        begun.append(Shown(school, started.programme_id, api))
        return begun[-1]

    yield start
    for programme in begun:
        await programme.stop()
