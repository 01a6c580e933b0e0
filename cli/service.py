"""The commands that run Карта itself or a part of it, and tell its version."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.app import AsJson, declare
from cli.console import put_json, say


@declare("Запустить всё на этом компьютере.", "karta up --port 8080")
def up(
    port: Annotated[int | None, typer.Option(help="Порт доски (KARTA_PORT), 8000.")] = None,
    prefect_port: Annotated[
        int | None, typer.Option(help="Порт Prefect (KARTA_PREFECT_PORT), 4200.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Адрес, на котором слушать (KARTA_HOST), 127.0.0.1.")
    ] = None,
    roadmap: Annotated[
        Path | None, typer.Option(help="С какой дорожной карты начать при первом запуске.")
    ] = None,
) -> None:
    import asyncio

    from cli.running.preparing import prepare

    asyncio.run(prepare(_settings(port=port, prefect_port=prefect_port, host=host), roadmap))


def _settings(**given: Any) -> Any:
    from services.settings import Settings

    return Settings(**{key: value for key, value in given.items() if value is not None})


@declare(
    "Только работник: письма и Prefect (для нескольких машин).",
    "KARTA_DATABASE_URL=postgresql://… KARTA_PREFECT_API_URL=http://…/api karta worker",
)
def worker() -> None:
    _run_module("flows.worker")


@declare(
    "Только доска (для нескольких машин).",
    "KARTA_DATABASE_URL=postgresql://… karta web",
)
def web() -> None:
    _run_module("web")


def _run_module(name: str) -> None:
    import os
    import subprocess
    import sys

    from cli.session import database_url
    from services.settings import Settings

    settings = Settings()
    os.environ["KARTA_DATABASE_URL"] = database_url(settings)
    os.environ["KARTA_HOME"] = str(settings.home)
    command = [sys.executable, "-m", name]
    if sys.platform == "win32":
        raise typer.Exit(subprocess.call(command))
    os.execv(command[0], command)


@declare("Версия.", "karta version --json")
def version(as_json: AsJson = False) -> None:
    from importlib.metadata import version as installed

    if as_json:
        put_json({"version": installed("karta")})
    else:
        say(f"Карта {installed('karta')}")
