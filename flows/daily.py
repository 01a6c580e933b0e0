"""The daily pass: what time brings. Started by Prefect's schedule, once a day in each time zone."""

from collections.abc import Callable
from uuid import UUID

from prefect import Flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.build import VERSION, results_folder
from flows.deployment import DAILY_FLOW_NAME
from flows.runs import AnyFlow
from services.prefect_view.port import PrefectView


def daily_flow(truth: PrefectView, show: Callable[[UUID], None]) -> AnyFlow:
    """The flow; `show` asks for a pass over a programme, whose overdue steps now read so."""

    async def daily(zone: str) -> State:
        programmes = await truth.programmes_in(zone)
        for programme_id in programmes:
            await truth.daily(programme_id)
            show(programme_id)
        truth.wake_letters()
        get_run_logger().info("пройдено программ: %d", len(programmes))
        return Completed(name="пройден", message=f"программ: {len(programmes)}")

    return Flow(
        daily,
        name=DAILY_FLOW_NAME,
        version=VERSION,
        validate_parameters=False,
        persist_result=False,
        result_storage=results_folder(),
        retries=0,
    )
