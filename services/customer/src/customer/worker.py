"""The worker process of the customer service: publishing and sweeping."""

from __future__ import annotations

from chassis.database import Database
from chassis.worker import Work, run_worker
from customer.events import PUBLISHED
from customer.settings import Settings

WORK = Work(service="customer", publishes=PUBLISHED)


def run() -> None:
    """Work until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    database = Database.connect(settings.database_url.get_secret_value())
    run_worker(WORK, settings, database)


if __name__ == "__main__":
    run()
