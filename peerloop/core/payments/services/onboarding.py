"""A payee sets up an account at the provider, which says when it works and what it still asks for."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from peerloop.core.accounts.models import User

from .. import gateway
from ..errors import PayoutsOff, PayoutsRefused, ProviderSilent
from ..models import Payout, PayoutAccount
from ..queries import account_of
from .owing import send_soon, tell


def set_up_payouts(*, by: User, return_url: str, refresh_url: str) -> str:
    """The address at the provider where `by` goes on with their account, which is made if there is none.

    Pressed twice, one account is made and two addresses lead to it. Raises PayoutsOff, PaymentsOff, PayoutsRefused,
    ProviderSilent.
    """
    if not settings.PAYOUT_PERCENT:
        raise PayoutsOff
    account, _ = PayoutAccount.objects.get_or_create(person=by, provider=gateway.provider())
    try:
        if not account.account_id:
            account = settle_account(account_pk=account.pk, seen=gateway.create_account(account))
        return gateway.onboarding(account.account_id, return_url=return_url, refresh_url=refresh_url)
    except gateway.Trouble as trouble:
        if trouble.answered:
            _next_attempt(account)
        raise ProviderSilent from trouble
    except gateway.Unwilling as refusal:
        _next_attempt(account)
        raise PayoutsRefused(why=refusal.why) from refusal


def come_back(*, by: User) -> PayoutAccount | None:
    """See how the account stands after its owner was at the provider; None before the first step.

    Again changes nothing. Raises PayoutsOff, PaymentsOff, ProviderSilent.
    """
    if not settings.PAYOUT_PERCENT:
        raise PayoutsOff
    account = account_of(by, gateway.provider())
    if account is None or not account.account_id:
        return account
    try:
        return look_at_account(account_id=account.account_id)
    except (gateway.Trouble, gateway.Unwilling) as trouble:
        raise ProviderSilent from trouble


def look_at_account(*, account_id: str) -> PayoutAccount:
    """Ask the provider how an account of ours stands. Again changes nothing. Raises Trouble and Unwilling."""
    account = PayoutAccount.objects.get(account_id=account_id)
    return settle_account(account_pk=account.pk, seen=gateway.look_at_account(account_id))


@transaction.atomic
def settle_account(*, account_pk: UUID, seen: gateway.SeenAccount) -> PayoutAccount:
    """Take over what the provider was seen to say. The same again changes nothing.

    Once the account works, what waited for it goes out; its owner is told when it asks for more, or stops working.
    """
    account = PayoutAccount.objects.select_for_update().get(pk=account_pk)
    if account.account_id and account.account_id != seen.account_id:
        return account
    before = (account.is_ready, bool(account.asks), account.is_submitted)
    account.account_id, account.looked_at = seen.account_id, timezone.now()
    account.is_submitted, account.is_ready, account.asks = seen.is_submitted, seen.is_ready, seen.asks
    account.save()
    _follow(account, *before)
    return account


def _follow(account: PayoutAccount, was_ready: bool, was_asked: bool, was_submitted: bool) -> None:
    if account.is_ready and not was_ready:
        waiting = Payout.objects.filter(
            payee=account.person_id, payment__provider=account.provider, status=Payout.Status.WAITING
        )
        send_soon(waiting.values_list("pk", flat=True))
    is_asked_anew = bool(account.asks) and not was_asked
    if was_submitted and (is_asked_anew or (was_ready and not account.is_ready)):
        tell(account.person_id, "payout_asks")


def _next_attempt(account: PayoutAccount) -> None:
    """The answer would be repeated for its key: the next press gets a new one."""
    PayoutAccount.objects.filter(pk=account.pk, attempt=account.attempt, account_id="").update(attempt=F("attempt") + 1)
