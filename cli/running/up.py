"""`karta up`: keeps the service running until Ctrl-C. A light process: no library of the product.

What is done once is done by `cli.running.preparing`, in a process that ends.
"""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

import psutil

from cli.console import REFUSED, complain, say
from cli.running.children import Child, apart, ask_to_stop
from cli.running.database import command, server_of
from cli.running.messages import Plan, heard
from services.installation.service_file import Service, remove_service, write_service

LONGEST_LINE = 2**20
"""Bytes: the plan, with every variable of every process, is one line."""


async def run_up(arguments: Sequence[str]) -> int:
    """Runs the service until SIGINT or SIGTERM; the exit code.

    arguments: those of `karta up`, read by the preparing process. When that one refuses, it has
    said why, and its exit code is ours.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            number = getattr(signal, name)
            try:
                loop.add_signal_handler(number, stop.set)
            except NotImplementedError:  # Windows
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    preparing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.running.preparing", *arguments),
        stdin=DEVNULL, stdout=PIPE, limit=LONGEST_LINE, **apart(),
    )  # fmt: skip
    passing_on = asyncio.create_task(_pass_on(stop, preparing))
    running: Running | None = None
    try:
        assert preparing.stdout is not None  # started with a pipe
        while line := await preparing.stdout.readline():
            message = heard(line)
            if isinstance(message, Plan):
                running = Running(message)
            else:
                say(message)
        code = await preparing.wait()
        if code and not stop.is_set():
            if code < 0:  # killed: it could not say anything itself
                complain(f"Запуск прервался (код {code}). Запустите ещё раз.")
            return code if code > 0 else REFUSED
        await stop.wait()
        say("\nОстанавливаю …")
    finally:
        passing_on.cancel()
        if running is not None:
            await running.stop()
    say("Остановлено. Следующий запуск продолжит с того же места.")
    return 0


async def _pass_on(stop: asyncio.Event, preparing: Process) -> None:
    """The preparing process has a group of its own: Ctrl-C does not reach it."""
    await stop.wait()
    ask_to_stop(preparing)


class Running:
    """The processes of a plan, started and kept running until `stop`."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        logs = plan.home / "logs"
        logs.mkdir(exist_ok=True)
        self._children = [Child(spec, logs, say) for spec in plan.children]
        keeping = [child.keep(self._write) for child in self._children]
        if plan.embedded:
            keeping.append(self._keep_database())
        self._watching = [asyncio.create_task(work) for work in keeping]

    def _write(self) -> None:
        own = psutil.Process()
        service = Service(
            pid=own.pid,
            started=own.create_time(),
            board_url=self._plan.board_url,
            prefect_url=self._plan.prefect_url,
            database_url=self._plan.database_url,
            children=tuple(child.pid for child in self._children if child.pid),
        )
        write_service(self._plan.home, service)

    async def _keep_database(self) -> None:
        """Until cancelled: starts PostgreSQL again when it has died."""
        server = server_of(self._plan.home)
        while True:
            await asyncio.sleep(1)
            if server is not None and server.is_running():
                continue
            code = await self._database("start")
            server = server_of(self._plan.home)
            if code == 0 and server is not None:
                say("База данных остановилась и запущена снова; записанное на месте.")
            else:  # its old processes may hold on for a moment: try again
                say(f"База данных пока не запускается (код {code}), пробую снова.")
                await asyncio.sleep(2)

    async def _database(self, word: str) -> int:
        log = self._plan.home / "logs" / "postgres.log"
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command(word, self._plan.home),
                stdin=DEVNULL, stdout=output, stderr=output, **apart(),
            )  # fmt: skip
            return await process.wait()

    async def stop(self) -> None:
        """Stops every process, the database last; what was committed is on the disk."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self._children))
        if self._plan.embedded:
            await self._database("stop")
        remove_service(self._plan.home)


def main(arguments: Sequence[str]) -> int:
    """The whole life of `karta up`; its exit code."""
    with suppress(KeyboardInterrupt):
        return asyncio.run(run_up(arguments))
    complain("Прервано.")
    return 130
