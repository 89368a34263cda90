"""Whatever is awarded in whatever order, right or wrong: nothing is made, nothing is lost, nobody owes."""

from uuid import UUID

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodwill import queries
from goodwill.models import Account
from peerloop.core.errors import Refusal

PEOPLE = st.integers(0, 2)
# Few things, so that repeats come up; points that are right, too many, none, negative, huge, and no numbers.
AWARDS = st.tuples(
    PEOPLE, PEOPLE, st.one_of(st.integers(-2, 30), st.sampled_from([None, 10**12, 2.5, True])), st.integers(1, 6)
)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(AWARDS, max_size=25))
def test_random_awards_keep_the_sum_and_never_leave_a_debt(ada, ben, mei, award, sequence):
    people = [ada, ben, mei]
    for giver, recipient, points, thing in sequence:
        try:
            award(people[giver], people[recipient], points, reference_id=UUID(int=thing + 100))
        except Refusal:
            continue
    own = Account.objects.filter(issues=False)
    assert own.aggregate(total=Sum("balance"))["total"] == 150
    assert own.filter(balance__lt=0).count() == 0
    assert list(queries.problems()) == []
