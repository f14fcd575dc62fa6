"""National numbers told where they may not stand: struck out, refused, or said to be doubtful."""

from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import snapshot
from customer.domain.national_numbers import NAMES
from customer.domain.national_numbers_told import may_hold_national_number, national_number_in
from customer.domain.number_checks import is_aadhaar, is_codice_fiscale, is_nhs_number, is_nric
from tests.customer.conftest import House

NIR = "185057800608491"
CODICE = "RSSMRA85T10A562S"
MY_NUMBER = "123456789018"


@pytest.mark.parametrize(
    ("told", "country", "called"),
    [
        (NIR, None, "NIR"),
        ("1 85 05 78 006 084 91", "JP", "NIR"),
        ("185052A00608435", None, "NIR"),
        ("client nir:1850578006084", None, "NIR"),
        ("N° sécu : 1 85 05 78 006 084", "FR", "NIR"),
        ("１８５０５７８００６０８４９１", None, "NIR"),
        (f"il a dit {CODICE.lower()}", None, "codice fiscale"),
        ("RSS MRA 85T10 A562S", "IT", "codice fiscale"),
        ("私のマイナンバーは1234 5678 9018です", None, "my number"),
        ("mynumber:123456789018", None, "my number"),
        ("BSN: 111222333", None, "BSN"),
        ("her SSN is 123-45-6789", None, "social security number"),
        ("123-45-6789", "US", "social security number"),
        ("756.9217.0769.85", None, "AHV number"),
        ("850101-1234567", "KR", "resident registration number"),
        ("주민등록번호 850101-1234567", None, "resident registration number"),
        ("85.07.30-033.28", None, "national register number"),
        ("85073003328", "BE", "national register number"),
        ("aadhaar no 2341 2341 2346", None, "Aadhaar"),
        ("2341 2341 2346", "IN", "Aadhaar"),
        ("NHS no. 943 476 5919", None, "NHS number"),
        ("S1234567D", "SG", "NRIC"),
    ],
)
def test_a_national_number_is_known_by_its_checks_its_country_or_its_label(
    told: str, country: str | None, called: str
) -> None:
    assert national_number_in(told, country) == called
    assert may_hold_national_number(told, country)


@pytest.mark.parametrize(
    ("told", "country"),
    [
        ("185057800608492", "FR"),
        ("RSSMRA85T10A562T", "IT"),
        (MY_NUMBER, "JP"),
        ("123-45-6789", "FR"),
        ("+33 6 12 34 56 78", "FR"),
        ("4532 0151 1283 0366", "US"),
        ("378282246310005", "FR"),
        ("4006381333931", "CH"),
        ("CARD-4711-0815", "FR"),
        ("S1234567D", "FR"),
        ("Munir, 06 12 34 56 78", "FR"),
        ("NHS nurse, 020 7946 0958", "GB"),
        ("240115-1000123", "FR"),
        ("4111-240115-1000123", "KR"),
        ("My number is +44 7700 900123", "GB"),
        ("My number is +81 3456 789014", "JP"),
        ("My number is 44 7700 900124", "GB"),
        ("2341 2341 2346 0366", "IN"),
        ("4532-2341-2341-2346", "IN"),
        ("8507 85 07 30 033 28", "BE"),
        ("85 07 30 033 28 12", "BE"),
        ("2024-123-45-6789", "US"),
        ("12 rue de la Sécurité, 44000 Nantes", "FR"),
        ("urn:uuid:12345678-1234-1234-1234-123456789018", "JP"),
    ],
)
def test_ordinary_numbers_are_left_alone(told: str, country: str) -> None:
    assert national_number_in(told, country) is None


def test_ordinary_cards_and_telephones_are_hardly_ever_taken_for_one() -> None:
    draw = Random(7)
    lengths = (9, 10, 11, 12, 13, 14, 15, 16)
    numbers = [str(draw.randrange(10 ** (n - 1), 10**n)) for n in lengths for _ in range(2_000)]

    mistaken = [number for number in numbers if national_number_in(number, "FR")]

    assert len(mistaken) <= len(numbers) / 2_000


@pytest.mark.parametrize("label", [one for told in NAMES.values() for one in told.split(",")])
def test_no_label_is_missed_by_the_quick_look(label: str) -> None:
    assert may_hold_national_number(f"{label} 123", "FR")
    assert may_hold_national_number(f"{label.upper()} 123", "FR")


def test_checks_refuse_each_other_digit() -> None:
    assert [end for end in range(10) if is_aadhaar(f"23412341234{end}")] == [6]
    assert [end for end in range(10) if is_nhs_number(f"943476591{end}")] == [9]
    assert [end for end in "ABCDEFGHIJZ" if is_nric(f"S1234567{end}")] == ["D"]
    assert [end for end in "QRSTUV" if is_codice_fiscale(f"RSSMRA85T10A562{end}")] == ["S"]


