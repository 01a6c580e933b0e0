"""Our kind of Prefect worker: runs in process what Prefect itself starts."""

import anyio.abc
from prefect.client.schemas.objects import FlowRun
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from flows.daily import daily_flow
from flows.deployment import POOL, POOL_TYPE
from flows.passes import Passes
from flows.runs import known_run, run_to_state
from services.prefect_view.port import PrefectView


class KartaResult(BaseWorkerResult):
    """A run that came to its end."""


class KartaWorker(BaseWorker[BaseJobConfiguration, BaseVariables, KartaResult]):
    """Takes from the pool «karta» what the schedule or a person's Resume started.

    A run costs no process and no container.

    Any number of workers on any machines may share the pool: Prefect hands each run to one.
    """

    type = POOL_TYPE
    _description = "Программы службы «Карта»; идут в процессе самого работника."

    def __init__(self, truth: PrefectView, passes: Passes, *, name: str) -> None:
        super().__init__(work_pool_name=POOL, name=name)
        self._truth = truth
        self._passes = passes

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> KartaResult:
        if task_status is not None:
            task_status.started(0)
        if flow_run.flow_id == (await self._passes.deployed()).programme_flow_id:
            await self._passes.resumed(flow_run)
        else:
            await run_to_state(
                daily_flow(self._truth, self._passes.want),
                known_run(flow_run.id, flow_run.flow_id),
                flow_run.parameters,
            )
        return KartaResult(identifier=str(flow_run.id), status_code=0)
