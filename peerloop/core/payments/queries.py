"""Reads of timelines, and of payouts: somebody's account, and what they were sent or wait for."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from peerloop.core.accounts.models import User
from peerloop.core.paging import Page, newest_first

from . import gateway
from .models import Payment, PaymentEvent, Payout, PayoutAccount
from .money import in_words

PAGE = 20
# What the provider asks for, by the beginning of its name for it.
WORDS = {
    "external_account": "your bank account",
    "individual.verification": "a paper that shows who you are",
    "individual.id_number": "your tax or identity number",
    "individual.address": "your address",
    "individual.dob": "your date of birth",
    "individual": "your name and how you are reached",
    "business_profile": "what you do",
    "tos_acceptance": "your consent to its terms",
}
OTHER = "more about you"


@dataclass(frozen=True)
class PayoutState:
    """How one person's payouts stand: the account, None before the first step, and what waits for it."""

    account: PayoutAccount | None
    waiting: int

    @property
    def waiting_in_words(self) -> str:
        return in_words(self.waiting, settings.PEERLOOP.CURRENCY)

    @property
    def is_ready(self) -> bool:
        return bool(self.account and self.account.is_ready)

    @property
    def is_begun(self) -> bool:
        return bool(self.account and self.account.account_id)

    @property
    def asks(self) -> list[str]:
        """What the provider still asks for, in words, each once."""
        return list(dict.fromkeys(in_plain_words(each) for each in self.account.asks)) if self.account else []


def payout_state(person: User) -> PayoutState:
    """Two queries. Raises PaymentsOff."""
    waiting = Payout.objects.visible_to(person).filter(status=Payout.Status.WAITING).select_related("payment")
    return PayoutState(account_of(person, gateway.provider()), sum(each.owed for each in waiting))


def own_payouts(person: User, *, before: str | None = None) -> Page[Payout]:
    """The newest first. One query. Raises BadCursor."""
    return newest_first(Payout.objects.visible_to(person).select_related("payment"), before=before, size=PAGE)


def payout_of(payment: Payment, person: User) -> Payout | None:
    """The payout of a payment for whom it goes to; None for anybody else. One query."""
    return Payout.objects.visible_to(person).select_related("payment").filter(payment=payment).first()


def timeline(payment: Payment, person_id: UUID) -> QuerySet[PaymentEvent]:
    """What a person may read of what happened to a payment, the oldest first. One query."""
    hidden = [
        *(PaymentEvent.OF_PAYEE if person_id == payment.payer_id else ()),
        *(PaymentEvent.OF_PAYER if person_id == payment.payee_id else ()),
    ]
    return payment.events.exclude(what__in=hidden).select_related("by", "payment")


def account_of(person: User, provider: str) -> PayoutAccount | None:
    """One query."""
    return PayoutAccount.objects.filter(person=person, provider=provider).first()


def in_plain_words(asked: str) -> str:
    return next((words for name, words in WORDS.items() if asked.startswith(name)), OTHER)
