"""Services believe the gateway's signature and nothing else."""

import pytest

from chassis.principal import (
    Principal,
    PrincipalNotVouchedFor,
    PrincipalSigner,
    PrincipalVerifier,
    new_key_pair,
)

TILL = Principal("till", frozenset({"orders:write", "customers:read"}))


def test_a_signed_principal_is_believed() -> None:
    private, public = new_key_pair()
    assert PrincipalVerifier(public).verify(PrincipalSigner(private).sign(TILL)) == TILL


def test_another_keys_signature_is_refused() -> None:
    private, _ = new_key_pair()
    _, other_public = new_key_pair()
    with pytest.raises(PrincipalNotVouchedFor):
        PrincipalVerifier(other_public).verify(PrincipalSigner(private).sign(TILL))


def test_an_old_token_is_refused() -> None:
    private, public = new_key_pair()
    token = PrincipalSigner(private, clock=lambda: 1_000_000_000.0).sign(TILL)
    with pytest.raises(PrincipalNotVouchedFor):
        PrincipalVerifier(public).verify(token)


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."])
def test_what_is_no_token_is_refused(token: str) -> None:
    _, public = new_key_pair()
    with pytest.raises(PrincipalNotVouchedFor):
        PrincipalVerifier(public).verify(token)


def test_a_token_is_signed_again_before_it_expires() -> None:
    private, _ = new_key_pair()
    now = 1_000_000_000.0
    signer = PrincipalSigner(private, clock=lambda: now)
    first = signer.sign(TILL)
    now += 10
    assert signer.sign(TILL) == first
    now += 15
    assert signer.sign(TILL) != first
