"""The worker process of complaints: publishing, following customers and parcels, and sweeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import Database
from chassis.worker import Work, run_worker
from complaints.consumers import customers, orders, shipments
from complaints.domain.incidents import DEFAULT_TIMES
from complaints.events import PUBLISHED
from complaints.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def work_of(opens_at: Mapping[str, int] = DEFAULT_TIMES) -> Work:
    """Give what the worker does in a house in which incidents open complaints as told."""
    return Work(
        service="complaints",
        publishes=PUBLISHED,
        handlers={
            "customers": customers.HANDLERS,
            "orders": orders.HANDLERS,
            "shipments": shipments.handlers(opens_at),
        },
    )


def run() -> None:
    """Work until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    database = Database.connect(settings.database_url.get_secret_value())
    run_worker(work_of(settings.incidents), settings, database)


if __name__ == "__main__":
    run()
