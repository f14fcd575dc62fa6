"""What each process of the suite is told: its own database, its own secrets, and no other's."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from carnet.data_directory import DataDirectory
from carnet.errors import CannotRun
from carnet.keyring import Keyring, open_keyring
from carnet.suite import DATABASES, SERVICES, Process, database_urls, processes

_KEYRING = Keyring(
    principal_private_key="private",
    principal_public_key="public",
    claim_key="claim",
    official_id_key="official ids",
    worker_api_key="worker key",
    passwords={name: f"p@{name}" for name in DATABASES},
)


def _processes() -> dict[str, Process]:
    databases = database_urls("postgresql://admin:secret@db:5433/postgres", _KEYRING.passwords)
    found = processes(
        databases=databases,
        bus="kafka://broker:9092",
        secrets=_KEYRING,
        gateway_port=8000,
        ports=range(9001, 9001 + 2 * len(SERVICES)),
    )
    return {process.name: process for process in found}


def test_each_part_enters_its_own_database_by_its_own_role() -> None:
    urls = database_urls("postgresql://admin:secret@db:5433/postgres?ssl=1", _KEYRING.passwords)

    assert urls["orders"] == "postgresql://orders:p%40orders@db:5433/orders?ssl=1"
    assert len(set(urls.values())) == len(DATABASES)


def test_every_service_has_an_api_and_a_worker_and_the_gateway_is_one_process() -> None:
    names = {f"{service}-{kind}" for service in SERVICES for kind in ("api", "worker")}

    assert set(_processes()) == {*names, "gateway"}


def test_no_process_is_told_anothers_password() -> None:
    for process in _processes().values():
        told = json.dumps(dict(process.environment))
        assert {name for name in DATABASES if f"p%40{name}" in told} == {process.part}


def test_only_the_gateway_can_sign_and_only_orders_reads_claims() -> None:
    processes = _processes().values()

    signing = {one.part for one in processes if "private" in one.environment.values()}
    reading = {one.part for one in processes if {"claim", "key"} & set(one.environment.values())}

    sealing = {one.part for one in processes if "official ids" in one.environment.values()}

    assert signing == {"gateway"}
    assert reading == {"orders"}
    assert sealing == {"customer"}


def test_the_gateway_is_told_where_each_service_listens() -> None:
    processes = _processes()
    told = processes["gateway"].environment

    for service in SERVICES:
        port = processes[f"{service}-api"].port
        assert told[f"CARNET_GATEWAY_{service.upper()}_URL"] == f"http://127.0.0.1:{port}"


def test_the_keyring_is_drawn_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)

    first, second = open_keyring(directory), open_keyring(directory)

    assert first == second
    assert directory.keyring_file.stat().st_mode & 0o777 == 0o600
    assert len(set(first.passwords.values())) == len(DATABASES)


def test_a_keyring_of_an_earlier_version_is_given_the_key_that_it_lacks(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    drawn = asdict(open_keyring(directory))
    directory.keyring_file.write_text(
        json.dumps({name: value for name, value in drawn.items() if name != "official_id_key"})
    )

    first, second = open_keyring(directory), open_keyring(directory)

    assert first == second
    assert first.official_id_key
    assert first.claim_key == drawn["claim_key"]


def test_data_without_its_keyring_is_refused(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    directory.postgres.mkdir()

    with pytest.raises(CannotRun, match=r"keyring\.json are missing\. Restore"):
        open_keyring(directory)


def test_a_broken_keyring_is_refused(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    directory.keyring_file.write_text("{")

    with pytest.raises(CannotRun, match="cannot be read"):
        open_keyring(directory)
