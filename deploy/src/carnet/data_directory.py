"""The data directory: where a suite on this machine keeps its data, secrets and logs."""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from carnet import leftover
from carnet.errors import CannotRun

EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """One process of a running suite; `ready_url` answers 200 when it can do its work."""

    name: str
    pid: int | None
    ready_url: str
    restarts: int


@dataclass(frozen=True, slots=True)
class Running:
    """What a running launcher tells other commands; `environment` holds secrets."""

    pid: int
    gateway_url: str
    started_at: str
    processes: list[RunningProcess]
    environment: dict[str, str] = field(repr=False)


class DataDirectory:
    """The paths below `--data-dir`, and who may use them."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.logs = self.root / "logs"
        self.launcher_log = self.logs / "launcher.log"
        self.postgres = self.root / "postgres"
        self.keyring_file = self.root / "keyring.json"
        self.demo_keys_file = self.root / "demo-keys.json"
        self._demo_wanted_file = self.root / "demo-wanted"
        self._server_file = self.root / "server"
        self._running_file = self.root / "running.json"
        self._lock_file = self.root / "lock"

    def claim(self) -> IO[bytes]:
        """Make the directory if need be and claim it for one launcher; raises `CannotRun`."""
        try:
            self._refuse_foreign()
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            return leftover.claim(self._lock_file, whose=f"Carnet in {self.root}")
        except OSError as error:
            raise self._closed_to_us(error) from error

    @property
    def holds_suite(self) -> bool:
        """Whether a suite was ever started here."""
        return any(file.exists() for file in (self._lock_file, self.keyring_file, self.postgres))

    def _refuse_foreign(self) -> None:
        """Never settle among files that are not ours."""
        if self.root.is_dir() and any(self.root.iterdir()) and not self.holds_suite:
            raise CannotRun(
                f"{self.root} holds other files",
                mend="Choose an empty or new directory as --data-dir",
            )

    @property
    def is_claimed(self) -> bool:
        """Whether a launcher runs here now; raises `CannotRun` when we may not look."""
        try:
            lock = self._lock_file.open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise self._closed_to_us(error) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def tell(self, running: Running) -> None:
        write_private(self._running_file, json.dumps(asdict(running), indent=2))

    def forget_running(self) -> None:
        self._running_file.unlink(missing_ok=True)

    def running(self) -> Running | None:
        """What the launcher that runs here tells; None when none does, or not yet."""
        if not self.is_claimed or not self._running_file.exists():
            return None
        told: dict[str, Any] = json.loads(self._running_file.read_text())
        processes = [RunningProcess(**process) for process in told.pop("processes")]
        return Running(processes=processes, **told)

    def refuse_other_server(self, place: str) -> None:
        """Raise `CannotRun` when the databases are known to be elsewhere.

        Another server would hold another suite's customers, or none, and open to none of our keys.
        """
        kept = self._server_file.read_text().strip() if self._server_file.exists() else place
        if kept != place:
            option = "Leave --database out" if kept == EMBEDDED else f"Name {kept} in --database"
            raise CannotRun(
                f"The databases of {self.root} are not {_shown(place)} but {_shown(kept)}",
                mend=f"{option}, or choose another --data-dir",
            )

    def keep_to_server(self, place: str) -> None:
        """Remember where the databases are, once they are there."""
        write_private(self._server_file, place)

    @property
    def demo_wanted_at(self) -> datetime | None:
        """As of when the demo house is still to be loaded: a first start may be cut short."""
        if not self._demo_wanted_file.exists():
            return None
        return datetime.fromisoformat(self._demo_wanted_file.read_text().strip())

    def want_demo(self, at: datetime) -> None:
        write_private(self._demo_wanted_file, at.isoformat())

    def forget_demo_wanted(self) -> None:
        self._demo_wanted_file.unlink(missing_ok=True)

    def demo_keys(self) -> dict[str, str]:
        if not self.demo_keys_file.exists():
            return {}
        keys: dict[str, str] = json.loads(self.demo_keys_file.read_text())
        return keys

    def keep_demo_keys(self, keys: Mapping[str, str]) -> None:
        write_private(self.demo_keys_file, json.dumps(dict(keys), indent=2))

    def _closed_to_us(self, error: OSError) -> CannotRun:
        return CannotRun(
            f"The data directory {self.root} cannot be used: {error.strerror}",
            mend="Give yourself that right, or choose another --data-dir",
        )


def _shown(place: str) -> str:
    return "the embedded ones" if place == EMBEDDED else f"at {place}"


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only its owner may read."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
