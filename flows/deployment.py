"""What our flows need in Prefect before the first run: the work pool and the deployments."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

from flows.programme import FLOW_NAME
from roadmap.planner import DAILY_AT

POOL = "karta"
POOL_TYPE = "karta"
DAILY_FLOW_NAME = "Ежедневный обход"
PROGRAMME_DEPLOYMENT = "Программа"

PROGRAMME_PARAMETERS = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "programme_id": {"title": "Номер программы", "type": "string", "format": "uuid"}
    },
    "required": ["programme_id"],
}


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where our flows are in Prefect."""

    programme_flow_id: UUID
    programme_deployment_id: UUID


async def deploy(client: PrefectClient) -> Deployed:
    """Makes the work pool and the programme's deployment, or sets them right."""
    with suppress(ObjectAlreadyExists):
        await client.create_work_pool(
            WorkPoolCreate(
                name=POOL, type=POOL_TYPE, description="Работа службы «Карта»: идёт в её процессе"
            )
        )
    flow_id = await client.create_flow_from_name(FLOW_NAME)
    deployment_id = await client.create_deployment(  # or updates the one of this name
        flow_id,
        PROGRAMME_DEPLOYMENT,
        description="Один запуск – одна программа: этапы и мероприятия дорожной карты.",
        work_pool_name=POOL,
        parameter_openapi_schema=PROGRAMME_PARAMETERS,
        enforce_parameter_schema=True,
    )
    return Deployed(flow_id, deployment_id)


async def schedule_daily(client: PrefectClient, zone: str, at: time = DAILY_AT) -> UUID:
    """The daily pass of the schools in a time zone, every day at this time of theirs."""
    flow_id = await client.create_flow_from_name(DAILY_FLOW_NAME)
    name = f"{zone.replace('/', ' – ')}, {at:%H:%M}"
    with suppress(ObjectNotFound):
        found = await client.read_deployment_by_name(f"{DAILY_FLOW_NAME}/{name}")
        # Updating it would throw away the runs already scheduled.
        if found.work_pool_name == POOL:
            return found.id
    cron = CronSchedule(cron=f"{at.minute} {at.hour} * * *", timezone=zone)
    return await client.create_deployment(
        flow_id,
        name,
        description="Напоминания и просрочки: что пора сделать сегодня.",
        work_pool_name=POOL,
        parameters={"zone": zone},
        schedules=[DeploymentScheduleCreate(schedule=cron, active=True)],
    )
