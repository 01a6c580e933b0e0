"""The whole product as a user starts it: `karta up` in a process of its own."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import uuid4

import psutil

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(look: Callable[[], T], good: Callable[[T], object], seconds: float = 60) -> T:
    """Looks again and again until it is good; fails with what was seen last."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if good(seen):
            return seen
        assert time.monotonic() < end, f"still not so after {seconds} s: {seen!r}"
        time.sleep(0.1)


class LiveKarta:
    """`karta up` with its own data folder, ports and mail server."""

    def __init__(self, smtp_url: str | None = None, **variables: str) -> None:
        parent = Path("/var/tmp") if os.name == "posix" else Path(tempfile.gettempdir())
        self.home = parent / f"karta-live-{uuid4().hex[:10]}"
        self.port, self.prefect_port = free_port(), free_port()
        self._variables = {
            "KARTA_HOME": str(self.home),
            "KARTA_PORT": str(self.port),
            "KARTA_PREFECT_PORT": str(self.prefect_port),
            "PYTHONUTF8": "1",
            **({"KARTA_SMTP_URL": smtp_url} if smtp_url else {}),
            **variables,
        }
        self.process: subprocess.Popen | None = None
        self.said = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def prefect_api(self) -> str:
        return f"http://127.0.0.1:{self.prefect_port}/api"

    @property
    def environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("KARTA_", "PREFECT_"))}
        return {**ours, **self._variables}

    def start(self, *arguments: str) -> Self:
        """Starts it and waits until it says that it works."""
        self.launch(*arguments)
        until(lambda: self.said, lambda said: "Остановить: Ctrl-C" in said, 120)
        return self

    def launch(self, *arguments: str) -> None:
        """Starts it; what it says is in `said`."""
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def _read(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self.said += line

    @property
    def director_link(self) -> str:
        """The newest sign-in link that was printed."""
        return re.findall(r"http\S+/enter/\S+", self.said)[-1]

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)

    def close(self) -> None:
        """Stops it and removes its data."""
        try:
            self.stop()
        finally:
            for process in self.orphans():
                process.kill()
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def orphans(self) -> list[psutil.Process]:
        """Every process that works with our data folder, whoever its parent is."""
        found = []
        for process in psutil.process_iter():
            try:
                words = [*process.cmdline(), *process.environ().values()]
            except psutil.Error:
                continue
            if process.pid != os.getpid() and any(str(self.home) in word for word in words):
                found.append(process)
        return found

    def part(self, words: str) -> psutil.Process:
        """The running process whose command line has these words."""
        for process in self.orphans():
            if words in " ".join(process.cmdline()):
                return process
        raise AssertionError(f"no process «{words}»")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A `karta` command as its user types it."""
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )

    def status(self) -> dict[str, Any]:
        """What `karta status --json` says."""
        done = self.run("status", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def step_states(self) -> dict[str, str]:
        """Step code → state."""
        return {s["id"]: s["state"] for stage in self.status()["stages"] for s in stage["steps"]}
