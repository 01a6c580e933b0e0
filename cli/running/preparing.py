"""What `karta up` does once: checks, the database, the first road map, the link to sign in.

Runs as `python -m cli.running.preparing`, tells the supervisor what to keep running, and ends: the
libraries that this takes must not stay in the memory of a process that lives for months.
"""

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

from cli.console import Failure
from cli.running.children import ChildSpec
from cli.running.messages import Plan, tell
from models.migrate import upgrade
from models.repository import programmes_of
from roadmap.errors import reason_of
from roadmap.loader import load_file
from roadmap.shifting import months_to_begin_in
from services.access.sign_in import first_link
from services.installation.postgres import Databases, Embedded
from services.installation.prefect_server import server_command, server_environment
from services.installation.service_file import Service, read_service
from services.installation.shipped_road_map import shipped_road_map
from services.karta import Karta, wire
from services.near import near_host, near_url
from services.people.finding import people_of
from services.plan.starting import start_programme
from services.settings import Settings


async def prepare(settings: Settings, road_map: Path | None) -> None:
    """Tells the plan as soon as the database is ready, then greets when the board is usable.

    Raises `Failure` before anything has started. Told to stop, it ends early; the database is
    the supervisor's to stop once the plan is told.
    """
    _check(settings, road_map)
    stop = asyncio.Event()
    _stop_when_told(stop)
    embedded: Embedded | None = None
    try:
        tell("Запускаю базу данных …")
        if settings.database_url and settings.prefect_database_url:
            databases = Databases(settings.database_url, settings.prefect_database_url)
        else:
            embedded = await asyncio.to_thread(Embedded, settings.home)
            own = await embedded.databases(settings.home)
            databases = Databases(
                settings.database_url or own.ours, settings.prefect_database_url or own.prefect
            )
        await upgrade(databases.ours)
        karta = wire(settings, databases.ours, pool_size=1)
        if stop.is_set():
            return
        tell(_plan(settings, databases, embedded is not None))
        embedded = None
    finally:
        if embedded is not None:
            await asyncio.to_thread(embedded.stop)
    started = await _first_start(karta, settings, road_map)
    await _usable(settings, stop)
    if not stop.is_set():
        await _greet(karta, settings, started)
    await karta.close()


def _stop_when_told(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            number = getattr(signal, name)
            try:
                loop.add_signal_handler(number, stop.set)
            except NotImplementedError:  # Windows
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def _plan(settings: Settings, databases: Databases, embedded: bool) -> Plan:
    return Plan(
        home=settings.home,
        board_url=settings.base_url,
        prefect_url=near_url(settings.host, settings.prefect_port),
        database_url=databases.ours,
        embedded=embedded,
        children=_specs(settings, databases),
    )


def _check(settings: Settings, road_map: Path | None) -> None:
    """Everything that can be seen to be wrong before anything starts."""
    other = read_service(settings.home)
    if other is not None and other.is_alive:
        raise Failure(
            f"Карта уже работает с этой папкой данных: {other.board_url} (процесс {other.pid}). "
            "Остановите её (Ctrl-C в её окне) или назовите другую папку: KARTA_HOME."
        )
    if other is not None:
        _stop_leftovers(other)
    if road_map is not None:
        load_file(road_map, str(road_map)).require()
    settings.mail_server  # noqa: B018 - raises for an address of a mail server that cannot be read
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".probe"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise Failure(
            f"В папку данных {settings.home} нельзя писать ({reason_of(error)}). "
            "Назовите другую: KARTA_HOME.",
            2,
        ) from None
    for port, option in (
        (settings.port, "--port"),
        (settings.prefect_port, "--prefect-port"),
    ):
        if not _is_free(settings.host, port):
            raise Failure(
                f"Порт {port} занят другой программой. Назовите другой: {option} {port + 100}."
            )
    if settings.port == settings.prefect_port:
        raise Failure("У доски и у Prefect один и тот же порт; назовите разные.", 2)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # there it would let two programs share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror:
            raise Failure(f"Адреса «{host}» на этом компьютере нет; проверьте --host.", 2) from None
        except OSError as error:
            if error.errno == 99:
                raise Failure(
                    f"Адреса «{host}» на этом компьютере нет; проверьте --host.", 2
                ) from None
            return False
    return True


def _stop_leftovers(service: Service) -> None:
    """Processes of a supervisor that was killed: they would hold the ports."""
    for pid in service.children:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if process.create_time() >= service.started - 2 and "python" in process.name().lower():
                process.terminate()
                try:
                    process.wait(5)
                except psutil.TimeoutExpired:
                    process.kill()


def _specs(settings: Settings, databases: Databases) -> tuple[ChildSpec, ...]:
    common = {
        "KARTA_HOME": str(settings.home),
        "KARTA_DATABASE_URL": databases.ours,
        "KARTA_HOST": settings.host,
        "KARTA_PORT": str(settings.port),
        "KARTA_PREFECT_PORT": str(settings.prefect_port),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    server = server_environment(
        settings.home, settings.host, settings.prefect_port, databases.prefect
    )
    prefect = tuple(server_command(settings.host, settings.prefect_port))
    python = sys.executable
    return (
        ChildSpec("web", "Доска", (python, "-m", "web"), common),
        ChildSpec("worker", "Работник", (python, "-m", "flows.worker"), common),
        # Told to stop in its first seconds, Prefect's server often waits for long; what it knows
        # is in its database.
        ChildSpec("prefect", "Prefect", prefect, {**server, "PYTHONUTF8": "1"}, stop_seconds=3),
    )


async def _first_start(karta: Karta, settings: Settings, road_map: Path | None) -> bool:
    """Starts the road map when no programme was ever started; whether it did."""
    async with karta.transaction() as session:
        if await programmes_of(session, None):
            return False
    loaded = load_file(road_map or shipped_road_map())
    plan = loaded.require()
    today = datetime.now(ZoneInfo(plan.organisation.zone)).date()
    months = months_to_begin_in(plan, today.year, today.month)
    await start_programme(karta, loaded, months=months)
    return True


async def _usable(settings: Settings, stop: asyncio.Event) -> None:
    """Waits until the board answers."""
    host = near_host(settings.host)
    while not stop.is_set():
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(host, settings.port)
            writer.write(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(12), 5)
            writer.close()
            if answer.endswith(b"200"):
                return
        await asyncio.sleep(0.1)


async def _greet(karta: Karta, settings: Settings, started: bool) -> None:
    async with karta.transaction() as session:
        programmes = await programmes_of(session, None)
        newest = programmes[0]
        people = await people_of(session, newest.organisation_id)
    tell("")
    tell("Карта работает." + (" Дорожная карта начата с этого месяца." if started else ""))
    tell(f"  {newest.title}")
    tell("")
    director = next((p for p in people if p.active and "director" in p.roles), None)
    if director is not None:
        tell(f"Доска, вход для директора ({director.short}), ссылка на сутки и на один вход:")
        tell(f"  {await first_link(karta, director.id)}")
    tell("Доска для всех остальных – вход по адресу почты:")
    tell(f"  {settings.base_url}/")
    tell("Prefect – этапы и мероприятия как потоки:")
    tell(f"  {near_url(settings.host, settings.prefect_port)}/")
    if settings.smtp_url is None:
        tell("Почтовый ящик – почтовый сервер не указан (KARTA_SMTP_URL), письма остаются здесь:")
        tell(f"  {settings.base_url}/mailbox")
    tell("")
    tell(f"Данные: {settings.home}. Остановить: Ctrl-C.")


if __name__ == "__main__":
    from cli.main import finish

    finish(["up", *sys.argv[1:]])
