"""How Prefect's server and its clients are to be started: pure functions, nothing runs here."""

import sys
from pathlib import Path

from models.database import async_url
from services.near import near_url

COMMON = {
    # Nothing about a school leaves the machine.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_COLORS": "false",
    # A request that fails is tried once more; then the whole pass is, by the sweep.
    "PREFECT_CLIENT_MAX_RETRIES": "1",
    # Heaps of the C library, one per thread by default, would keep tens of megabytes for ever.
    "MALLOC_ARENA_MAX": "2",
    "PYTHONUNBUFFERED": "1",
}
"""Settings that the server and its clients share."""

SERVICES = {
    # Queues a job for every open subflow run every 20 s, seven per programme; and loads every
    # paused run every 5 s. What they would repair, our sweep does.
    "CANCELLATION_CLEANUP_ENABLED": "false",
    "PAUSE_EXPIRATIONS_ENABLED": "false",
    # Of no use to us, and each asks the database every few seconds.
    "LATE_RUNS_ENABLED": "false",
    "REPOSSESSOR_ENABLED": "false",
    "CLEANUP_RECONCILER_ENABLED": "false",
    # The only schedule is once a day, and the workers say themselves that they live.
    "SCHEDULER_LOOP_SECONDS": "300",
    "SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "60",
    "SCHEDULER_MIN_RUNS": "2",
    "SCHEDULER_MAX_RUNS": "3",
    "FOREMAN_LOOP_SECONDS": "60",
    # The moves of a pass come as dozens of events: one transaction for many of them. Never under
    # a second, which would be a busy loop.
    "TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "EVENT_PERSISTER_BATCH_SIZE": "200",
    "EVENT_PERSISTER_READ_BATCH_SIZE": "50",
}
"""The server's background services, by the rest of their variable's name."""


def server_command(host: str, port: int) -> list[str]:
    """The command line of Prefect's server: its application without its command line's imports."""
    return [
        *(sys.executable, "-m", "uvicorn", "--factory", "flows.prefect_app:create_app"),
        *("--host", host, "--port", str(port), "--log-level", "warning"),
        *("--timeout-keep-alive", "60", "--no-access-log"),
    ]


def server_environment(home: Path, host: str, port: int, database_url: str) -> dict[str, str]:
    """The variables Prefect's server is started with, to be added to the process's own.

    home: our data folder; Prefect keeps its own files in a folder of it.
    database_url: Prefect's database, `postgresql://…` in any spelling.
    """
    folder = home / "prefect"
    settings = {
        **client_environment(home, host, port),
        "PREFECT__SERVER_FINAL": "1",
        "PREFECT_API_DATABASE_CONNECTION_URL": async_url(database_url).render_as_string(False),
        # Every backend of PostgreSQL costs memory: a few that stay, the rest only under load.
        "PREFECT_SERVER_DATABASE_SQLALCHEMY_POOL_SIZE": "2",
        "PREFECT_SERVER_DATABASE_SQLALCHEMY_MAX_OVERFLOW": "8",
        "PREFECT_SERVER_API_HOST": host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT60S",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Otherwise the pages ask port 4200 whatever ours is, and are written into site-packages.
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(folder / "ui"),
    }
    return settings | {f"PREFECT_SERVER_SERVICES_{key}": value for key, value in SERVICES.items()}


def client_environment(home: Path, host: str, port: int) -> dict[str, str]:
    """The variables our worker is started with so that it finds Prefect's server."""
    return {
        **COMMON,
        "PREFECT_HOME": str(home / "prefect"),
        # A profile of the machine's user must not lead us to another server.
        "PREFECT_PROFILES_PATH": str(home / "prefect" / "profiles.toml"),
        "PREFECT_API_URL": api_url(host, port),
    }


def api_url(host: str, port: int) -> str:
    """Address of the server's API as seen from this machine."""
    return f"{near_url(host, port)}/api"
