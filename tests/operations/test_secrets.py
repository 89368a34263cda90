"""Secrets are what the operator says, whatever they begin with."""

import pytest

from peerloop.settings.env import as_given, secret_key


@pytest.mark.parametrize("given", ["$begins-with-a-dollar", "\\$ecret", "#hash = and 'quotes'"])
def test_a_signing_key_is_taken_to_the_letter(given, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", given)
    assert secret_key() == given


def test_a_secret_that_is_not_given_is_empty(monkeypatch):
    monkeypatch.delenv("TURN_SECRET", raising=False)
    assert as_given("TURN_SECRET") == ""