@pytest.mark.parametrize(
    ("change", "country", "field", "secret"),
    [
        ({"cards": ["CARD-4711", NIR]}, "FR", "cards.1", NIR),
        ({"accounts": [f"nir:{NIR[:13]}"]}, "FR", "accounts.0", NIR[:13]),
        ({"extra": {"remark": f"codice {CODICE}"}}, "IT", "extra.remark", CODICE),
        ({"extra": {"his bsn": "111222333"}}, "NL", "extra.his bsn", "111222333"),
        ({"extra": {"memo": "2 84 05 75\n116 001 58"}}, "FR", "extra.memo", "116 001 58"),
        ({"extra": {"memo": "2 84 05 75\t116 001\r\n58"}}, "FR", "extra.memo", "116 001"),
        ({"extra": {"memo": "123456789018\nmynumber\n123456789018"}}, "JP", "extra.memo", "89018"),
        ({"extra": {"note 1": "2341 2341 2346"}}, "IN", "extra.note 1", "2341 2341"),
        ({"extra": {NIR: "yes"}}, "FR", "extra.…", NIR),
        ({"extra": {"2341 2341 2346": "1"}}, "IN", "extra.…", "2341 2341"),
        ({"extra": {f"nir {NIR}": "1"}}, "FR", "extra.…", NIR),
        ({"given_name": f"Anna {NIR}"}, "FR", "given_name", NIR),
        ({"full_name": CODICE}, "IT", "full_name", CODICE),
        ({"referred_by": NIR}, "FR", "referred_by", NIR),
        ({"store": NIR}, "FR", "store", NIR),
        ({"phones": ["1 85 05 78 006 084 91"]}, "FR", "phones.0", "1 85 05"),
        ({"emails": [f"{CODICE}@example.com"]}, "IT", "emails.0", CODICE),
        ({"devices": [NIR]}, "FR", "devices.0", NIR),
        (
            {"addresses": [{"lines": ["Apt 1", "SSN 123-45-6789"]}]},
            "US",
            "addresses.0.lines.1",
            "123-45-6789",
        ),
        ({"addresses": [{"region": "mynumber 123456789018"}]}, "JP", "addresses.0.region", "89018"),
    ],
)
async def test_a_national_number_told_elsewhere_is_kept_nowhere(
    house: House, change: dict[str, Any], country: str, field: str, secret: str
) -> None:
    answer = await house.put("1", **{"family_name": "Rossi", "country": country, **change})

    [flag] = answer["flags"]
    assert flag["field"] == field
    assert "national number" in flag["problem"]
    assert flag["mend"]
    assert secret not in str(answer)
    assert secret not in str(await _everything(house))


async def test_the_other_values_of_a_list_keep_their_places(house: House) -> None:
    told: dict[str, Any] = {"cards": [NIR, "1", "CARD-4711"]}

    answer = await house.put("1", **told)
    again = await house.put("1", **told)

    assert {flag["field"] for flag in answer["flags"]} == {"cards.0", "cards.1"}
    assert (await house.customer(answer["customer_id"]))["cards"] == ["CARD-4711"]
    assert again["outcome"] == "unchanged"


async def test_a_card_that_may_be_a_my_number_is_kept_and_said_to_be_doubtful(
    house: House,
) -> None:
    answer = await house.put("1", country="JP", cards=[MY_NUMBER], phones=["+81 90 1234 5678"])

    assert [flag["field"] for flag in answer["flags"]] == ["cards.0"]
    assert (await house.customer(answer["customer_id"]))["cards"] == [MY_NUMBER]


async def test_a_record_that_goes_by_a_national_number_is_refused(house: House) -> None:
    body = {"channel": "shop", "country": "FR"}
    item = {"source": "till", "external_id": NIR, **body}

    one = await house.http.put(f"/v1/source-records/till/{NIR}", json=body)
    batch = await house.http.post(
        "/v1/source-records/batch", json=[item, item | {"external_id": "1"}]
    )

    assert one.status_code == 422
    assert [error["field"] for error in one.json()["errors"]] == ["external_id"]
    assert [line["status"] for line in batch.json()] == [422, 200]
    assert NIR not in str(await _everything(house))


async def test_a_note_and_an_interaction_that_hold_one_are_refused(house: House) -> None:
    put = await house.put("1")
    notes = f"/v1/customers/{put['customer_id']}/notes"
    interaction = {
        "customer_id": put["customer_id"],
        "source": "crm",
        "channel": "phone",
        "begun_by": "customer",
        "at": "2026-03-01T10:15:00+09:00",
        "order_reference": CODICE,
    }

    note = await house.http.post(notes, json={"text": f"Sa carte vitale : {NIR}"})
    touch = await house.http.post("/v1/interactions", json=interaction)

    for answer, field in ((note, "text"), (touch, "order_reference")):
        assert answer.status_code == 422, answer.text
        assert answer.json()["type"].endswith("national-number-told")
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await house.http.get(notes)).json()["items"] == []
    assert await house.count("interactions") == 0


async def test_recognising_somebody_by_a_national_number_finds_nobody(house: House) -> None:
    await house.put("1", country="FR", cards=["CARD-4711"])

    answer = await house.http.post(
        "/v1/customers/recognise", json={"country": "FR", "cards": [NIR]}
    )

    assert answer.json()["customer_id"] is None
    assert [flag["field"] for flag in answer.json()["flags"]] == ["cards.0"]


async def _everything(house: House) -> list[Any]:
    tables = ("source_records", "identifiers", "search_keys", "record_traits", "outbox")
    async with snapshot(house.database) as connection:
        return [
            list(await connection.execute(text(f"SELECT * FROM {table}")))  # noqa: S608 - our own
            for table in tables
        ]
