"""The reference lists every setting, every event and every route, and no other."""

import json
import re

from tests.architecture import settings
from tests.architecture.tree import ROOT

CONTRACTS = ROOT / "contracts"
REFERENCE = ROOT / "docs" / "reference"
SETTING = re.compile(r"^\| `(CARNET_[A-Z_<>]+)`", re.MULTILINE)
EVENT = re.compile(r"^\| `([a-z.-]+\.v\d+)`", re.MULTILINE)
ROUTE = re.compile(r"^\| `([A-Z]+ /\S+)`", re.MULTILINE)
SERVICES = {"CUSTOMER", "ORDERS", "COMPLAINTS", "SEGMENTATION"}


def test_every_setting_is_listed() -> None:
    listed = {
        name
        for pattern in SETTING.findall((REFERENCE / "settings.md").read_text())
        for name in spelled_out(pattern)
    }
    assert settings.fields() <= listed <= settings.fields() | settings.written()


def test_every_event_is_listed() -> None:
    listed = EVENT.findall((REFERENCE / "events.md").read_text())
    topics = json.loads((CONTRACTS / "topics.json").read_text())
    assert sorted(listed) == sorted(event for topic in topics.values() for event in topic["events"])


def test_every_route_is_listed() -> None:
    listed = ROUTE.findall((REFERENCE / "routes.md").read_text())
    paths = json.loads((CONTRACTS / "openapi.json").read_text())["paths"]
    assert sorted(listed) == sorted(
        f"{method.upper()} {path}" for path, methods in paths.items() for method in methods
    )


def spelled_out(name: str) -> set[str]:
    """Give what a name with `<PART>` or `<SERVICE>` stands for."""
    parts = SERVICES if "<SERVICE>" in name else SERVICES | {"GATEWAY"}
    return {re.sub("<(PART|SERVICE)>", part, name) for part in parts}
