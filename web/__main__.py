"""`python -m web`: the board's process."""

import logging
import sys

import uvicorn

from services.installation.garbage import settle_collector
from services.karta import wire
from services.near import near_url
from services.settings import Settings
from web.app import create_app


def main() -> int:
    """Serves the pages until it is told to stop."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    settings = Settings()
    if settings.database_url is None:
        print("Задайте KARTA_DATABASE_URL – базу данных, с которой работать.", file=sys.stderr)
        return 2
    karta = wire(settings, settings.database_url, pool_size=2)
    prefect_url = settings.prefect_api_url or near_url(settings.host, settings.prefect_port)
    application = create_app(karta, prefect_url=prefect_url.removesuffix("/api"))
    settle_collector()
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # the paths of letters' links hold their tokens
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
