"""The API process of complaints."""

from __future__ import annotations

from fastapi import FastAPI

from chassis.api import create_app
from chassis.database import Database
from chassis.server import run_api
from complaints.api import answers, complaints, exports, routing
from complaints.settings import Settings


def build(settings: Settings) -> FastAPI:
    """Make the application."""
    return create_app(
        title="complaints",
        settings=settings,
        database=Database.connect(settings.database_url.get_secret_value()),
        routers=[complaints.router, answers.router, routing.router, exports.router],
    )


def run() -> None:
    """Serve the API until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    run_api("complaints-api", settings, lambda: build(settings))


if __name__ == "__main__":
    run()
