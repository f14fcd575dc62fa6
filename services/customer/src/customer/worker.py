"""The worker process of the customer service: publishing, completing erasures, sweeping."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from chassis.database import Database
from chassis.worker import Work, run_worker
from customer.consumers import complaints, orders, segments
from customer.events import PUBLISHED
from customer.jobs.apply_retention import keep_applying_retention
from customer.jobs.derive_again import derive_until_done
from customer.jobs.make_data_quality import keep_making_data_quality
from customer.jobs.tending_erasures import tend_until_stopped
from customer.settings import Settings, erasure_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.server import Task

HANDLERS = {
    "orders": orders.HANDLERS,
    "complaints": complaints.HANDLERS,
    "segments": segments.HANDLERS,
}
WORK = Work(service="customer", publishes=PUBLISHED, handlers=HANDLERS)


def jobs_of(settings: Settings, database: Database) -> Sequence[Task]:
    """Give what runs beside publishing."""
    return [
        partial(tend_until_stopped, database, erasure_rules(settings)),
        partial(keep_applying_retention, database),
        partial(derive_until_done, database),
        partial(keep_making_data_quality, database, timedelta(hours=settings.data_quality_hours)),
    ]


def run() -> None:
    """Work until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    database = Database.connect(settings.database_url.get_secret_value())
    run_worker(replace(WORK, jobs=jobs_of(settings, database)), settings, database)


if __name__ == "__main__":
    run()
