"""Stripe's keys come together or not at all."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from peerloop.settings.payments import is_test_key, needed_with_stripe


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
