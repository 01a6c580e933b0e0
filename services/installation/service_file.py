"""How a command finds the running service: a small file in the data folder."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

NAME = "service.json"


@dataclass(frozen=True, slots=True)
class Service:
    """A running service.

    pid, started: the supervisor's process and when it began (seconds since the epoch), by which
    a process that merely got the same number is told apart. children: pids it started.
    """

    pid: int
    started: float
    board_url: str
    prefect_url: str
    database_url: str
    children: tuple[int, ...] = ()

    @property
    def is_alive(self) -> bool:
        """Whether the very process that wrote the file still runs."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) < 2
        except psutil.Error:
            return False


def write_service(home: Path, service: Service) -> None:
    """Replaces the file at once; only its owner may read it."""
    new = home / f"{NAME}.new"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(service), file)
    new.replace(home / NAME)


def read_service(home: Path) -> Service | None:
    """What the file says, alive or not; None when there is none or it cannot be read."""
    try:
        values = json.loads((home / NAME).read_text("utf-8"))
        return Service(**values | {"children": tuple(values.get("children", ()))})
    except (OSError, ValueError, TypeError):
        return None


def remove_service(home: Path) -> None:
    """The service has ended."""
    (home / NAME).unlink(missing_ok=True)
