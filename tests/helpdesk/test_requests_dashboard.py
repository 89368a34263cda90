"""What a student has asked, paid and free, on the dashboard."""

import re

import pytest
from django.utils import timezone

from helpdesk.requests.queries.own import own_requests
from helpdesk.requests.services.assigning import assign_helper
from helpdesk.requests.services.solving import close_request
from tests.factories.requests import free_request, paid_request
from tests.factories.threads import answer, ask
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
ROW = re.compile(r'<li class="pl-row gap-3" id="own-[^"]+">(.*?)</li>', re.DOTALL)


def rows(response) -> list[str]:
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in ROW.findall(response.content.decode())]


def test_before_the_first_request_nothing_of_it_is_there(as_user, ada, mei, course):
    paid_request(mei)
    assert "Your help requests" not in text_of(as_user(ada).get("/dashboard"))


def test_what_is_open_stands_before_what_is_over_each_with_its_state(as_user, ada, ben, oskar):
    over = {"status": "closed", "closed_at": timezone.now(), "ending": "withdrawn"}
    paid_request(ada, title="Not needed any more", **over)
    done = ask(ada, title="Which varnish?")
    close_request(request_id=done.pk, resolved=True, by=ada)
    free = ask(ada, title="Chalky highlights")
    answer(free, ben)
    assign_helper(request_id=free.pk, helper_id=ben.pk, by=ada)
    free_request(ada, title="Half asked", amount=1850)
    waiting = paid_request(ada, title="Clogged airbrush")
    page = as_user(ada).get("/dashboard")
    assert rows(page) == [
        "Clogged airbrush Paid help, $20.00 just now Waits for a helper",
        "Half asked Paid help, $18.50 just now To be paid",
        "Chalky highlights 1 response with Ben Okoro just now In progress",
        "Which varnish? 0 responses just now Resolved",
        "Not needed any more Paid help, $20.00 just now Withdrawn",
    ]
    html = page.content.decode()
    for way in (f"/customer/request/{waiting.pk}", f"/help/requests/{free.pk}", "/help/requests?mine=on"):
        assert f'href="{way}"' in html
    assert rows(as_user(oskar).get("/dashboard")) == []


@pytest.mark.parametrize("count", [1, 9])
def test_they_cost_one_query_with_one_and_with_many(count, ada, ben, django_assert_num_queries):
    for number in range(count):
        answer(ask(ada, title=f"Number {number}"), ben)
    own_requests(ada)
    with django_assert_num_queries(1):
        found = own_requests(ada)
        assert [each.assigned_helper for each in found] == [None] * len(found)
    assert [each.title for each in found] == [f"Number {number}" for number in reversed(range(count))][:5]
