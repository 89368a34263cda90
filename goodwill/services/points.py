"""How points move. The only writers of the ledger."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from peerloop.core.flags.permissions import can_access
from peerloop.core.notifications.services import notify
from peerloop.core.realtime import groups
from peerloop.core.realtime.services import publish

from ..errors import (
    AlreadyAwarded,
    GoodwillOff,
    InsufficientBalance,
    NoRecipient,
    NotWhole,
    OutOfRange,
    SelfAward,
    UnknownReason,
)
from ..events import Points
from ..models import STARTING_BALANCE, Account, Entry, Transaction
from ..reasons import Reason, reasons
from ..signals import points_awarded


@transaction.atomic
def award_points(
    *, by: User, recipient_id: UUID, reason: str, reference_id: UUID, points: int | None = None
) -> Transaction:
    """Give `points` of `by` to `recipient_id` for `reference_id`; the reason's default when `points` is None.

    Balance check, deduction, addition and record happen together or not at all. Raises GoodwillOff, UnknownReason,
    SelfAward, NotWhole, OutOfRange, NoRecipient, InsufficientBalance, or what the reason's own check refuses.
    A second time for the same reason and reference raises AlreadyAwarded and moves nothing.
    """
    rule = _rule(by, reason)
    points = _valid_points(rule, rule.default if points is None else points)
    giver, receiver = _locked_accounts(by, recipient_id)
    if Transaction.objects.filter(reason=reason, reference_id=reference_id, from_user=by).exists():
        raise AlreadyAwarded
    rule.check(by, recipient_id, points, reference_id)
    _take(giver, points)
    _give(receiver, points)
    award = _book(giver, receiver, points, reason, reference_id)
    rule.awarded(award)
    _tell(award, rule, by)
    return award


@transaction.atomic
def open_account(*, user: User) -> Account:
    """The account of `user`, opened with the starting balance if there is none yet. A second time changes nothing."""
    account = Account.objects.filter(user=user).first()
    if account or user.is_system:
        return account or _issuer()
    issuer = _issuer()  # locked first, so that two openings at once go one after the other
    account, is_new = Account.objects.get_or_create(user=user)
    if is_new and settings.PEERLOOP.STARTING_BALANCE:
        points = settings.PEERLOOP.STARTING_BALANCE
        Account.objects.filter(pk=issuer.pk).update(balance=F("balance") - points)
        _give(account, points)
        _book(issuer, account, points, STARTING_BALANCE, user.pk)
        account.refresh_from_db()
    return account


def _rule(by: User, reason: str) -> Reason:
    if not can_access(by, "goodwill_points"):
        raise GoodwillOff
    if reason not in reasons:
        raise UnknownReason
    return reasons[reason]


def _valid_points(rule: Reason, points: int) -> int:
    if type(points) is not int:  # True counts as 1 in Python, not here
        raise NotWhole
    if not rule.least <= points <= rule.most:
        raise OutOfRange(least=rule.least, most=rule.most)
    return points


def _locked_accounts(by: User, recipient_id: UUID) -> tuple[Account, Account]:
    if recipient_id == by.pk:
        raise SelfAward
    recipient = User.objects.people().filter(pk=recipient_id).first()
    if recipient is None:
        raise NoRecipient
    ids = [open_account(user=user).pk for user in (by, recipient)]
    # In the order of their ids: two people who thank each other at the same time must not wait for each other.
    locked = {account.pk: account for account in Account.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    return locked[ids[0]], locked[ids[1]]


def _take(giver: Account, points: int) -> None:
    enough = Account.objects.filter(pk=giver.pk, balance__gte=points)
    if not enough.update(balance=F("balance") - points):
        raise InsufficientBalance(balance=giver.balance)


def _give(receiver: Account, points: int) -> None:
    Account.objects.filter(pk=receiver.pk).update(balance=F("balance") + points)


def _book(giver: Account, receiver: Account, points: int, reason: str, reference_id: UUID) -> Transaction:
    booked = Transaction.objects.create(
        from_user_id=giver.user_id,
        to_user_id=receiver.user_id,
        points=points,
        reason=reason,
        reference_id=reference_id,
    )
    sides = [(giver, -points), (receiver, points)]
    Entry.objects.bulk_create([Entry(transaction=booked, account=account, amount=amount) for account, amount in sides])
    return booked


def _issuer() -> Account:
    issuer, _ = Account.objects.get_or_create(user=system(), defaults={"issues": True})
    return Account.objects.select_for_update().get(pk=issuer.pk)


def _tell(award: Transaction, rule: Reason, by: User) -> None:
    notify(
        kind="points_received",
        to=[award.to_user_id],
        by=by,
        description=rule.label,
        target=rule.target(award.reference_id),
        key=f"award:{award.pk}",
        data={"points": f"{award.points} {'point' if award.points == 1 else 'points'}"},
    )
    transaction.on_commit(partial(publish_balances, [award.from_user_id, award.to_user_id]))
    transaction.on_commit(partial(points_awarded.send, Transaction, transaction=award))


def publish_balances(user_ids: Iterable[UUID]) -> None:
    """Show these people, on their open pages, what they have to give now. Read after commit, so never an old number."""
    for account in Account.objects.filter(user_id__in=user_ids):
        publish(Points(balance=account.balance), to=groups.person(account.user_id), draw={"account": account})
