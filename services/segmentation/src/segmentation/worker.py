"""The worker process of segmentation: following the other services, publishing, and the jobs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from chassis.database import Database
from chassis.worker import Work, run_worker
from segmentation.consumers import complaints, customers, orders
from segmentation.consumers.recording import recording_together
from segmentation.events import PUBLISHED
from segmentation.jobs.measuring import keep_measured
from segmentation.jobs.rules import keep_rules
from segmentation.settings import Settings

READERS = orders.READERS | complaints.READERS | customers.READERS
WORK = Work(
    service="segmentation",
    publishes=PUBLISHED,
    handlers={
        "orders": orders.HANDLERS,
        "complaints": complaints.HANDLERS,
        "customers": customers.HANDLERS,
    },
    together=recording_together(READERS),
)


def run() -> None:
    """Work until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    database = Database.connect(settings.database_url.get_secret_value())
    jobs = (
        partial(keep_measured, database, settings.house_currency),
        partial(keep_rules, database),
    )
    run_worker(replace(WORK, jobs=jobs), settings, database)


if __name__ == "__main__":
    run()
