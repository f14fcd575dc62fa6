"""Training the house's own linkage model on its own records, and putting it in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import snapshot, unit_of_work
from customer.models.fitting import fit
from customer.store.all_traits import read_traits
from customer.store.models import active_model, save_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database
    from customer.domain.linkage.model import LinkageModel
    from customer.domain.linkage.traits import Traits

MOST_RECORDS = 200_000
FEWEST_RECORDS = 500


class TooFewRecords(Exception):
    """Of so few records a model would learn accidents; `args` says how many it takes."""


async def traits_of_house(database: Database) -> tuple[list[Traits], int]:
    """Read what is compared of the house's records, and how many it has."""
    async with snapshot(database) as connection:
        return await read_traits(connection, most=MOST_RECORDS)


async def model_of_house(database: Database) -> LinkageModel:
    """Give the model in force."""
    async with snapshot(database) as connection:
        return await active_model(connection)


def fit_model(traits: Sequence[Traits], *, base: int, at: datetime) -> LinkageModel:
    """Fit a model whose version names the time; raises `TooFewRecords`."""
    if len(traits) < FEWEST_RECORDS:
        message = f"{len(traits)} records teach nothing sure; it takes {FEWEST_RECORDS}"
        raise TooFewRecords(message)
    return fit(traits, version=f"house-{at:%Y%m%d-%H%M%S}", base=base)


async def put_in_force(database: Database, model: LinkageModel, *, at: datetime, on: str) -> None:
    """Keep a model and let every process recognise by it from its next look."""
    async with unit_of_work(database) as tx:
        await save_model(tx, model, at=at, on=on)
