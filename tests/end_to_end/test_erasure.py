"""A customer takes everything along, and is then forgotten by every part, with a receipt."""

import csv
import io
import json
import zipfile
from functools import partial
from typing import Any

import httpx
import pytest

from tests.end_to_end.house import House, eventually
from tests.end_to_end.persons import Person, clerk

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

SECRET = "Solange Petitjean"
PARTS = ["customer", "orders", "complaints", "segmentation"]


def frequency(client: httpx.Client, customer_id: str) -> int:
    return client.get(f"/v1/customers/{customer_id}/indicators").json()["frequency"]


def status(client: httpx.Client, erasure_id: str) -> str:
    return client.get(f"/v1/erasures/{erasure_id}").json()["status"]


def archive_of(client: httpx.Client, customer_id: str) -> zipfile.ZipFile:
    answer = client.get(f"/v1/customers/{customer_id}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_a_customer_is_exported_erased_and_gone(house: House) -> None:
    with clerk(house) as client:
        person = Person.come(
            client, "erasure-1", given_name="Solange", family_name="Petitjean", full_name=SECRET
        )
        contact = {"name": SECRET, "phone": "+33123456789"}
        order = person.buy(client, by_claim=True, contact=contact)
        person.buy(client, by_claim=False)
        complaint = person.complain(client, text=f"{SECRET} is not amused.")
        eventually(partial(frequency, client, person.customer_id), 2)

        with archive_of(client, person.customer_id) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            assert [part["part"] for part in manifest["parts"]] == PARTS
            assert len(json.loads(archive.read("orders/orders.json"))) == 2
            [held] = json.loads(archive.read("orders/order_contacts.json"))
            assert held["contact"]["name"] == SECRET
            [told] = csv.DictReader(io.StringIO(archive.read("complaints/complaints.csv").decode()))
            assert told["text"] == f"{SECRET} is not amused."
            [profile] = json.loads(archive.read("segmentation/profiles.json"))
            assert profile["frequency"] == 2
            whole = b"".join(archive.read(name) for name in archive.namelist())
            assert b"erasure-1@example.com" in whole

        asked = client.post(
            f"/v1/customers/{person.customer_id}/erasures",
            json={"reason": "art-17-request", "requested_by": "desk-3"},
        )
        assert asked.status_code == 202, asked.text
        erasure_id = asked.json()["erasure_id"]
        eventually(partial(status, client, erasure_id), "complete")

        erasure: dict[str, Any] = client.get(f"/v1/erasures/{erasure_id}").json()
        parts = {part["part"]: part for part in erasure["parts"]}
        assert set(parts) == set(PARTS)
        assert parts["orders"]["erased"]["orders"] == 2
        assert parts["orders"]["erased"]["contacts"] == 1
        assert [(kept["what"], kept["count"]) for kept in parts["orders"]["kept"]] == [
            ("orders", 2)
        ]
        assert parts["orders"]["kept"][0]["until"].startswith("2037-01-01")
        assert parts["complaints"]["erased"]["complaints"] == 1
        assert parts["segmentation"]["erased"]["profiles"] == 1
        receipt = client.get(f"/v1/erasures/{erasure_id}/receipt")
        assert receipt.status_code == 200, receipt.text
        assert SECRET not in receipt.text

        for path in ("", "/360", "/export", "/purchases", "/indicators"):
            gone = client.get(f"/v1/customers/{person.customer_id}{path}")
            assert gone.status_code == 410, f"{path}: {gone.text}"
            assert gone.json()["type"] == "urn:carnet:problem:customer-erased"
        listed = client.get("/v1/complaints", params={"customer_id": person.customer_id})
        assert listed.status_code == 410

        kept = client.get(f"/v1/orders/{order['order_id']}").json()
        assert (kept["customer"], kept["total_minor"]) == ("erased", 19_500)
        assert kept["contact"] is None
        said = client.get(f"/v1/complaints/{complaint['complaint_id']}").json()
        assert (said["customer_id"], said["text"]) == (None, "(erased)")

        late = person.buy(client, by_claim=True, contact=contact)
        assert late["customer"] == "erased"
        assert client.get(f"/v1/orders/{late['order_id']}").json()["contact"] is None


def test_a_part_that_is_away_fails_the_export_and_is_named(house: House) -> None:
    with clerk(house) as client:
        person = Person.come(client, "erasure-2", given_name="Ines", family_name="Roche")

        def part_to_blame() -> object:
            if "complaints-api" in house.processes():
                house.kill("complaints-api")
            answer = client.get(f"/v1/customers/{person.customer_id}/export")
            return answer.status_code, answer.json().get("part") if answer.status_code > 299 else ""

        eventually(part_to_blame, (503, "complaints"))

        def exported() -> int:
            return client.get(f"/v1/customers/{person.customer_id}/export").status_code

        eventually(exported, 200)
