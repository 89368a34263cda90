"""Reads of the ledger: balances, totals, history, and whether everything adds up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.paging import Page, newest_first

from .models import STARTING_BALANCE, Account, Entry, Transaction
from .reasons import label_of

LINES = 30
WEEKS = 8
AWARDS = ~Q(transaction__reason=STARTING_BALANCE)


@dataclass(frozen=True)
class Line:
    """One row of a person's history: with whom, what for, how much (below zero: given), and the balance after it."""

    transaction: Transaction
    other: User
    label: str
    amount: int
    balance: int

    @property
    def is_welcome(self) -> bool:
        return self.transaction.reason == STARTING_BALANCE


@dataclass(frozen=True)
class History:
    lines: list[Line]
    older: str | None


@dataclass(frozen=True)
class Totals:
    """Points by awards over all time; the starting balance counts as neither."""

    given: int
    received: int


@dataclass(frozen=True)
class Week:
    monday: date
    given: int
    received: int


def account_as_read(user: User) -> Account | None:
    """The account as it was read with the person at the start of the request; one query if it was not."""
    return getattr(user, "goodwill", None)


def account_of(user: User) -> Account | None:
    return Account.objects.filter(user=user).first()


def balance_of(user: User) -> int:
    """What `user` has to give; 0 for whoever has no account."""
    account = account_of(user)
    return account.balance if account else 0


def received_total(user: User) -> int:
    """What others have given `user` over all time."""
    awards = Transaction.objects.filter(to_user=user).exclude(reason=STARTING_BALANCE)
    return awards.aggregate(total=Coalesce(Sum("points"), 0))["total"]


def totals(account: Account) -> Totals:
    sums = _awards(account).aggregate(given=_given(), received=_received())
    return Totals(**sums)


def history(account: Account, *, before: str | None = None) -> History:
    """A page of what moved, newest first; `before` is the cursor of the page above."""
    entries = Entry.objects.filter(account=account)
    page = newest_first(
        entries.select_related("transaction__from_user", "transaction__to_user"), before=before, size=LINES
    )
    lines, balance = [], account.balance
    if before and page.rows:
        balance -= entries.filter(pk__gt=page.rows[0].pk).aggregate(total=Sum("amount"))["total"] or 0
    for entry in page.rows:
        lines.append(_line(entry, balance))
        balance -= entry.amount
    return History(lines, page.older)


def transactions_of(user: User, *, before: str | None = None) -> Page[Transaction]:
    """A page of what `user` gave and got, newest first."""
    own = Transaction.objects.filter(Q(from_user=user) | Q(to_user=user))
    return newest_first(own, before=before, size=LINES)


def weeks(account: Account) -> list[Week]:
    """The last WEEKS weeks, oldest first, in the current time zone; a week in which nothing moved is there as well."""
    today = timezone.localdate()
    mondays = [today - timedelta(days=today.weekday(), weeks=ago) for ago in reversed(range(WEEKS))]
    rows = (
        _awards(account)
        .filter(created_at__gte=timezone.now() - timedelta(weeks=WEEKS))
        .annotate(week=TruncWeek("created_at"))
        .values("week")
        .annotate(given=_given(), received=_received())
    )
    found = {row["week"].date(): row for row in rows}
    empty = {"given": 0, "received": 0}
    return [Week(day, found.get(day, empty)["given"], found.get(day, empty)["received"]) for day in mondays]


def problems() -> Iterator[str]:
    """What is wrong with the ledger, a sentence each; nothing if it adds up."""
    yield from (f"The account of {user} is missing." for user in User.objects.people().filter(goodwill=None))
    for account in _with_booked_sums().exclude(balance=F("booked")):
        booked = account.booked  # type: ignore[attr-defined]
        yield f"The balance of {account.user} is {account.balance}, its entries come to {booked}."
    total = Account.objects.aggregate(total=Coalesce(Sum("balance"), 0))["total"]
    if total:
        yield f"All balances together come to {total} instead of 0."
    yield from (f"Transaction {each.pk} is not one entry out and one in." for each in _lopsided())


def _line(entry: Entry, balance: int) -> Line:
    booked = entry.transaction
    other = booked.to_user if entry.amount < 0 else booked.from_user
    return Line(booked, other, label_of(booked.reason), entry.amount, balance)


def _awards(account: Account) -> QuerySet[Entry]:
    return Entry.objects.filter(AWARDS, account=account)


def _given() -> Coalesce:
    return Coalesce(Sum(Case(When(amount__lt=0, then=-F("amount")))), 0)


def _received() -> Coalesce:
    return Coalesce(Sum(Case(When(amount__gt=0, then=F("amount")))), 0)


def _with_booked_sums() -> QuerySet[Account]:
    sums = Entry.objects.filter(account=OuterRef("pk")).order_by().values("account").annotate(total=Sum("amount"))
    return Account.objects.select_related("user").annotate(booked=Coalesce(Subquery(sums.values("total")), 0))


def _lopsided() -> QuerySet[Transaction]:
    # One entry takes the points from the giver's account, one puts them on the recipient's, and there is no other.
    out = Q(entries__account__user=F("from_user"), entries__amount=-F("points"))
    into = Q(entries__account__user=F("to_user"), entries__amount=F("points"))
    return Transaction.objects.annotate(
        sides=Count("entries"), out=Count("entries", filter=out), into=Count("entries", filter=into)
    ).exclude(sides=2, out=1, into=1)
