"""Twenty at once, each on a connection of its own: promises 2 and 3 hold on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum

from goodwill import queries
from goodwill.errors import AlreadyAwarded, InsufficientBalance
from goodwill.models import Account, Transaction
from goodwill.services import open_account
from peerloop.core.accounts.models import User
from tests.factories.people import person
from tests.goodwill.conftest import award, balances, thanks  # noqa: F401 - fixtures

THREADS = 20

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs):
    """Start all `jobs` together; what each returned, or the refusal it met, in their order."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(timeout=30)
            return job()
        except (AlreadyAwarded, InsufficientBalance) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def assert_sound(total):
    assert list(queries.problems()) == []
    own = Account.objects.filter(issues=False)
    assert (own.aggregate(total=Sum("balance"))["total"], own.filter(balance__lt=0).count()) == (total, 0)


@pytest.mark.covers("CHAT-96")
def test_of_twenty_awards_of_half_the_balance_exactly_two_succeed(ada, ben, award, balances):  # noqa: F811
    outcomes = at_once([lambda: award(ada, ben, 25)] * THREADS)
    assert outcomes.count(InsufficientBalance) == 18
    assert balances(ada, ben) == [0, 100]
    assert_sound(100)


def test_of_twenty_awards_for_one_thing_exactly_one_succeeds(ada, ben, award, balances):  # noqa: F811
    thing = uuid4()
    outcomes = at_once([lambda: award(ada, ben, 1, reference_id=thing)] * THREADS)
    assert outcomes.count(AlreadyAwarded) == 19
    assert balances(ada, ben) == [49, 51]
    assert_sound(100)


def test_people_who_thank_each_other_in_a_ring_do_not_wait_for_each_other_for_ever(award):  # noqa: F811
    ring = [person(f"ring-{number}") for number in range(5)]
    pairs = [(ring[number % 5], ring[(number + step) % 5]) for number in range(5) for step in (1, 2, 3, 4)]
    outcomes = at_once([lambda pair=pair: award(*pair, 1).points for pair in pairs])
    assert outcomes == [1] * THREADS
    assert_sound(250)


def test_one_account_opened_twenty_times_at_once_is_opened_once(db):
    [late] = User.objects.bulk_create([User(username="late", email="late@example.com", name="Late")])
    outcomes = at_once([lambda: open_account(user=late).pk] * THREADS)
    assert set(outcomes) == {Account.objects.get(user=late).pk}
    assert Transaction.objects.count() == 1
    assert_sound(50)


def test_twenty_people_who_join_at_once_all_get_their_start_and_can_thank_each_other(award):  # noqa: F811
    people = [User(username=f"new-{n}", email=f"new-{n}@example.com", name=f"New {n}") for n in range(THREADS)]
    people = User.objects.bulk_create(people)
    pairs = [(people[n], people[(n + 1) % THREADS]) for n in range(THREADS)]
    outcomes = at_once([lambda pair=pair: award(*pair, 5).points for pair in pairs])
    assert outcomes == [5] * THREADS
    assert_sound(THREADS * 50)
