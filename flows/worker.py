"""`python -m flows.worker`: letters leave always, Prefect's view is kept while it answers."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence

from services.installation.garbage import settle_collector
from services.installation.prefect_server import api_url, client_environment
from services.karta import wire
from services.letters.delivery import deliver_due, make_mailer, next_due, retry_waiting
from services.prefect_view.database import DatabaseView
from services.settings import Settings

log = logging.getLogger("karta.worker")


async def work(
    settings: Settings, database_url: str, stop: asyncio.Event, name: str, sweep_seconds: float
) -> None:
    """Does the worker's work until `stop` is set.

    sweep_seconds: how often Prefect's view is compared with the truth.
    """
    # Here, not above: Prefect reads its settings from the environment while it is imported.
    from prefect.context import AsyncClientContext, SyncClientContext
    from prefect.settings import temporary_settings

    from flows.deliverer import Letters, make_up_missed_days
    from flows.listening import Listening
    from flows.prefect_logging import quieten
    from flows.prefect_side import PrefectSide

    quieten()
    settle_collector()
    karta = wire(settings, database_url, pool_size=2)
    mailer = make_mailer(karta)

    async def deliver() -> int:
        return await deliver_due(karta, mailer)

    letters = Letters(deliver, lambda: next_due(karta), lambda: retry_waiting(karta), karta.clock)
    # A heartbeat for every run would cost a thread and an event each: a pass lasts a moment.
    # The engine's own client is made once: else each run would make one, with a TLS context.
    no_heartbeat = temporary_settings(updates={"flows.heartbeat_frequency": None})
    with no_heartbeat, SyncClientContext.get_or_create():
        async with AsyncClientContext() as context:
            truth = DatabaseView(karta, letters.queued)
            side = PrefectSide(
                truth,
                context.client,
                letters.gone,
                worker_name=name,
                sweep_seconds=sweep_seconds,
            )

            def connected() -> None:
                letters.queued()
                side.look_around()

            listening = Listening(
                database_url,
                on_change=side.changed,
                on_letters=letters.queued,
                on_connected=connected,
            )
            tasks = [
                asyncio.create_task(letters.run()),
                asyncio.create_task(make_up_missed_days(truth)),
                asyncio.create_task(listening.run()),
                asyncio.create_task(side.run()),
            ]
            log.info("работник %s начал работу", name)
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in [*tasks, stopping]:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    await mailer.close()
    await karta.close()
    for error in ended:
        if isinstance(error, Exception):
            raise error
    log.info("работник %s закончил работу", name)


def in_thread(make: Callable[[asyncio.Event], Coroutine[None, None, None]]) -> int:
    """Runs `make(stop)` in a thread of its own; SIGINT and SIGTERM set `stop`. The exit code.

    Not in the main thread: there Prefect's engine would take SIGTERM over during every run and
    raise from wherever the loop happens to be.
    """
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    failed: list[BaseException] = []

    def run() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(make(stop))
        except BaseException as error:
            failed.append(error)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def stop_now(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop_now)
    thread = threading.Thread(target=run, name="karta-worker")
    thread.start()
    while thread.is_alive():
        thread.join(1)  # a join without an end would not let Windows' Ctrl-C through
    for error in failed:
        log.error("работник остановился из-за ошибки", exc_info=error)
    return 1 if failed else 0


def prepare_environment(settings: Settings) -> None:
    """Tells Prefect's library where its server is. Before Prefect is imported."""
    os.environ.update(client_environment(settings.home, settings.host, settings.prefect_port))
    os.environ["PREFECT_API_URL"] = settings.prefect_api_url or api_url(
        settings.host, settings.prefect_port
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the worker of this installation until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m flows.worker", description=__doc__)
    parser.add_argument("--sweep-seconds", type=float, default=30, metavar="N")
    given = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    for library in ("httpx", "httpcore", "asyncio", "websockets", "docket"):
        logging.getLogger(library).setLevel(logging.WARNING)
    settings = Settings()
    database_url = settings.database_url
    if database_url is None:
        print("Задайте KARTA_DATABASE_URL – базу данных, с которой работать.", file=sys.stderr)
        return 2
    prepare_environment(settings)
    name = f"karta-{socket.gethostname()}"
    return in_thread(lambda stop: work(settings, database_url, stop, name, given.sweep_seconds))


if __name__ == "__main__":
    sys.exit(main())
