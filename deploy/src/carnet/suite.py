"""What the suite consists of: its databases, its processes, and what each process is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from carnet.ports import LOOPBACK

SERVICES = ("customer", "orders", "complaints", "segmentation")
MIGRATED = (*SERVICES, "gateway")
DATABASES = (*MIGRATED, "bus")


class Secrets(Protocol):
    """What of the keyring the processes are told."""

    @property
    def principal_private_key(self) -> str: ...
    @property
    def principal_public_key(self) -> str: ...
    @property
    def claim_key(self) -> str: ...
    @property
    def official_id_key(self) -> str: ...
    @property
    def worker_api_key(self) -> str: ...
    @property
    def passwords(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Process:
    """One process: `entry` is `module:function`; `part` names its service."""

    name: str
    part: str
    entry: str
    port: int
    environment: Mapping[str, str] = field(repr=False)

    @property
    def is_worker(self) -> bool:
        return self.entry.endswith(".worker:run")

    @property
    def ready_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/readyz"


def database_urls(server: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Each part's URL on the server that `server` leads to, with the part's own role."""
    address = urlsplit(server)
    place = address.netloc.rpartition("@")[2]
    return {
        name: urlunsplit(
            address._replace(netloc=f"{name}:{quote(passwords[name], safe='')}@{place}", path=name)
        )
        for name in DATABASES
    }


def processes(
    *,
    databases: Mapping[str, str],
    bus: str,
    secrets: Secrets,
    gateway_port: int,
    ports: Sequence[int],
) -> list[Process]:
    """All processes, those that others need first; `ports` are two for each service."""
    pairs = dict(zip(SERVICES, zip(ports[::2], ports[1::2], strict=True), strict=True))
    own = {
        "customer": {"OFFICIAL_ID_KEY": secrets.official_id_key},
        "orders": {
            "CLAIM_KEY": secrets.claim_key,
            "GATEWAY_URL": f"http://{LOOPBACK}:{gateway_port}",
            "API_KEY": secrets.worker_api_key,
        },
    }
    found: list[Process] = []
    for service, (port, worker_port) in pairs.items():
        environment = _prefixed(
            service,
            {
                "DATABASE_URL": databases[service],
                "BUS_URL": bus,
                "PRINCIPAL_PUBLIC_KEY": secrets.principal_public_key,
                "PORT": str(port),
                "WORKER_PORT": str(worker_port),
                **own.get(service, {}),
            },
        )
        found += [
            Process(f"{service}-api", service, f"{service}.main:run", port, environment),
            Process(
                f"{service}-worker", service, f"{service}.worker:run", worker_port, environment
            ),
        ]
    environment = _prefixed(
        "gateway",
        {
            "DATABASE_URL": databases["gateway"],
            "PRINCIPAL_PRIVATE_KEY": secrets.principal_private_key,
            "PORT": str(gateway_port),
            **{
                f"{service.upper()}_URL": f"http://{LOOPBACK}:{port}"
                for service, (port, _) in pairs.items()
            },
        },
    )
    return [*found, Process("gateway", "gateway", "gateway.main:run", gateway_port, environment)]


def _prefixed(part: str, settings: Mapping[str, str]) -> dict[str, str]:
    return {
        f"CARNET_{part.upper()}_{name}": value
        for name, value in {"HOST": LOOPBACK, **settings}.items()
    }
