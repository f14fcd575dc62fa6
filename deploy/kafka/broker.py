"""One real Apache Kafka broker on loopback, for development and tests.

The jars come from Maven (pom.xml beside this file) once into a cache; the broker is a single KRaft
node that is its own controller. With a directory it keeps its data; without, it lives and dies with
its user.
"""

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Self

from carnet.parent import end_with_parent
from carnet.ports import LOOPBACK, free_ports, is_free

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
SETTINGS = HERE / "server.properties"
LOG_SETTINGS = HERE / "log4j2.properties"
OLDEST_JAVA = 17
START_SECONDS = 60.0
STOP_SECONDS = 20.0
WHAT_TO_INSTALL = (
    "a Kafka broker needs Java 17 or later and Maven: install them"
    " (Debian: apt-get install default-jre-headless maven)"
    " or set CARNET_KAFKA=host:port to use a broker that runs already"
)

JVM_FLAGS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",  # one small heap on few cores
    "-XX:TieredStopAtLevel=1",  # starts in half the time; a broker for tests has no hot hour
    f"-Dlog4j2.configurationFile={LOG_SETTINGS}",
)


class BrokerError(Exception):
    """The broker cannot run; the message is one line that says how to mend it."""


class Broker:
    """A Kafka broker as a context manager: `with Broker() as broker: connect(broker.bootstrap)`."""

    def __init__(self, directory: Path | None = None, *, port: int | None = None) -> None:
        self._kept = directory is not None
        self._directory = directory or Path(tempfile.mkdtemp(prefix="carnet-kafka-"))
        self._process: subprocess.Popen[bytes] | None = None
        free_port, self._controller_port = free_ports(2)
        self.port = port or free_port

    @property
    def bootstrap(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def log(self) -> Path:
        return self._directory / "broker.log"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start, and return once the broker answers; a broker stopped before starts on its data."""
        if not is_free(self.port):
            message = f"port {self.port} is taken: stop what listens there or choose another --port"
            raise BrokerError(message)
        java, jars = find_java(), fetch_jars()
        data = self._directory / "data"
        settings = self._directory / "server.properties"
        self._directory.mkdir(parents=True, exist_ok=True)
        settings.write_text(SETTINGS.read_text() + self._own_settings(data))
        command = [java, *JVM_FLAGS, "-cp", f"{jars}/*"]
        with self.log.open("ab") as log:
            if not (data / "meta.properties").exists():
                self._format([*command, "kafka.tools.StorageTool"], settings, log.fileno())
            self._process = subprocess.Popen(
                [*command, "kafka.Kafka", str(settings)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Ask the broker to stop as an operator would, its data flushed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker as a power cut would."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End the broker; data that nobody will read again is not flushed but removed."""
        if self._kept:
            self.stop()
            return
        self.kill()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _own_settings(self, data: Path) -> str:
        controller = f"{LOOPBACK}:{self._controller_port}"
        return (
            f"listeners=PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}\n"
            f"advertised.listeners=PLAINTEXT://{self.bootstrap}\n"
            f"controller.quorum.voters=1@{controller}\n"
            f"log.dirs={data}\n"
        )

    def _format(self, tool: list[str], settings: Path, log: int) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")
        done = subprocess.run(
            [*tool, "format", "--cluster-id", cluster_id, "--config", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            timeout=START_SECONDS,
        )
        if done.returncode != 0:
            message = f"Kafka's storage could not be formatted: {self._last_words()}"
            raise BrokerError(message)

    def _wait_until_it_answers(self) -> None:
        assert_alive = self._process
        ends_at = time.monotonic() + START_SECONDS
        while not answers(self.port):
            if assert_alive is None or assert_alive.poll() is not None:
                message = f"Kafka stopped while starting: {self._last_words()}"
                raise BrokerError(message)
            if time.monotonic() > ends_at:
                message = f"Kafka did not answer within {START_SECONDS:.0f} seconds: see {self.log}"
                raise BrokerError(message)
            time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        errors = [line for line in lines if " ERROR " in line or "Exception" in line]
        return (errors or lines or ["it said nothing"])[-1].strip()


def fetch_jars() -> Path:
    """Return the folder of Kafka's jars; Maven fetches them when the cache has none for the POM."""
    cache = Path(os.environ.get("CARNET_CACHE") or Path.home() / ".cache" / "carnet")
    jars = cache / "kafka" / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    if jars.is_dir():
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError(WHAT_TO_INSTALL)
    jars.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=jars.parent, prefix="fetching-") as folder:
        fetched = Path(folder) / "jars"
        done = subprocess.run(
            [
                *(maven, "--quiet", "--batch-mode", "--file", str(POM)),
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                f"-DoutputDirectory={fetched}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = [line for line in done.stdout.splitlines() if "ERROR" in line] or [done.stderr]
            message = f"Maven could not fetch Kafka's jars: {said[0].strip()}"
            raise BrokerError(message)
        with contextlib.suppress(OSError):  # another run was quicker, with the same jars
            fetched.rename(jars)
    return jars


def find_java() -> str:
    """Return the path of a Java that Kafka 4 runs on."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None) or shutil.which("java")
    if java is None:
        raise BrokerError(WHAT_TO_INSTALL)
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < OLDEST_JAVA:
        raise BrokerError(WHAT_TO_INSTALL)
    return java


def answers(port: int) -> bool:
    """Ask for the API versions (key 18, version 0), which a broker answers once it serves."""
    client = b"carnet"
    request = struct.pack(">hhih", 18, 0, 1, len(client)) + client
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            return len(connection.recv(4)) > 0
    except OSError:
        return False


@contextlib.contextmanager
def stopped_by(*signals: signal.Signals) -> Generator[None]:
    """Turn signals into KeyboardInterrupt while the block runs: they end it as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    earlier = [(number, signal.signal(number, interrupt)) for number in signals]
    try:
        yield
    finally:
        for number, handler in earlier:
            signal.signal(number, handler)


def main() -> int:
    """Run a broker until it is interrupted (`make kafka`)."""
    parser = argparse.ArgumentParser(description="Run one Apache Kafka broker on loopback.")
    parser.add_argument("--port", type=int, default=9092)
    parser.add_argument("--data-dir", type=Path, default=Path(".carnet/kafka"))
    parser.add_argument("--fetch-only", action="store_true", help="fetch the jars and end")
    arguments = parser.parse_args()
    try:
        if arguments.fetch_only:
            fetch_jars()
            return 0
        with (
            stopped_by(signal.SIGTERM),
            Broker(arguments.data_dir.absolute(), port=arguments.port) as broker,
        ):
            print(f"Kafka answers on {broker.bootstrap}; stop it with Ctrl-C", flush=True)
            signal.pause()
    except BrokerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Kafka has stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
