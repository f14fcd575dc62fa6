"""The worker process of complaints: publishing, following customers, and sweeping."""

from __future__ import annotations

from chassis.database import Database
from chassis.worker import Work, run_worker
from complaints.consumers import customers
from complaints.events import PUBLISHED
from complaints.settings import Settings

WORK = Work(service="complaints", publishes=PUBLISHED, handlers={"customers": customers.HANDLERS})


def run() -> None:
    """Work until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    database = Database.connect(settings.database_url.get_secret_value())
    run_worker(WORK, settings, database)


if __name__ == "__main__":
    run()
