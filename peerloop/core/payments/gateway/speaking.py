"""How the provider is reached, and what can go wrong on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from ..double.client import Double
from ..errors import PaymentsOff

SECONDS = 20


class Trouble(Exception):
    """No usable answer. `answered` says whether one came at all: an error is repeated for its idempotency key."""

    def __init__(self, why: str, *, answered: bool) -> None:
        self.why, self.answered = why, answered
        super().__init__(why)


class Declined(Exception):
    """The bank refused the card, with a sentence for the payer."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Unwilling(Exception):
    """The provider refuses what is asked of it in this state, and says why; `code` is its word for it."""

    def __init__(self, why: str, code: str = "") -> None:
        self.why, self.code = why, code
        super().__init__(why)


def provider() -> str:
    """Who moves the money of this site. Raises PaymentsOff."""
    if settings.STRIPE_SECRET_KEY:
        return "stripe"
    if settings.TEST_PAYMENTS:
        return "test"
    raise PaymentsOff


def http_client() -> stripe.HTTPClient:
    """What carries the library's calls out."""
    return stripe.RequestsClient(timeout=SECONDS) if provider() == "stripe" else Double()


def _client() -> stripe.StripeClient:
    if provider() == "stripe":
        return _stripe(settings.STRIPE_SECRET_KEY)
    return stripe.StripeClient("sk_test_built_in", http_client=http_client(), max_network_retries=0)


@cache
def _stripe(key: str) -> stripe.StripeClient:
    """One for the process, so that connections are kept."""
    return stripe.StripeClient(key, http_client=http_client(), max_network_retries=2)


@contextmanager
def speaking() -> Iterator[Any]:
    """What the provider can be asked; what goes wrong in between is told in our words."""
    # A lock must not be held while somebody far away thinks. (Tests are wrapped in a transaction of their own.)
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("The payment provider is called inside a transaction.")
    try:
        yield _client().v1
    except stripe.CardError as error:
        raise Declined(error.user_message or "The card was refused.") from error
    except stripe.InvalidRequestError as error:
        raise Unwilling(error.user_message or "This is not possible any more.", error.code or "") from error
    except stripe.StripeError as error:
        # 409: the key is being answered to somebody else at this moment, and what comes of it is the key's answer.
        answered = error.http_status not in (None, 409)
        raise Trouble(str(error.user_message or "no answer"), answered=answered) from error


def everything(found: Any) -> Any:
    return found.auto_paging_iter() if hasattr(found, "auto_paging_iter") else found


def about(thing: Any) -> dict[str, str]:
    return dict(thing.metadata.to_dict()) if thing.metadata else {}
