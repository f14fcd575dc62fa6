"""The embedded PostgreSQL: a real server, from a wheel, that lives and dies with its owner."""

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from carnet import leftover
from carnet.account import Account, account_for, programs_for
from carnet.cluster import ENVIRONMENT, SUPERUSER, Cluster
from carnet.errors import CannotRun
from carnet.parent import end_with_parent
from carnet.ports import LOOPBACK, free_ports, is_free

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0

_ALWAYS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "io_method": "sync",
    "log_checkpoints": "off",
}
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}


class EmbeddedPostgres:
    """One server over one directory, which holds `data/`, `password` and `log`.

    It listens on the loopback address only, asks for a generated password that only its owner can
    read, and ends when the process that started it ends, however that happens. `durable=False`
    trades the promise to survive a power cut for speed; only tests may want that.
    """

    def __init__(self, directory: Path, *, port: int | None = None, durable: bool = True) -> None:
        self._directory = directory.absolute()
        self._cluster = Cluster(self._directory)
        self._log_file = self._directory / "log"
        self._asked_port = port
        self._durable = durable
        self._port: int | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._claim: IO[bytes] | None = None

    @property
    def port(self) -> int:
        if self._port is None:
            raise RuntimeError("The embedded PostgreSQL has not been started.")
        return self._port

    @property
    def log_file(self) -> Path:
        return self._log_file

    @property
    def is_new(self) -> bool:
        """Whether `start` would make a new, empty cluster."""
        return not self._cluster.exists

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def url(self, database: str, *, role: str, password: str) -> str:
        return (
            f"postgresql://{quote(role)}:{quote(password)}@{LOOPBACK}:{self.port}/{quote(database)}"
        )

    def superuser_url(self, database: str = "postgres") -> str:
        return self.url(database, role=SUPERUSER, password=self._cluster.password)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if there is none, start the server, return when it accepts connections.

        Must be called on the main thread: the kernel would end the server with any other thread.
        """
        self.launch()
        until = time.monotonic() + _START_SECONDS
        while not self.is_accepting():
            if time.monotonic() > until:
                self.stop()
                raise self._failure()
            time.sleep(0.01)

    def make_cluster(self) -> None:
        """Make the cluster if there is none, and start nothing; raises `CannotRun`."""
        with self._refusing():
            self._open()
        self.stop()

    def launch(self) -> None:
        """The first half of `start`: the server runs, but may not accept connections yet.

        Called again after the server has died, it starts it again on the same port.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("The embedded PostgreSQL is started on the main thread only.")
        with self._refusing():
            account, programs = self._open()
            self._cluster.refuse_unusable()
            leftover.clear(self._cluster.data)
            self._port = self._asked_port or self._port or free_ports(1)[0]
            self._refuse_taken_port()
            self._server = self._spawn(programs, account)

    def is_accepting(self) -> bool:
        """Whether the launched server accepts connections; raises `CannotRun` if it has ended."""
        if self._server is None:
            raise RuntimeError("The embedded PostgreSQL has not been launched.")
        if self._server.poll() is not None:
            self.stop()
            raise self._failure()
        return leftover.says_ready(self._cluster.data, pid=self._server.pid)

    def stop(self) -> None:
        """Stop fast but cleanly: sessions are ended, what is committed is written."""
        if self._server is not None:
            for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                self._server.send_signal(ask)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._server.wait(timeout=_STOP_SECONDS)
                    break
            self._server = None
        if self._claim is not None:
            self._claim.close()
            self._claim = None

    @contextlib.contextmanager
    def _refusing(self) -> Generator[None]:
        """Let go of everything when the block fails; failures of the system become refusals."""
        try:
            yield
        except OSError as error:
            self.stop()
            raise CannotRun(
                f"{error.filename or self._directory} cannot be written: {error.strerror}",
                mend="Give yourself that right, or choose another --data-dir",
            ) from error
        except CannotRun:
            self.stop()
            raise

    def _open(self) -> tuple[Account, Path]:
        """Claim the directory and make its cluster if there is none; who runs what there."""
        self._directory.mkdir(parents=True, exist_ok=True)
        account = account_for(self._directory)
        self._directory.chmod(0o700)
        account.own(self._directory)
        whose = f"A PostgreSQL over {self._directory}"
        self._claim = self._claim or leftover.claim(self._directory / "lock", whose=whose)
        programs = programs_for(account)
        if self.is_new:
            self._cluster.make(programs, account, durable=self._durable)
        return account, programs

    def _refuse_taken_port(self) -> None:
        if not is_free(self.port):
            raise CannotRun(
                f"Port {self.port}, meant for PostgreSQL, is not free",
                mend="Stop what listens there, or choose another port",
            )

    def _spawn(self, programs: Path, account: Account) -> subprocess.Popen[bytes]:
        settings = _ALWAYS | {"port": str(self.port)} | ({} if self._durable else _NOT_DURABLE)
        with self._open_log() as log:
            return subprocess.Popen(
                [
                    programs / "postgres",
                    "-D",
                    account.spelled(self._cluster.data),
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                cwd=self._cluster.data,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=account.uid,
                group=account.gid,
                extra_groups=[] if account.is_another else None,
                process_group=0,  # a terminal's Ctrl-C is for us: the services drain first
                preexec_fn=end_with_parent(signal.SIGINT),  # noqa: PLW1509 (launch refuses other threads)
            )

    def _open_log(self) -> IO[bytes]:
        """The log starts afresh with each start; the one before is kept as `log.1`."""
        if self._log_file.exists():
            self._log_file.replace(self._log_file.with_name("log.1"))
        return self._log_file.open("wb")

    def _failure(self) -> CannotRun:
        said = self._log_file.read_text(errors="replace")
        return self._cluster.failure(said, log=self._log_file)
