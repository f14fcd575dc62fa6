"""Claims from records of a file, without the gateway: for measuring and for training."""

from __future__ import annotations

import base64
import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from customer.domain.claims import Address, Claim, RecordKey
from customer.domain.names import Names
from customer.domain.official_ids import Sealer, ToldId

if TYPE_CHECKING:
    from datetime import datetime

_HOUSE = "house"


def passing_sealer() -> Sealer:
    """Give a sealer whose key nobody keeps."""
    return Sealer(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())


def claim_of(
    body: dict[str, Any],
    *,
    key: RecordKey,
    received_at: datetime,
    sealer: Sealer,
) -> Claim:
    """Give the claim that a source would make with this body; official ids are sealed."""
    country = str(body.get("country") or "ZZ")
    told_ids = [
        ToldId(told["kind"], country, told["value"]) for told in body.get("official_ids", ())
    ]
    open_body = {name: value for name, value in body.items() if name != "official_ids"}
    return Claim(
        key=key,
        body=orjson.dumps(open_body, option=orjson.OPT_SORT_KEYS),
        received_at=received_at,
        key_hash=sealer.seal_record(key.source, key.external_id),
        channel=str(body.get("channel") or "import"),
        country=country,
        language=body.get("language"),
        brand=_HOUSE,
        legal_entity=_HOUSE,
        home_region=_HOUSE,
        names=Names(
            given=body.get("given_name"),
            family=body.get("family_name"),
            full=body.get("full_name"),
            given_kana=body.get("given_name_kana"),
            family_kana=body.get("family_name_kana"),
            given_latin=body.get("given_name_latin"),
            family_latin=body.get("family_name_latin"),
        ),
        birth_date=_day(body.get("birth_date")),
        gender=body.get("gender"),
        birth_place=body.get("birth_place"),
        occupation=body.get("occupation"),
        emails=tuple(body.get("emails", ())),
        phones=tuple(body.get("phones", ())),
        cards=tuple(body.get("cards", ())),
        addresses=tuple(
            Address(
                lines=tuple(address.get("lines", ())),
                city=address.get("city"),
                region=address.get("region"),
                postcode=address.get("postcode"),
                country=address.get("country"),
            )
            for address in body.get("addresses", ())
        ),
        official_ids=tuple(map(sealer.seal, told_ids)),
    )


def _day(told: str | None) -> date | str | None:
    if told is None:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        return told
