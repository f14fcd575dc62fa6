"""The worker process of orders: publishing, following customers, resolving claims, sweeping."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chassis.database import Database
from chassis.worker import Work, run_worker
from orders.api.order_in import order_of
from orders.consumers import customers
from orders.domain.erasure import ACCOUNTING_YEARS
from orders.events import PUBLISHED
from orders.jobs.forget_unclaimed import forget_old
from orders.jobs.keep_years import keep_years
from orders.jobs.read_carrier_answers import keep_reading_answers
from orders.jobs.read_platform_orders import PlatformReader, keep_reading_deliveries
from orders.jobs.resolve_claims import resolve_claims
from orders.jobs.sweep_holds import keep_sweeping_holds
from orders.jobs.watch_parcels import keep_learning_transits, keep_watching_parcels
from orders.settings import Settings
from orders.store.claims import ClaimCipher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chassis.server import Task


def work_of(jobs: Sequence[Task] = (), *, accounting_years: int = ACCOUNTING_YEARS) -> Work:
    """Give what the worker does beside its jobs."""
    handlers = {"customers": customers.handlers(accounting_years)}
    return Work(service="orders", publishes=PUBLISHED, handlers=handlers, jobs=jobs)


def jobs_of(settings: Settings, database: Database) -> Sequence[Task]:
    """Give what runs beside publishing; claims wait where no gateway and key are set."""
    cipher = ClaimCipher(settings.claim_key.get_secret_value())
    platforms = PlatformReader(database, cipher, order_of)
    always = [
        partial(forget_old, database),
        partial(keep_reading_answers, database),
        partial(keep_reading_deliveries, platforms),
        partial(keep_sweeping_holds, database),
        partial(keep_learning_transits, database),
        partial(keep_watching_parcels, database, settings.late_warning_at),
        partial(keep_years, database),
    ]
    if settings.gateway_url is None or settings.api_key is None:
        return always
    api_key = settings.api_key.get_secret_value()
    resolving = partial(resolve_claims, database, cipher, settings.gateway_url, api_key)
    return [*always, resolving]


def run() -> None:
    """Work until told to stop."""
    settings = Settings.model_validate({})  # the rest comes from the environment
    database = Database.connect(settings.database_url.get_secret_value())
    work = work_of(jobs_of(settings, database), accounting_years=settings.accounting_years)
    run_worker(work, settings, database)


if __name__ == "__main__":
    run()
