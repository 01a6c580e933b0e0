"""Prefect's server gets the settings it needs, under names that Prefect knows."""

from pathlib import Path

import pytest
from prefect.settings import Settings

from services.installation.prefect_server import api_url, server_command, server_environment

URL = "postgresql://postgres@/prefect?host=/var/lib/karta/postgres"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    for name, value in server_environment(tmp_path, "0.0.0.0", 4321, URL).items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_every_variable_is_one_that_prefect_knows(settings: Settings, tmp_path: Path):
    known = settings.to_environment_variables(exclude_unset=True, include_aliases=True)
    given = server_environment(tmp_path, "0.0.0.0", 4321, URL)
    assert {name for name in given if name.startswith("PREFECT_") and name[8] != "_"} <= set(known)


def test_services_that_cost_and_do_nothing_for_us_are_off(settings: Settings):
    services = settings.server.services
    off = (
        services.cancellation_cleanup,
        services.pause_expirations,
        services.late_runs,
        services.repossessor,
        services.cleanup_reconciler,
    )
    assert not any(service.enabled for service in off)
    assert services.scheduler.enabled
    assert services.triggers.enabled
    assert services.task_run_recorder.flush_interval >= 1


def test_nothing_is_told_to_anybody_outside(settings: Settings):
    assert not settings.server.analytics_enabled
    assert not settings.server.ui.show_promotional_content


def test_the_pages_ask_the_server_they_came_from(settings: Settings, tmp_path: Path):
    assert settings.server.ui.api_url == "/api"
    assert settings.server.ui.static_directory == str(tmp_path / "prefect" / "ui")


def test_the_database_is_reached_through_asyncpg(settings: Settings):
    url = settings.server.database.connection_url.get_secret_value()
    assert url.startswith("postgresql+asyncpg://")
    assert "host=" in url


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:4200/api"),
        ("0.0.0.0", "http://127.0.0.1:4200/api"),
        ("::", "http://[::1]:4200/api"),
        ("::1", "http://[::1]:4200/api"),
        ("10.1.2.3", "http://10.1.2.3:4200/api"),
    ],
)
def test_the_api_is_reached_from_this_machine(host: str, url: str):
    assert api_url(host, 4200) == url


def test_the_server_listens_where_it_is_told():
    command = server_command("10.1.2.3", 4200)
    assert command[command.index("--host") + 1] == "10.1.2.3"
    assert command[command.index("--port") + 1] == "4200"
