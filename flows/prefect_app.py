"""Prefect's server as uvicorn starts it: its own application, in a process set as ours are."""

from fastapi import FastAPI
from prefect.server.api.server import create_app as prefect_application

from services.installation.garbage import settle_collector


def create_app() -> FastAPI:
    """The application."""
    application = prefect_application()
    settle_collector()
    return application
