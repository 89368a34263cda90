"""Reads of the ledger, of votes and of what people know: balances, history, levels, and whether everything adds up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.paging import Page, newest_first

from .areas import Area
from .levels import level_of
from .models import STARTING_BALANCE, Account, Entry, HelpfulVote, Transaction, UserExpertise
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


def expertise_of(users: Iterable[User], area: Area) -> dict[UUID, UserExpertise]:
    """What each of `users` has shown to know in `area`, for beside their contributions. One query for all of them.

    Of several: the one in the very subcategory, otherwise the highest in the category. Who has none is left out.
    """
    found: dict[UUID, UserExpertise] = {}
    people = list(users)
    rows = UserExpertise.objects.of(people).filter(category=area.category) if people else []
    for row in sorted(rows, key=lambda row: (row.subcategory == area.subcategory, row.reputation_score)):
        found[row.user_id] = row
    return found


def expertises_of(user: User) -> QuerySet[UserExpertise]:
    """Everything that somebody has shown to know, the highest first. One query."""
    return UserExpertise.objects.filter(user=user).order_by("-reputation_score", "pk")


def people_knowing(area: Area) -> QuerySet[User]:
    """Whom something new in `area` concerns: people here with an expertise in it (REC-109). One query."""
    return User.objects.people().filter(pk__in=UserExpertise.objects.matching(area).values("user"))


def votes_of(user: User | AnonymousUser, content_type: str, content_ids: Iterable[UUID]) -> dict[UUID, bool]:
    """What `user` voted on these things, by thing: helpful or not. One query; none for visitors."""
    if not isinstance(user, User):
        return {}
    own = HelpfulVote.objects.visible_to(user).about(content_type, content_ids)
    return dict(own.values_list("content_id", "is_helpful"))


def problems() -> Iterator[str]:
    """What is wrong with the ledger, and with scores, a sentence each; nothing if it all adds up."""
    yield from (f"The account of {user} is missing." for user in User.objects.people().filter(goodwill=None))
    for account in _with_booked_sums().exclude(balance=F("booked")):
        booked = account.booked  # type: ignore[attr-defined]
        yield f"The balance of {account.user} is {account.balance}, its entries come to {booked}."
    total = Account.objects.aggregate(total=Coalesce(Sum("balance"), 0))["total"]
    if total:
        yield f"All balances together come to {total} instead of 0."
    yield from (f"Transaction {each.pk} is not one entry out and one in." for each in _lopsided())
    for row in UserExpertise.objects.select_related("user").annotate(shown=Coalesce(Sum("evidence__points"), 0)):
        if (row.reputation_score, row.expertise_level) != (row.shown, level_of(row.shown)):
            yield f"{row} is scored {row.reputation_score}, its evidence comes to {row.shown}."


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
