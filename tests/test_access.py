"""Who may change documents and index, and whose conversations are kept."""

from types import SimpleNamespace

import pytest

from cydqa.access import LOCAL, Visitor, is_loopback, visitor
from cydqa.errors import AccessError, SettingsError
from cydqa.settings import Settings, load_settings

LOOPBACK = {"address": "127.0.0.1", "sign_in": False, "user": None, "email": None}
SIGNED_IN = {"address": "0.0.0.0", "sign_in": True, "user": "issuer 7", "email": "ann@example.org"}  # noqa: S104
TOKEN = {"is_logged_in": True, "iss": "i", "sub": "7", "email": "ann@example.org"}


def test_on_this_machine_alone_everybody_is_the_owner_and_curates():
    assert visitor(Settings(), **LOOPBACK) == Visitor(LOCAL, curates=True)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7", "example.org", "", None])  # noqa: S104
def test_a_page_that_others_reach_without_signing_in_keeps_nothing_and_changes_nothing(address):
    there = visitor(Settings(), **{**LOOPBACK, "address": address})
    assert (there.owner, there.curates) == (None, False)
    assert "without signing in" in there.reason


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_is_this_machine(address):
    assert is_loopback(address)


def test_where_people_sign_in_nobody_else_keeps_or_changes_anything():
    there = visitor(Settings(), **{**SIGNED_IN, "user": None, "email": None})
    assert (there.owner, there.curates) == (None, False)
    assert "signed in" in there.reason


def test_signing_in_counts_on_this_machine_too():
    there = visitor(Settings(), **{**SIGNED_IN, "address": "127.0.0.1", "user": None, "email": None})
    assert (there.owner, there.curates) == (None, False)


def test_who_signed_in_has_conversations_of_their_own_and_curates():
    assert visitor(Settings(), **SIGNED_IN) == Visitor("issuer 7", curates=True, can_sign_in=True)


def test_a_read_only_page_is_changed_by_nobody():
    for who in (LOOPBACK, SIGNED_IN):
        there = visitor(Settings(read_only=True, curators=("ann@example.org",)), **who)
        assert not there.curates
        assert there.owner is not None
        assert "read only" in there.reason


def test_named_curators_are_known_by_their_verified_address_in_any_case():
    settings = Settings(curators=("Ann@Example.org",))
    assert visitor(settings, **SIGNED_IN).curates
    assert visitor(settings, **{**SIGNED_IN, "email": "ANN@example.ORG"}).curates
    for email in ("bob@example.org", "ann@example.org.evil", "", None):
        there = visitor(settings, **{**SIGNED_IN, "email": email})
        assert (there.owner, there.curates) == ("issuer 7", False)
        assert "named curators" in there.reason


def test_with_named_curators_a_page_without_sign_in_is_changed_by_nobody():
    assert not visitor(Settings(curators=("ann@example.org",)), **LOOPBACK).curates


@pytest.mark.parametrize(
    ("value", "curators"),
    [
        ("", ()),
        ("ann@example.org", ("ann@example.org",)),
        (" ann@example.org, bob@example.org ,", ("ann@example.org", "bob@example.org")),
    ],
)
def test_curators_are_separated_by_commas(monkeypatch, value, curators):
    monkeypatch.setenv("CYDQA_CURATORS", value)
    assert load_settings().curators == curators


def test_who_may_not_is_told_why():
    with pytest.raises(AccessError, match="set to read only") as caught:
        visitor(Settings(read_only=True), **LOOPBACK).require_curator()
    assert caught.value.hint
    visitor(Settings(), **LOOPBACK).require_curator()


@pytest.mark.parametrize(
    ("claims", "owner", "curates"),
    [
        ({"is_logged_in": False}, None, False),
        (TOKEN | {"email_verified": True}, "i 7", True),
        (TOKEN | {"email_verified": "false"}, "i 7", False),
        (TOKEN, "i 7", False),
        (TOKEN | {"sub": None, "email_verified": True}, None, False),
    ],
)
def test_only_a_verified_address_makes_a_curator_and_nobody_without_an_identity_is_somebody(
    monkeypatch, claims, owner, curates
):
    from cydqa.ui import visit

    monkeypatch.setattr(visit.st, "user", SimpleNamespace(to_dict=lambda: claims))
    there = visit.visitor_of(Settings(curators=("ann@example.org",)))
    assert (there.owner, there.curates, there.can_sign_in) == (owner, curates, True)


def test_curators_who_are_nobody_are_an_error_and_not_everybody(monkeypatch):
    monkeypatch.setenv("CYDQA_CURATORS", " , ")
    with pytest.raises(SettingsError, match="it names nobody"):
        load_settings()
