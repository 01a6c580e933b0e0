"""`python -m cli.running.database start|stop ДАННЫЕ`: the embedded PostgreSQL, in a process apart.

Its library and ours stay out of the supervisor, which only looks whether the server lives.
"""

import sys
from pathlib import Path

import psutil


def command(word: str, home: Path) -> tuple[str, ...]:
    """The command line that starts or stops the server in this data folder."""
    return (sys.executable, "-m", "cli.running.database", word, str(home))


def server_of(home: Path) -> psutil.Process | None:
    """The running server of this data folder."""
    try:
        first, *_ = (home / "postgres" / "postmaster.pid").read_text("utf-8").splitlines()
        return psutil.Process(int(first))
    except (OSError, ValueError, psutil.Error):
        return None


def main(word: str, home: Path) -> None:
    """Starts the server when it does not run, or stops it."""
    from services.installation.postgres import Embedded

    if word == "start":
        Embedded(home)
    elif server_of(home) is not None:
        Embedded(home).stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
