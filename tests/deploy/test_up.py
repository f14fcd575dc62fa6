"""`carnet up` with its demo house: what a newcomer sees, and what is kept and left behind."""

import signal
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.deploy.running import Suite, new_suite, within

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Generator[Suite]:
    suite = new_suite(tmp_path_factory.mktemp("up"))
    started = suite.up()
    assert started.returncode == 0, started.stderr
    yield suite
    suite.down()


def _caller(suite: Suite) -> dict[str, Any]:
    """Who calls the New York call centre from a Japanese mobile."""
    with suite.client("call centre") as client:
        found = client.post("/v1/customers/search", json={"phone": "+81 90-0147-2268"}).json()
        [customer] = found["items"]
        return client.get(f"/v1/customers/{customer['customer_id']}/360").json()


def test_every_process_is_ready(suite: Suite) -> None:
    status = suite.status()

    assert status["ready"] is True
    assert status["gateway_url"] == suite.url
    assert len(status["processes"]) == 9


def test_who_bought_in_tokyo_is_known_in_paris_and_on_the_phone_in_new_york(suite: Suite) -> None:
    def whole_story() -> bool:
        view = _caller(suite)
        return view["missing"] in ([], {}) and view["indicators"]["open_complaints"] == 1

    assert within(30, whole_story)
    view = _caller(suite)

    assert view["customer"]["full_name"] == "白河 美咲"
    assert [order["country"] for order in view["purchases"]["latest_orders"]] == ["FR", "JP"]
    [parcel] = view["purchases"]["latest_orders"][0]["parcels"]
    assert parcel["status"] == "delivered"
    [complaint] = view["complaints"]["items"]
    assert complaint["status"] == "answered"
    assert complaint["country"] == "US"
    assert view["indicators"]["frequency"] == 2


def test_secrets_are_readable_by_their_owner_alone(suite: Suite) -> None:
    for name in ("keyring.json", "demo-keys.json", "running.json"):
        assert (suite.data_dir / name).stat().st_mode & 0o777 == 0o600
    assert suite.data_dir.stat().st_mode & 0o777 == 0o700


def test_the_api_documentation_is_served(suite: Suite) -> None:
    with suite.client("till") as client:
        document = client.get("/openapi.json").json()

    assert "/v1/orders" in document["paths"]


def test_a_second_launcher_over_the_same_data_is_refused(suite: Suite) -> None:
    done = suite.up()

    assert done.returncode == 1
    assert done.stderr == (
        f"carnet: Carnet in {suite.data_dir} is already running. "
        "Stop it with `carnet down`, or choose another --data-dir.\n"
    )


def test_a_killed_process_comes_back(suite: Suite) -> None:
    before = suite.pids()

    psutil.Process(before["orders-worker"]).kill()

    assert within(20, lambda: suite.status()["ready"] and suite.pids() != before)
    restarts = {one["name"]: one["restarts"] for one in suite.status()["processes"]}
    assert restarts.pop("orders-worker") == 1
    assert set(restarts.values()) == {0}


def test_a_killed_postgresql_comes_back(suite: Suite) -> None:
    [server] = [one for one in suite.launcher().children() if one.name() == "postgres"]

    server.kill()

    assert within(30, lambda: suite.launcher().is_running() and _is_whole(suite))


def test_what_was_kept_is_there_after_a_restart_and_nothing_is_told_twice(suite: Suite) -> None:
    keys, before = suite.keys, _caller(suite)["purchases"]
    suite.down()
    assert suite.left_running() == []

    started = suite.up()

    assert started.returncode == 0, started.stderr
    assert suite.keys == keys
    assert _caller(suite)["purchases"] == before


def test_nothing_outlives_a_killed_launcher_and_it_starts_again(suite: Suite) -> None:
    family = [suite.launcher(), *suite.launcher().children(recursive=True)]

    suite.launcher().kill()

    assert within(10, lambda: not any(_is_alive(process) for process in family))
    assert suite.status()["running"] is False
    assert suite.up().returncode == 0
    assert _is_whole(suite)


def test_two_suites_run_side_by_side(suite: Suite, tmp_path: Path) -> None:
    other = new_suite(tmp_path)
    started = other.up("--no-demo")
    try:
        assert started.returncode == 0, started.stderr
        assert other.status()["ready"] is True
        assert suite.status()["ready"] is True
        assert not (other.data_dir / "demo-keys.json").exists()
    finally:
        other.down()


def test_ctrl_c_stops_it_cleanly(tmp_path: Path) -> None:
    suite = new_suite(tmp_path)
    program = suite.in_foreground("--no-demo")
    assert program.stdout is not None
    said = ""
    while "Ctrl-C stops it" not in said:
        line = program.stdout.readline()
        assert line, program.communicate()
        said += line

    program.send_signal(signal.SIGINT)
    said, complaints = program.communicate(timeout=60)

    assert program.returncode == 0, complaints
    assert "Stopped." in said
    assert suite.left_running() == []


def test_ctrl_c_stops_it_while_it_starts(tmp_path: Path) -> None:
    suite = new_suite(tmp_path)
    program = suite.in_foreground()
    assert within(20, (suite.data_dir / "postgres").exists)

    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=60)

    assert program.returncode == 130
    assert "Stopped before it was ready." in said
    assert within(5, lambda: suite.left_running() == [])


def _is_whole(suite: Suite) -> bool:
    try:
        return suite.status()["ready"] and _caller(suite)["missing"] in ([], {})
    except httpx.HTTPError:
        return False


def _is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
