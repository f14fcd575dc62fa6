"""Identity models: which one recognises people, and which came before."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from chassis.api import DatabaseDep, requires
from customer.api.recognising import RecogniserDep
from customer.store.models import KeptModel
from customer.use_cases.list_models import list_fitted_models

router = APIRouter(prefix="/v1/identity-models", tags=["stewardship"])


class ThresholdsOut(BaseModel):
    """In bits: what links, what a person looks at, and the least mean for customers to join."""

    link: float
    review: float
    join: float


class ModelOut(BaseModel):
    """A model that was trained on the house's own records."""

    version: str
    fitted_at: AwareDatetime
    fitted_on: str
    active: bool

    @classmethod
    def of(cls, kept: KeptModel) -> ModelOut:
        return cls(
            version=kept.version,
            fitted_at=kept.fitted_at,
            fitted_on=kept.fitted_on,
            active=kept.active,
        )


class ModelsOut(BaseModel):
    """The version in force with its thresholds for the base as it is now, and all that were."""

    in_force: str
    thresholds: ThresholdsOut
    fitted: list[ModelOut]


@router.get("", dependencies=[requires("customers:steward")])
async def get_models(database: DatabaseDep, recogniser: RecogniserDep) -> ModelsOut:
    """List the models; a house that never ran `carnet identity train` uses the product's own."""
    thresholds = recogniser.thresholds
    return ModelsOut(
        in_force=recogniser.model.version,
        thresholds=ThresholdsOut(
            link=thresholds.link, review=thresholds.review, join=thresholds.join
        ),
        fitted=[ModelOut.of(kept) for kept in await list_fitted_models(database)],
    )
