"""Who calls: the gateway signs it, services verify it and refuse everything else."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from chassis.errors import Unauthenticated
from chassis.purview import WHOLE_HOUSE, Purview

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = "Carnet-Principal"
_ALGORITHM = "EdDSA"
_AUDIENCE = "carnet"
_ISSUER = "carnet-gateway"
_LIFE_SECONDS = 60
_SIGNED_AGAIN_AFTER_SECONDS = 20
_CACHE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Principal:
    """A client of the gateway, what it may do, and of which home regions it may read."""

    client_id: str
    scopes: frozenset[str]
    purview: Purview = WHOLE_HOUSE


class PrincipalNotVouchedFor(Unauthenticated):
    """The call does not come through the gateway, or its principal is too old."""

    slug = "principal-not-vouched-for"
    title = "The call must come through the gateway"


def new_key_pair() -> tuple[str, str]:
    """Draw an Ed25519 key pair; gives (private, public), each 32 bytes in base64url."""
    private = Ed25519PrivateKey.generate()
    return _encode(private.private_bytes_raw()), _encode(private.public_key().public_bytes_raw())


class PrincipalSigner:
    """Signs principals as short-lived JWTs (RFC 8037), and signs again only every 20 seconds."""

    def __init__(self, private_key: str, clock: Callable[[], float] = time.time) -> None:
        """Take the private key as `new_key_pair` gives it."""
        self._key = Ed25519PrivateKey.from_private_bytes(_decode(private_key))
        self._clock = clock
        self._signed: dict[Principal, tuple[float, str]] = {}

    def sign(self, principal: Principal) -> str:
        """Give a token that says who calls, valid for a minute."""
        now = self._clock()
        known = self._signed.get(principal)
        if known is not None and now - known[0] < _SIGNED_AGAIN_AFTER_SECONDS:
            return known[1]
        claims: dict[str, Any] = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": principal.client_id,
            "scope": " ".join(sorted(principal.scopes)),
            "iat": int(now),
            "exp": int(now) + _LIFE_SECONDS,
        }
        if not principal.purview.is_whole:
            claims["purview"] = principal.purview.document()
        token = jwt.encode(claims, self._key, algorithm=_ALGORITHM)
        if len(self._signed) >= _CACHE_LIMIT:
            self._signed.clear()
        self._signed[principal] = (now, token)
        return token


class PrincipalVerifier:
    """Verifies principals, and remembers verified tokens until they expire."""

    def __init__(self, public_key: str, clock: Callable[[], float] = time.time) -> None:
        """Take the public key as `new_key_pair` gives it."""
        self._key = Ed25519PublicKey.from_public_bytes(_decode(public_key))
        self._clock = clock
        self._verified: dict[str, tuple[float, Principal]] = {}

    def verify(self, token: str) -> Principal:
        """Give the principal; raises `PrincipalNotVouchedFor` when the token is not good."""
        known = self._verified.get(token)
        if known is not None and self._clock() < known[0]:
            return known[1]
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                leeway=5,
                options={"require": ["exp", "sub", "scope"]},
            )
        except jwt.PyJWTError as error:
            message = "Send the request to the gateway's address with your X-API-Key."
            raise PrincipalNotVouchedFor(message) from error
        purview = Purview.of_document(claims.get("purview", {}))
        principal = Principal(claims["sub"], frozenset(claims["scope"].split()), purview)
        if len(self._verified) >= _CACHE_LIMIT:
            self._verified.clear()
        self._verified[token] = (float(claims["exp"]), principal)
        return principal


def _encode(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def _decode(key: str) -> bytes:
    return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
