"""A key or a subject of the environment that is none stops the start with its name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from peerloop.settings.push import private_key, subject


@pytest.mark.parametrize("given", ["c2hvcnQ", "x", "é" * 16])
def test_a_malformed_key_stops_the_start(given):
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY is not 32 bytes in base64url"):
        private_key(given)


def test_a_subject_without_its_scheme_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="VAPID_SUBJECT is neither a mailto: nor an https: address"):
        subject("hello@peerloop.example")


@pytest.mark.parametrize("given", ["A" * 43, f"{'A' * 43}="])
def test_a_key_is_taken_with_and_without_its_padding(given):
    assert private_key(given) == "A" * 43
