"""Thousands of dirty records, come in two orders, are the same people once they are relinked."""

from collections.abc import Awaitable, Callable

import pytest

from chassis.database import Database
from customer.adapters.labelled_files import Labels
from customer.domain.neighbourhood import Recogniser
from customer.jobs.evaluate_identity import put_in_order, read_cases
from customer.models.fitting import fit
from tests.customer.relinking import Base, Partition
from tests.customer.test_evaluate import shared

RECORDS = 2000


@pytest.mark.slow
async def test_two_orders_of_a_dirty_file_do_not_differ_in_a_single_pair(
    database_url: Callable[[str], Awaitable[str]],
) -> None:
    cases = read_cases([Labels().read(shared("historical_figures_a.parquet"))])[:RECORDS]
    model = fit([case.traits for case in cases], version="fitted-on-these")
    recogniser = Recogniser(model, model.thresholds(len(cases)))
    relinked: list[Partition] = []
    online: list[Partition] = []

    for seed in ("one", "other"):
        url = await database_url("customer")
        outcome = await put_in_order(
            url, cases, recogniser, seed=seed, together=20, tell=lambda _: None
        )
        base = Base(Database.connect(url), recogniser)
        try:
            await base.relink_until_nothing_is_left()
            relinked.append(await base.stored())
        finally:
            await base.database.close()
        customers: dict[str, set[str]] = {}
        for case, owner in zip(cases, outcome.found, strict=True):
            customers.setdefault(owner, set()).add(case.claim.key.external_id)
        online.append({frozenset(ids) for ids in customers.values()})

    assert relinked[0] == relinked[1]
    assert online[0] != online[1]
