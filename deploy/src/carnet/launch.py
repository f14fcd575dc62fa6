"""Starting the suite, tending it, and stopping it: all that `carnet up` does."""

import os
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from carnet.data_directory import DataDirectory, Running
from carnet.demo.house import load_house
from carnet.demo.keys import make_keys
from carnet.errors import CannotRun
from carnet.forking import Helper
from carnet.keyring import WORKER, WORKER_SCOPES, Keyring, open_keyring
from carnet.messaging import check_bus, ensure_topics
from carnet.migration import migrate
from carnet.ports import LOOPBACK, free_ports, is_free
from carnet.preloading import preload
from carnet.servers import EmbeddedServer, GivenServer, Server, server_place
from carnet.signals import Signals
from carnet.suite import MIGRATED, SERVICES, Process, database_urls, processes
from carnet.supervisor import Supervisor
from carnet.wish import Wish
from gateway.keys import admit_key

_READY_SECONDS = 90.0
_TICK_SECONDS = 0.02
_TEND_SECONDS = 0.5
_DONE = object()


class Listener(Protocol):
    """Who hears that the suite is ready."""

    def ready(self, gateway_url: str, demo_keys: dict[str, str], seconds: float) -> None: ...


class StoppedEarly(Exception):
    """A stop was asked for before the suite was ready."""


class Launch:
    """One run of the suite, from its start to its end."""

    def __init__(self, wish: Wish, listener: Listener) -> None:
        self._wish = wish
        self._listener = listener
        self._directory = DataDirectory(wish.data_dir)
        self._log = self._directory.launcher_log
        self._signals = Signals()
        self._supervisor = Supervisor(self._directory.logs, on_change=self._tell)
        self._gateway_url = f"http://{LOOPBACK}:{wish.port}"
        self._began = time.monotonic()
        self._started_at = datetime.now(UTC)
        self._processes: list[Process] = []
        self._helpers: list[Helper] = []
        self._migrations: dict[str, Helper] = {}
        self._topics: Helper | None = None

    def run(self) -> None:
        """Return after a stop that was asked for; raises `CannotRun` or `StoppedEarly`."""
        with ExitStack() as stack:
            stack.enter_context(self._signals.heeded())
            stack.enter_context(self._directory.claim())
            stack.callback(self._directory.forget_running)
            if not is_free(self._wish.port):
                raise CannotRun(
                    f"Port {self._wish.port} is taken by another program",
                    mend="Stop that program, or choose another --port",
                )
            server = self._start(stack)
            while not self._signals.asked_to_stop:
                self._supervisor.tend()
                server.tend()
                self._signals.wait(_TEND_SECONDS)

    def _start(self, stack: ExitStack) -> Server:
        is_new = not self._directory.keyring_file.exists()
        keyring = open_keyring(self._directory)
        self._directory.refuse_other_server(server_place(self._wish.database))
        if not self._wish.demo:
            self._directory.forget_demo_wanted()
        elif is_new:
            self._directory.want_demo(self._started_at)
        server = self._server(keyring)
        stack.callback(server.stop)
        stack.callback(self._kill_helpers)
        preparing = self._prepare(server, keyring)
        preload(self._wish.bus or "postgresql", between=partial(self._step, preparing))
        while self._step(preparing):
            self._signals.wait(_TICK_SECONDS)
        stack.callback(self._supervisor.stop, self._signals)
        self._start_processes()
        self._until_ready()
        self._furnish()
        keys = self._directory.demo_keys()
        self._listener.ready(self._gateway_url, keys, time.monotonic() - self._began)
        return server

    def _prepare(self, server: Server, keyring: Keyring) -> Generator[None]:
        """Make servers and databases ready, beside what is imported; yields where it would wait."""
        given = self._wish.bus
        bus_check = self._beside("bus", partial(check_bus, given)) if given else None
        url = yield from server.prepared()
        if bus_check is not None:
            yield from bus_check.awaited()
        self._directory.keep_to_server(server_place(self._wish.database))
        databases = database_urls(url, keyring.passwords)
        bus = given or databases["bus"]
        self._processes = processes(
            databases=databases,
            bus=bus,
            secrets=keyring,
            gateway_port=self._wish.port,
            ports=free_ports(2 * len(SERVICES), besides=self._wish.port),
        )
        self._topics = self._beside("topics", partial(ensure_topics, bus))
        for part in MIGRATED:
            migrating = partial(migrate, part, databases[part])
            self._migrations[part] = self._beside(f"migrate-{part}", migrating)
        yield from self._migrations["gateway"].awaited()
        make = partial(self._make_keys, databases["gateway"], keyring.worker_api_key)
        yield from self._beside("keys", make).awaited()

    def _server(self, keyring: Keyring) -> Server:
        if self._wish.database is not None:
            return GivenServer(self._wish.database, keyring.passwords, beside=self._beside)
        return EmbeddedServer(
            self._directory.postgres, keyring.passwords, beside=self._beside, log=self._log
        )

    def _start_processes(self) -> None:
        """Start each part as soon as its database is migrated, workers when the topics exist."""
        waiting = list(self._processes)
        while waiting:
            able = [process for process in waiting if self._is_able(process)]
            self._supervisor.start(able)
            waiting = [process for process in waiting if process not in able]
            self._pause()

    def _is_able(self, process: Process) -> bool:
        needed = [self._migrations[process.part], *([self._topics] if process.is_worker else [])]
        return all(helper is not None and helper.is_done for helper in needed)

    def _make_keys(self, database_url: str, worker_api_key: str) -> None:
        admit_key(database_url, worker_api_key, WORKER, WORKER_SCOPES)
        if self._directory.demo_wanted_at is not None:
            make_keys(self._directory, database_url)

    def _until_ready(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        while waiting := self._supervisor.not_ready():
            if time.monotonic() > until:
                raise CannotRun(
                    f"{', '.join(waiting)} did not become ready in {_READY_SECONDS:.0f} seconds",
                    mend=f"See {self._directory.logs / waiting[0]}.log",
                )
            self._supervisor.tend()
            self._pause()

    def _furnish(self) -> None:
        """Load the demo house, once, into a suite that is new."""
        at = self._directory.demo_wanted_at
        if at is None:
            return
        furnish = partial(load_house, self._gateway_url, self._directory.demo_keys(), at=at)
        house = self._beside("demo-house", furnish)
        while not house.is_done:
            self._pause()
        self._directory.forget_demo_wanted()

    def _beside(self, name: str, work: Callable[[], None]) -> Helper:
        helper = Helper(work, name=name, log=self._log)
        self._helpers.append(helper)
        return helper

    def _kill_helpers(self) -> None:
        for helper in self._helpers:
            helper.kill()

    def _step(self, preparing: Generator[None]) -> bool:
        """Go on with what is being prepared; whether there is more to do."""
        self._notice()
        return next(preparing, _DONE) is not _DONE

    def _pause(self) -> None:
        self._signals.wait(_TICK_SECONDS)
        self._notice()

    def _notice(self) -> None:
        """Give up when a stop is asked for or any helper has failed."""
        if self._signals.asked_to_stop:
            raise StoppedEarly
        for helper in self._helpers:
            _ = helper.is_done

    def _tell(self) -> None:
        """Write down what runs, for the other commands."""
        settings = (process.environment for process in self._processes)
        environment = {name: value for one in settings for name, value in one.items()}
        running = Running(
            pid=os.getpid(),
            gateway_url=self._gateway_url,
            started_at=self._started_at.isoformat(timespec="seconds"),
            processes=self._supervisor.running(),
            environment=environment,
        )
        self._directory.tell(running)
