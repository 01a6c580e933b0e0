"""A stand-in for PostgreSQL's pg_trgm where it is not installed: Prefect's migrations ask for it.

Prefect uses pg_trgm only to index names for its search box. The embedded PostgreSQL comes without
contributed modules, so there its operator class is declared by an extension of ours, in plain
SQL: an index built with it is valid and empty, and a search reads the table instead.
"""

from os import pathsep
from pathlib import Path
from typing import Protocol


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def fetchval(self, query: str, *args: object) -> object: ...

    async def execute(self, query: str, *args: object) -> str: ...


CONTROL = """\
comment = 'declares gin_trgm_ops; its indexes stay empty'
default_version = '1.0'
relocatable = true
"""

# PostgreSQL calls these functions with the arguments of a GIN support function; «internal» ones
# are pointers, here bigint. None touches them: «no keys» leaves the number of keys at zero.
SCRIPT = """\
CREATE FUNCTION trgm_no_keys(text, bigint, bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
CREATE FUNCTION trgm_no_query(text, bigint, smallint, bigint, bigint, bigint, bigint)
    RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
CREATE FUNCTION trgm_never(bigint, smallint, text, integer, bigint, bigint, bigint, bigint)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE OPERATOR CLASS gin_trgm_ops FOR TYPE text USING gin AS
    FUNCTION 2 trgm_no_keys(text, bigint, bigint),
    FUNCTION 3 trgm_no_query(text, bigint, smallint, bigint, bigint, bigint, bigint),
    FUNCTION 4 trgm_never(bigint, smallint, text, integer, bigint, bigint, bigint, bigint),
    STORAGE integer;
"""

AVAILABLE = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')"


async def provide_trigram(connection: Connection, folder: Path) -> bool:
    """Makes `CREATE EXTENSION pg_trgm` work in the connected database; whether it was needed.

    connection: to Prefect's database, as a superuser, outside a transaction.
    folder: where the stand-in's two files are kept; PostgreSQL must be able to read it.
    Needs PostgreSQL 18 (`extension_control_path`), which is what we embed.
    """
    if await connection.fetchval(AVAILABLE):
        return False
    extension = folder / "extension"
    extension.mkdir(parents=True, exist_ok=True)
    for path, content in (
        (extension / "pg_trgm.control", CONTROL),
        (extension / "pg_trgm--1.0.sql", SCRIPT),
    ):
        path.write_text(content, encoding="ascii", newline="\n")
        path.chmod(0o644)
    for readable in (folder, extension):
        readable.chmod(0o755)
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    folders = await connection.fetchval("SELECT quote_literal($1)", f"$system{pathsep}{folder}")
    await connection.execute(f"ALTER DATABASE {database} SET extension_control_path = {folders}")
    await connection.execute(f"SET extension_control_path = {folders}")
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    return True
