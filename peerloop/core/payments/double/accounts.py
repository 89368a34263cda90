"""Express accounts as far as payouts need them: made empty, filled in on a page of this site, then able to receive."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from . import storage
from .answers import Data

ASKED = ["external_account", "individual.dob.day", "individual.first_name", "individual.last_name"]
MINUTES = 5


def create(given: Data) -> Data:
    account = storage.new(
        "account",
        "acct",
        type=given.get("type", "standard"),
        capabilities=dict.fromkeys(given.get("capabilities", {}), "inactive"),
        charges_enabled=False,
        details_submitted=False,
        metadata=given.get("metadata", {}),
        payouts_enabled=False,
        requirements=_required(ASKED),
    )
    storage.happened("account.updated", account)
    return account


def show(name: str) -> Data:
    return storage.read("account", name)


def link(given: Data) -> Data:
    account, origin = show(given["account"]), urlsplit(given["return_url"])
    now = timezone.now()
    return {
        "object": "account_link",
        "created": int(now.timestamp()),
        "expires_at": int((now + timedelta(minutes=MINUTES)).timestamp()),
        "url": f"{origin.scheme}://{origin.netloc}/payouts/test/{account['id']}",
    }


def finish(name: str) -> Data:
    """The owner gave what is asked for, on the stand-in page. Given already: nothing changes."""
    return ask(name, [])


def ask(name: str, asks: list[str]) -> Data:
    """The provider asks the owner for these, after all was given once; for nothing any more, and the account works."""
    is_ready, account = not asks, show(name)
    if account["details_submitted"] and account["requirements"] == _required(asks):
        return account
    account |= {"details_submitted": True, "payouts_enabled": is_ready, "requirements": _required(asks)}
    account["capabilities"] = dict.fromkeys(account["capabilities"], "active" if is_ready else "inactive")
    storage.keep(account)
    storage.happened("account.updated", account)
    return account


def _required(asks: list[str]) -> Data:
    return {"currently_due": asks, "past_due": [], "disabled_reason": "requirements.past_due" if asks else None}
