import pytest
from django.urls import reverse

from peerloop.core.analytics.models import AnalyticsEvent


@pytest.fixture
def event(ada):
    return AnalyticsEvent.objects.create(name="question_asked", user=ada, data={"course_id": "c"})


def test_root_reads_the_events_and_can_change_none(root, as_user, event):
    client = as_user(root)
    page = client.get(reverse("admin:analytics_analyticsevent_changelist"))
    assert (page.status_code, "question_asked" in page.content.decode()) == (200, True)
    change = client.post(reverse("admin:analytics_analyticsevent_change", args=[event.pk]), {"name": "forged"})
    assert (change.status_code, AnalyticsEvent.objects.get().name) == (403, "question_asked")


def test_the_list_costs_the_same_for_many_events(root, as_user, event, django_assert_num_queries):
    client, address = as_user(root), reverse("admin:analytics_analyticsevent_changelist")
    client.get(address)
    for user in (root, event.user) * 4:
        AnalyticsEvent.objects.create(name="question_asked", user=user, data={})
    with django_assert_num_queries(6):
        client.get(address)


def test_oskar_is_sent_to_sign_in(oskar, as_user, event):
    assert as_user(oskar).get(reverse("admin:analytics_analyticsevent_changelist")).status_code == 302
