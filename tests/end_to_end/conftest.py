"""One suite on a real Kafka broker for all journeys."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.end_to_end.house import House, running_house
from tests.end_to_end.mailbox import Mailbox, open_mailbox

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[Mailbox]:
    """Give the mail server that the suite sends to."""
    with open_mailbox(tmp_path_factory.mktemp("mailbox")) as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def house(
    kafka: str, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Generator[House]:
    """Give a suite that runs on Kafka."""
    data_dir = tmp_path_factory.mktemp("house") / "data"
    with running_house(data_dir, "--bus", f"kafka://{kafka}", mailbox=mailbox) as house:
        yield house


def _told(*names: str) -> Path:
    """Give real data; it must be there in CI and may be missing elsewhere."""
    path = DATA.joinpath(*names)
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing; CARNET_DATA names the folder that holds the data.")
        pytest.skip(f"{path} is missing; CARNET_DATA names the folder that holds the data.")
    return path


@pytest.fixture(scope="session")
def invoices() -> Path:
    """Give the file of real invoices."""
    return _told("orders", "online_retail_II.parquet")


@pytest.fixture(scope="session")
def olist() -> Path:
    """Give the folder of Olist's real files."""
    return _told("orders", "olist")
