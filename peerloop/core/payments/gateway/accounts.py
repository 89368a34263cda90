"""Accounts of payees at the provider (Stripe Connect, Express): made here, filled in by their owners there."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from ..models import PayoutAccount
from .speaking import speaking


@dataclass(frozen=True, kw_only=True)
class SeenAccount:
    """An account as the provider sees it."""

    account_id: str
    is_submitted: bool
    is_ready: bool
    asks: list[str]


def create_account(account: PayoutAccount) -> SeenAccount:
    """Have an account for its person. The key comes from the person, so that asking again gives the same one.

    Raises Unwilling when the site may not open accounts.
    """
    params: Any = {
        "type": "express",
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"person": str(account.person_id), "site": settings.SITE_URL},
    }
    with speaking() as v1:
        # Not looked at again, as an intent is not: another key would make a second account.
        return _seen(v1.accounts.create(params, {"idempotency_key": f"account:{account.person_id}:{account.attempt}"}))


def look_at_account(account_id: str) -> SeenAccount:
    """What the provider says of the account now. Raises Unwilling when it is gone."""
    with speaking() as v1:
        return _seen(v1.accounts.retrieve(account_id))


def onboarding(account_id: str, *, return_url: str, refresh_url: str) -> str:
    """An address, good once and for some minutes, where the owner tells the provider what it asks for."""
    urls: Any = {"return_url": return_url, "refresh_url": refresh_url}
    with speaking() as v1:
        made = v1.account_links.create({"account": account_id, "type": "account_onboarding", **urls})
    return str(made.url)


def _seen(account: Any) -> SeenAccount:
    known = account.to_dict()
    required = known.get("requirements") or {}
    asks = [*(required.get("past_due") or []), *(required.get("currently_due") or [])]
    can_receive = (known.get("capabilities") or {}).get("transfers") == "active"
    return SeenAccount(
        account_id=known["id"],
        is_submitted=known["details_submitted"],
        is_ready=can_receive and known["payouts_enabled"],
        asks=list(dict.fromkeys(asks)),
    )
