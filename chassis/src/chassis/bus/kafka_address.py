"""Where a Kafka cluster is and how to be let in, read from a URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

DEFAULT_PORT = 9092

_SECURITY = {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"}
_OPTIONS = {"security", "mechanism", "ca"}


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """The brokers to ask first, and kafka-python's settings for a protected cluster.

    `kafka://one:9092,two:9092` is a plain cluster; with `user:password@` in front it is reached by
    SASL over TLS. Options: `security` (plaintext, ssl, sasl_plaintext, sasl_ssl), `mechanism`
    (SCRAM-SHA-512 unless told) and `ca`, the path of the authority's certificates.
    """

    servers: tuple[str, ...]
    security: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises ValueError, which never repeats the password."""
        parts = urlsplit(url)
        login, _, hosts = parts.netloc.rpartition("@")
        servers = tuple(_with_port(host) for host in hosts.split(",") if host)
        if not servers:
            raise ValueError("a Kafka URL names at least one broker: kafka://host:9092")
        options = dict(parse_qsl(parts.query))
        if unknown := options.keys() - _OPTIONS:
            raise ValueError(f"a Kafka URL has no option {sorted(unknown)}: use {sorted(_OPTIONS)}")
        protocol = options.get("security", "sasl_ssl" if login else "plaintext").lower()
        if protocol not in _SECURITY:
            raise ValueError(f"security is one of {sorted(_SECURITY)}")
        security = {"security_protocol": protocol.upper()}
        if "ca" in options:
            security["ssl_cafile"] = options["ca"]
        if login:
            user, _, password = login.partition(":")
            security["sasl_mechanism"] = options.get("mechanism", "SCRAM-SHA-512")
            security["sasl_plain_username"] = unquote(user)
            security["sasl_plain_password"] = unquote(password)
        return cls(servers, security)

    def __str__(self) -> str:
        return ",".join(self.servers)


def _with_port(host: str) -> str:
    _, colon, port = host.rpartition(":")
    return host if colon and port.isdigit() else f"{host}:{DEFAULT_PORT}"
