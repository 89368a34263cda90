"""Twenty at once in one thread: one vote each, one solution, one helper, one request from a double click."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from goodwill.models import HelpfulVote, UserExpertise
from goodwill.queries import problems
from goodwill.services import vote_helpful
from helpdesk.models import HelpRequest, HelpResponse
from helpdesk.requests.errors import TakenAlready
from helpdesk.requests.services.assigning import take_request
from helpdesk.requests.services.solving import mark_solution
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import set_role, system
from peerloop.core.errors import Refusal
from tests.factories.people import person
from tests.factories.threads import answer, ask

THREADS = 20

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs):
    """Start all `jobs` together; what each returned, or the refusal it met, in their order."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(timeout=30)
            return job()
        except Refusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def vote(voter, response, is_helpful):
    vote_helpful(content_type="help_response", content_id=response.pk, is_helpful=is_helpful, by=voter)


@pytest.mark.covers("REP-15")
def test_twenty_votes_of_one_person_are_one_and_of_twenty_people_are_twenty(ada, ben, mei, question, reply):
    other = answer(question, mei, "By a window.")
    at_once([lambda: vote(ada, reply, True)] * THREADS)
    assert (HelpfulVote.objects.count(), HelpResponse.objects.get(pk=reply.pk).helpful_count) == (1, 1)
    voters = [person(f"voter-{number}") for number in range(THREADS)]
    # Half of them vote on each of the two responses of one request.
    at_once([lambda who=who, to=to: vote(who, to, True) for who, to in zip(voters, [reply, other] * 10, strict=True)])
    assert [HelpResponse.objects.get(pk=each.pk).helpful_count for each in (reply, other)] == [11, 10]
    assert HelpRequest.objects.get().helpful_count == 21
    scores = dict(UserExpertise.objects.values_list("user__username", "reputation_score"))
    assert (scores, list(problems())) == ({"ben": 22, "mei": 20}, [])


def test_people_who_vote_on_each_others_responses_do_not_wait_for_each_other_for_ever(ada):
    people = [person(f"ring-{number}") for number in range(5)]
    replies = [answer(ask(ada, title=f"Question {n}"), each) for n, each in enumerate(people)]
    pairs = [(people[n], replies[(n + step) % 5]) for n in range(5) for step in (1, 2, 3, 4)]
    assert at_once([lambda pair=pair: vote(*pair, True) for pair in pairs]) == [None] * THREADS
    assert sorted(UserExpertise.objects.values_list("reputation_score", flat=True)) == [8] * 5
    assert list(problems()) == []


@pytest.mark.covers("REC-90")
def test_of_twenty_solutions_at_once_one_stands(ada, question):
    replies = [answer(question, person(f"helper-{number}")) for number in range(THREADS)]
    at_once([lambda each=each: mark_solution(response_id=each.pk, by=ada) and None for each in replies])
    assert HelpResponse.objects.filter(is_solution=True).count() == 1
    assert sorted(UserExpertise.objects.values_list("reputation_score", flat=True)) == [0] * 19 + [10]
    assert (HelpRequest.objects.get().status, list(problems())) == ("resolved", [])


@pytest.mark.covers("REC-89")
def test_of_twenty_helpers_who_take_a_request_one_gets_it(question):
    helpers = [set_role(user=person(f"h-{n}"), role=User.Role.HELPER, by=system()) for n in range(THREADS)]
    outcomes = at_once([lambda each=each: take_request(request_id=question.pk, by=each).pk for each in helpers])
    assert sorted(map(str, outcomes)) == sorted(map(str, [question.pk, *[TakenAlready] * 19]))


def test_twenty_clicks_ask_once_and_respond_once(ada, ben):
    asked = set(at_once([lambda: ask(ada).pk] * THREADS))
    assert asked == {HelpRequest.objects.get().pk}
    question = HelpRequest.objects.get()
    assert set(at_once([lambda: answer(question, ben).pk] * THREADS)) == {HelpResponse.objects.get().pk}
