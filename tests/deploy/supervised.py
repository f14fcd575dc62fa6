"""A supervisor over tiny processes; run as a program by the tests of the supervisor.

Its arguments are a directory and what to run: pairs of a process's name and one of the functions.
It prints a line of JSON each time a process has been started, and `ready`.
"""

import http.server
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from carnet.ports import free_ports
from carnet.signals import Signals
from carnet.suite import Process
from carnet.supervisor import Supervisor


class _Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


def serve() -> None:
    """Answer that it is ready; on SIGTERM note that it drained, and end."""
    port = int(os.environ["PORT"])
    _say(f"serving as {sys.argv}")

    def drain(_number: int, _frame: object) -> NoReturn:
        with Path(os.environ["DRAINED"]).open("a") as drained:
            drained.write(f"{sys.argv[0]}\n")
        sys.exit(0)

    signal.signal(signal.SIGTERM, drain)
    http.server.HTTPServer(("127.0.0.1", port), _Ready).serve_forever()


def hang() -> None:
    """Answer that it is ready, and take no notice of SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), _Ready).serve_forever()


def fail() -> None:
    """End at once, with a reason."""
    sys.exit("the reason")


def main() -> None:
    """Supervise until SIGTERM."""
    directory = Path(sys.argv[1])
    names, functions = sys.argv[2::2], sys.argv[3::2]
    processes = [
        Process(
            name=name,
            part=name,
            entry=f"supervised:{function}",
            port=port,
            environment={"PORT": str(port), "DRAINED": str(directory / "drained")},
        )
        for name, function, port in zip(names, functions, free_ports(len(names)), strict=True)
    ]
    sys.path.insert(0, str(Path(__file__).parent))

    def tell() -> None:
        _say(json.dumps([asdict(one) for one in supervisor.running()]))

    supervisor = Supervisor(directory, on_change=tell)
    signals = Signals()
    with signals.heeded():
        try:
            supervisor.start(processes)
            while supervisor.not_ready():
                supervisor.tend()
                signals.wait(0.02)
            _say("ready")
            while not signals.asked_to_stop:
                supervisor.tend()
                signals.wait(0.1)
        finally:
            supervisor.stop(signals)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
