"""Stripe's keys come together or not at all."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from peerloop.settings.payments import is_test_key, needed_with_stripe, share


@pytest.mark.parametrize("name", ["STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_a_key_without_its_companions_stops_the_start(monkeypatch, name):
    monkeypatch.delenv(name, raising=False)
    assert needed_with_stripe(name, "") == ""
    with pytest.raises(ImproperlyConfigured, match=f"STRIPE_SECRET_KEY is set and {name} is not"):
        needed_with_stripe(name, "sk_live_x")
    monkeypatch.setenv(name, "x")
    assert needed_with_stripe(name, "sk_live_x") == "x"


def test_stripes_own_test_mode_is_marked_as_one():
    assert [is_test_key(key) for key in ("sk_test_x", "rk_test_x", "sk_live_x", "")] == [True, True, False, False]


def test_a_payees_part_is_a_percentage_and_none_unless_it_is_set(monkeypatch):
    monkeypatch.delenv("PEERLOOP_PAYOUT_PERCENT", raising=False)
    assert share("PEERLOOP_PAYOUT_PERCENT") == 0
    monkeypatch.setenv("PEERLOOP_PAYOUT_PERCENT", "80")
    assert share("PEERLOOP_PAYOUT_PERCENT") == 80
    for given in ("-1", "101"):
        monkeypatch.setenv("PEERLOOP_PAYOUT_PERCENT", given)
        with pytest.raises(ImproperlyConfigured, match=f"PEERLOOP_PAYOUT_PERCENT is {given}; it must be from 0 to 100"):
            share("PEERLOOP_PAYOUT_PERCENT")
