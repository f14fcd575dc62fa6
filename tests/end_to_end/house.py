"""A whole suite as a user runs it: started by the command line, spoken to through the gateway."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from carnet.ports import free_ports
from tests.end_to_end.mailbox import Mailbox

T = TypeVar("T")

CARNET = Path(sys.executable).with_name("carnet")
SCOPES = (
    "customers:read,customers:write,customers:steward,customers:privacy,"
    "orders:read,orders:write,orders:steward,complaints:read,complaints:write,"
    "segments:read,segments:write"
)


@dataclass(frozen=True, slots=True)
class House:
    """A running suite, its data directory and a key that may do everything."""

    data_dir: Path
    url: str
    key: str

    def client(self, key: str | None = None) -> httpx.Client:
        """Give a client of the gateway with a key."""
        return httpx.Client(base_url=self.url, headers={"X-API-Key": key or self.key}, timeout=30)

    def carnet(self, *arguments: str) -> str:
        """Run a command against this house and give what it prints."""
        return carnet(*arguments, "--data-dir", str(self.data_dir))

    def processes(self) -> dict[str, int]:
        """Give each running process's pid by its name."""
        status: dict[str, Any] = json.loads(self.carnet("status", "--json"))
        return {
            process["name"]: process["pid"] for process in status["processes"] if process["pid"]
        }

    def setting(self, name: str) -> str:
        """Give a setting that the launcher made up, a database's address say."""
        running: dict[str, Any] = json.loads((self.data_dir / "running.json").read_text())
        return running["environment"][name]

    def kill(self, name: str) -> None:
        """End a process as a crash would."""
        os.kill(self.processes()[name], signal.SIGKILL)


def carnet(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run a command and give what it prints; a failure shows what it said."""
    done = subprocess.run(
        [CARNET, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, f"carnet {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def running_house(
    data_dir: Path, *options: str, mailbox: Mailbox | None = None
) -> Generator[House]:
    """Start a suite without the demo house, and stop it."""
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    carnet(
        *("up", "--detach", "--no-demo", "--data-dir", str(data_dir), "--port", str(port)),
        *options,
        environment=None if mailbox is None else mailbox.settings(url),
    )
    try:
        made = carnet(
            "keys",
            "create",
            "--name",
            "tests",
            "--scopes",
            SCOPES,
            "--json",
            "--data-dir",
            str(data_dir),
        )
        yield House(data_dir, url, json.loads(made)["key"])
    finally:
        carnet("down", "--data-dir", str(data_dir))


def eventually(look: Callable[[], T], expected: T, *, seconds: float = 60) -> None:
    """Look until what is seen is what is expected; shows the difference after the time is up."""
    until = time.monotonic() + seconds
    seen = look()
    while seen != expected and time.monotonic() < until:
        time.sleep(0.2)
        seen = look()
    assert seen == expected
