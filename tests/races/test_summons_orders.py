"""Acceptance, cancellation and time-out in every order, one after another and while the first has not committed yet."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import permutations
from threading import Event

import pytest
from django.db import connection, transaction

from helpdesk.models import HelpSession, HelpSummons, SummonsOffer
from helpdesk.summons.errors import Cancelled, Expired, NotPending
from helpdesk.summons.services import telling
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, expire_summons
from peerloop.core.accounts.models import User
from peerloop.core.errors import Refusal
from peerloop.core.notifications.models import Notification
from peerloop.core.realtime import groups
from tests.factories.helpdesk import helpers_of, let_time_run_out

VERBS = ("accept", "cancel", "expire")
ORDERS = list(permutations(VERBS))
ENDS = {"accept": "accepted", "cancel": "cancelled", "expire": "timed_out"}
# What the student is told of each end, and who else is refused how.
TOLD = {"accepted": "matched", "cancelled": "cancelled", "timed_out": "timeout"}
LATE = {
    "accepted": {"cancel": NotPending, "expire": False},
    "cancelled": {"accept": Cancelled, "expire": False},
    "timed_out": {"accept": Expired, "cancel": NotPending},
}


@dataclass
class Ears:
    """What was told after commit: to the student, and to each helper of the course."""

    student: list[str] = field(default_factory=list)
    helpers: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


@pytest.fixture
def ears(monkeypatch) -> Ears:
    heard = Ears()

    def tell(event, *, to):
        transaction.on_commit(lambda: heard.student.append(event.name))

    def tell_all(event, *, to):
        transaction.on_commit(lambda: heard.helpers.append((event.name, tuple(sorted(to)))))

    monkeypatch.setattr(telling, "publish", tell)
    monkeypatch.setattr(telling, "publish_to_all", tell_all)
    return heard


@pytest.fixture
def other(summons, course) -> User:
    """A second helper of the course, who was not there when Ada called."""
    return helpers_of(course, 1)[0]


@pytest.fixture
def do(summons, helper, ada):
    """`do("accept")`: what the verb returned, or the class of the refusal it met."""
    verbs = {
        "accept": lambda: accept_summons(summons_id=summons.pk, by=helper),
        "cancel": lambda: cancel_summons(summons_id=summons.pk, by=ada),
        "expire": lambda: expire_summons(summons_id=summons.pk),
    }

    def run(verb: str) -> object:
        try:
            return verbs[verb]()
        except Refusal as refusal:
            return type(refusal)

    return run


def check_one_end(status: str, ears: Ears, helper: User, other: User) -> None:
    """The row, the session, the offer, the bells, and what both sides were told say the same, and said it once."""
    stored = HelpSummons.objects.get()
    taken = status == "accepted"
    assert (stored.status, stored.responder, stored.closed_at is None) == (status, helper if taken else None, taken)
    assert HelpSession.objects.count() == taken
    assert SummonsOffer.objects.get().answer == ("accepted" if taken else "")
    assert Notification.objects.filter(kind="summon").count() == 0
    assert ears.student == [TOLD[status]]
    assert ears.helpers == [("summon_closed", tuple(sorted(groups.person(each.pk) for each in (helper, other))))]


@pytest.mark.django_db
@pytest.mark.covers("HELP-89", "REC-11")
@pytest.mark.parametrize("in_time", [True, False], ids=["in-time", "too-late"])
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_one_after_another_the_first_that_may_decides(order, in_time, summons, helper, other, do, ears, committed):
    if not in_time:
        let_time_run_out(summons)
    outcomes = {verb: committed(do, verb=verb) for verb in order}
    # In time nothing runs out; too late nobody accepts; but who does not want any more may always say so.
    able = [verb for verb in order if verb != ("expire" if in_time else "accept")]
    status = ENDS[able[0]]
    for verb, late in LATE[status].items():
        early = order.index(verb) < order.index(able[0])
        assert outcomes[verb] == ({"accept": Expired, "expire": False}[verb] if early else late)
    check_one_end(status, ears, helper, other)


@pytest.mark.django_db(transaction=True)
@pytest.mark.covers("HELP-89")
@pytest.mark.parametrize("stays", [True, False], ids=["committed", "rolled-back"])
@pytest.mark.parametrize("first", ["accept", "cancel", "expire"])
def test_who_comes_before_the_first_has_committed_waits_for_how_it_ends(first, stays, summons, helper, other, do, ears):
    if first == "expire":
        let_time_run_out(summons)
    others = [verb for verb in VERBS if verb != first]
    holding, go_on = Event(), Event()

    def hold() -> object:
        try:
            with transaction.atomic():
                outcome = do(first)
                holding.set()
                assert go_on.wait(30)
                transaction.set_rollback(not stays)
                return outcome
        finally:
            connection.close()

    def follow(verb: str) -> object:
        assert holding.wait(30)
        try:
            return do(verb)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        leader = pool.submit(hold)
        followers = [pool.submit(follow, verb) for verb in others]
        assert holding.wait(30)
        done, _ = wait(followers, timeout=0.2)
        go_on.set()
        outcomes = {verb: each.result(30) for verb, each in zip(others, followers, strict=True)}
        leader.result(30)
    # Nobody was answered by what might not stay, but for those whom the clock alone refuses.
    assert all(each.result() in (False, Expired) for each in done)
    winner = first if stays else {"accept": "cancel", "cancel": "accept", "expire": "cancel"}[first]
    expected = {verb: LATE[ENDS[winner]].get(verb, summons) for verb in others}
    # Whoever came while the time was over, before it was closed, heard that it was over.
    assert outcomes == expected | ({"accept": Expired} if outcomes.get("accept") is Expired else {})
    check_one_end(ENDS[winner], ears, helper, other)
