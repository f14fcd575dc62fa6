"""Who may read what of whom: clients' regions, transfer bases between regions, access by field."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field, StringConstraints

from chassis.api import Now, StrictModel, requires
from chassis.errors import NotFound
from customer.api.fields import Day, Text
from customer.domain.golden_attributes import GoldenAttribute
from customer.domain.reading_policies import (
    ELSEWHERE,
    EVERY,
    EXTERNAL_ID,
    PARTS,
    Access,
    Reach,
    Reader,
    ReadingPolicies,
    RegionPolicy,
    TransferBasis,
)
from customer.use_cases.reading_policies import PoliciesInForce

router = APIRouter(
    prefix="/v1", tags=["reading policies"], dependencies=[requires("customers:privacy")]
)

Region = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9 ._:-]*)$"),
    Field(description="A home region as records name it; * is every one."),
]
OneRegion = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:-]*$"),
]
ClientId = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")
]
FieldName = Annotated[
    str,
    StringConstraints(max_length=64, pattern=r"^(\*|[a-z][a-z_]*)$"),
    Field(examples=["emails"]),
]


class NothingLaidDown(NotFound):
    """Nothing was laid down under this name."""

    slug = "nothing-laid-down"
    title = "There is no such policy"


class ReaderIn(StrictModel):
    """From where and in which role a client reads."""

    region: OneRegion
    role: OneRegion


class RegionPolicyIn(StrictModel):
    """The ground on which records of a home region are read in another."""

    basis: TransferBasis
    reference: Annotated[Text | None, Field(description="The contract or decision.")] = None
    valid_until: Annotated[Day | None, Field(description="The last day on which it holds.")] = None


class FieldPolicyIn(StrictModel):
    """Access by field of a customer; * stands for all that are not named."""

    fields: Annotated[dict[FieldName, Access], Field(min_length=1, max_length=100)]


class ReaderOut(BaseModel):
    """A client that reads for one region."""

    client_id: str
    region: str
    role: str


class RegionPolicyOut(BaseModel):
    """A ground on which one region reads another."""

    home_region: str
    reader_region: str
    basis: TransferBasis
    reference: str | None
    valid_until: date | None


class FieldPolicyOut(BaseModel):
    """What a role sees of a home region's customers."""

    role: str
    home_region: str
    reach: Reach
    fields: dict[str, Access]


class ReadingPoliciesOut(BaseModel):
    """All that is laid down; `known_fields` may be named in a field policy."""

    clients: list[ReaderOut]
    regions: list[RegionPolicyOut]
    fields: list[FieldPolicyOut]
    known_fields: list[str]

    @classmethod
    def of(cls, policies: ReadingPolicies) -> ReadingPoliciesOut:
        return cls(
            clients=[
                ReaderOut(client_id=name, region=reader.region, role=reader.role)
                for name, reader in sorted(policies.readers.items())
            ],
            regions=[
                RegionPolicyOut(
                    home_region=home,
                    reader_region=region,
                    basis=policy.basis,
                    reference=policy.reference,
                    valid_until=policy.valid_until,
                )
                for (home, region), policy in sorted(policies.regions.items())
            ],
            fields=[
                FieldPolicyOut(role=role, home_region=home, reach=reach, fields=dict(fields))
                for (role, home, reach), fields in sorted(policies.fields.items())
            ],
            known_fields=[*GoldenAttribute, EXTERNAL_ID, *PARTS, *ELSEWHERE, EVERY],
        )


async def _policies(request: Request) -> PoliciesInForce:
    return request.app.state.policies


PoliciesDep = Annotated[PoliciesInForce, Depends(_policies)]


@router.get("/region-policies")
async def get_policies(policies: PoliciesDep) -> ReadingPoliciesOut:
    """Read all that is laid down about reading."""
    return ReadingPoliciesOut.of(await policies.current())


@router.put("/region-policies/{home_region}/{reader_region}")
async def put_region_policy(
    home_region: Annotated[Region, Path()],
    reader_region: Annotated[Region, Path()],
    body: RegionPolicyIn,
    policies: PoliciesDep,
    now: Now,
) -> RegionPolicyOut:
    """Name the ground on which a region reads another.

    From the first ground on, a home region is closed to regions that none is named for.
    """
    policy = RegionPolicy(body.basis, body.reference, body.valid_until)
    await policies.put_region_policy(home_region, reader_region, policy, now=now)
    return RegionPolicyOut(
        home_region=home_region, reader_region=reader_region, **body.model_dump()
    )


@router.delete("/region-policies/{home_region}/{reader_region}", status_code=HTTPStatus.NO_CONTENT)
async def delete_region_policy(
    home_region: Annotated[Region, Path()],
    reader_region: Annotated[Region, Path()],
    policies: PoliciesDep,
) -> None:
    """Take a ground back; without any, the home region is open to the whole house again."""
    if not await policies.take_back_region_policy(home_region, reader_region):
        raise _nothing()


@router.put("/client-regions/{client_id}")
async def put_reader(
    client_id: Annotated[ClientId, Path()], body: ReaderIn, policies: PoliciesDep, now: Now
) -> ReaderOut:
    """Say from which region and in which role a client reads."""
    await policies.put_reader(client_id, Reader(body.region, body.role), now=now)
    return ReaderOut(client_id=client_id, region=body.region, role=body.role)


@router.delete("/client-regions/{client_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_reader(client_id: Annotated[ClientId, Path()], policies: PoliciesDep) -> None:
    """Let a client read for the whole house again."""
    if not await policies.take_back_reader(client_id):
        raise _nothing()


@router.put("/field-policies/{role}/{home_region}/{reach}")
async def put_field_policy(
    role: Annotated[Region, Path()],
    home_region: Annotated[Region, Path()],
    reach: Reach,
    body: FieldPolicyIn,
    policies: PoliciesDep,
    now: Now,
) -> FieldPolicyOut:
    """Lay down field by field what a role sees of a home region's customers.

    `lawful` is for readers of the region, or with a ground: what is not named is shown.
    `recognition` is for those without one: what is not named is hidden.
    """
    await policies.put_field_policy((role, home_region, reach), body.fields, now=now)
    return FieldPolicyOut(role=role, home_region=home_region, reach=reach, fields=body.fields)


@router.delete("/field-policies/{role}/{home_region}/{reach}", status_code=HTTPStatus.NO_CONTENT)
async def delete_field_policy(
    role: Annotated[Region, Path()],
    home_region: Annotated[Region, Path()],
    reach: Reach,
    policies: PoliciesDep,
) -> None:
    """Take back what was laid down of fields."""
    if not await policies.take_back_field_policy((role, home_region, reach)):
        raise _nothing()


def _nothing() -> NothingLaidDown:
    message = "Read what is laid down, and correct the names."
    return NothingLaidDown(message)
