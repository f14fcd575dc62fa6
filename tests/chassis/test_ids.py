"""Typed ids: UUIDv7 inside, a prefix and Crockford characters outside."""

from typing import Annotated
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from chassis.ids import IdType, InvalidId, new_uuid

ORDER = IdType("ord")
OrderId = Annotated[UUID, ORDER]


class Named(BaseModel):
    id: OrderId


@given(st.uuids())
def test_an_id_is_read_back_from_what_is_shown(uuid: UUID) -> None:
    assert ORDER.read(ORDER.show(uuid)) == uuid


def test_the_published_typeid_vector_holds() -> None:
    shown = IdType("prefix").show(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
    assert shown == "prefix_01h455vb4pex5vsknk084sn02q"


def test_new_ids_are_version_seven_and_sort_by_age() -> None:
    first, second = new_uuid(), new_uuid()
    assert first.version == 7
    assert first.variant == "specified in RFC 4122"
    assert first.int >> 80 <= second.int >> 80


@pytest.mark.parametrize(
    "text",
    [
        "cmp_01h455vb4pex5vsknk084sn02q",
        "ord_01h455vb4pex5vsknk084sn02",
        "ord_81h455vb4pex5vsknk084sn02q",
        "ord_01H455VB4PEX5VSKNK084SN02Q",
        "ord_01h455vb4pex5vsknk084sn02u",
        "01h455vb4pex5vsknk084sn02q",
        "",
    ],
)
def test_an_id_of_another_kind_or_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidId):
        ORDER.read(text)
    with pytest.raises(ValidationError):
        Named.model_validate({"id": text})


def test_models_read_and_show_the_typed_form() -> None:
    named = Named.model_validate_json('{"id": "ord_01h455vb4pex5vsknk084sn02q"}')
    assert named.id == UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert named.model_dump_json() == '{"id":"ord_01h455vb4pex5vsknk084sn02q"}'
