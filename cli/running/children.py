"""The processes that `karta up` keeps running: started, watched, started again, stopped."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

STEADY_SECONDS = 60
"""A process that ran so long starts again at once; one that keeps dying waits longer and longer."""

LONGEST_PAUSE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One process to keep running. `title` is what people read.

    stop_seconds: how long it may take to stop before it is killed.
    """

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stop_seconds: float = 10


class Child:
    """Keeps one process running until cancelled; its output goes to `logs`/<name>.log."""

    def __init__(self, spec: ChildSpec, logs: Path, say: Callable[[str], None]) -> None:
        self._spec = spec
        self._log = logs / f"{spec.name}.log"
        self._say = say
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def keep(self, on_start: Callable[[], None]) -> None:
        """Until cancelled: starts the process and starts it again when it ends."""
        pause = 0.5
        while True:
            began = time.monotonic()
            code = await self._run(on_start)
            if time.monotonic() - began > STEADY_SECONDS:
                pause = 0.5
            self._say(
                f"{self._spec.title}: процесс остановился (код {code}), запускаю снова; "
                f"подробности – {self._log}"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _run(self, on_start: Callable[[], None]) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *self._spec.command,
            env={**os.environ, **self._spec.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            **apart(),
        )
        on_start()
        copying = asyncio.create_task(self._copy_output())
        try:
            return await self._process.wait()
        finally:
            copying.cancel()

    async def _copy_output(self) -> None:
        """Process output → a log that cannot fill the disk."""
        handler = RotatingFileHandler(
            self._log, maxBytes=2_000_000, backupCount=3, encoding="utf-8", delay=True
        )
        with contextlib.closing(handler):
            output = self._process.stdout if self._process else None
            assert output is not None  # started with a pipe
            while line := await _line(output):
                handler.stream = handler.stream or handler._open()
                if handler.stream.tell() > handler.maxBytes:
                    handler.doRollover()
                handler.stream.write(line.decode("utf-8", "replace"))
                handler.stream.flush()

    async def stop(self) -> None:
        """Asks the process to stop, then insists."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        ask_to_stop(process)
        try:
            await asyncio.wait_for(process.wait(), self._spec.stop_seconds)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def ask_to_stop(process: asyncio.subprocess.Process) -> None:
    """Tells a process that was started `apart` to stop; one that has ended already is left."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            process.terminate()


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than the reader's limit: take what is there
        return await stream.read(65536)


def apart() -> dict[str, Any]:  # arguments of `Popen`, of many types
    """A group of its own, so that Ctrl-C reaches the supervisor alone and it stops the rest."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True, "preexec_fn": _die_with_parent}


def _die_with_parent() -> None:
    """Linux: a killed supervisor takes its processes along."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
