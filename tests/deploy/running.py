"""A suite run by its command line, as the tests of `carnet up` need it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from carnet.ports import free_ports

CARNET = Path(sys.executable).with_name("carnet")
_ANSWER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Suite:
    """A data directory and a port, and the commands over them."""

    data_dir: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> dict[str, str]:
        keys: dict[str, str] = json.loads((self.data_dir / "demo-keys.json").read_text())
        return keys

    def carnet(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [CARNET, command, "--data-dir", self.data_dir, *options],
            capture_output=True,
            text=True,
            check=False,
        )

    def up(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.carnet("up", "--detach", "--port", str(self.port), *options)

    def in_foreground(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [CARNET, "up", "--data-dir", self.data_dir, "--port", str(self.port), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def down(self) -> None:
        self.carnet("down")

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.carnet("status", "--json").stdout)
        return told

    def pids(self) -> dict[str, int]:
        return {process["name"]: process["pid"] for process in self.status()["processes"]}

    def launcher(self) -> psutil.Process:
        told = json.loads((self.data_dir / "running.json").read_text())
        return psutil.Process(told["pid"])

    def left_running(self) -> list[psutil.Process]:
        """Whatever still runs with this data directory or this port in its hands."""
        mine = {str(self.data_dir), str(self.data_dir / "postgres" / "data")}
        return [
            process
            for process in psutil.process_iter(["cmdline", "cwd"])
            if process.pid != os.getpid()
            and (process.info["cwd"] in mine or mine & set(process.info["cmdline"] or ()))
        ]

    def client(self, name: str) -> httpx.Client:
        """A client of the gateway with one of the demo house's keys."""
        headers = {"X-API-Key": self.keys[name]}
        return httpx.Client(base_url=self.url, headers=headers, timeout=_ANSWER_SECONDS)


def new_suite(directory: Path) -> Suite:
    """A suite that has never run, on a free port."""
    [port] = free_ports(1)
    return Suite(directory / "data", port)


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so in that time."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
