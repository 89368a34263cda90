from functools import partial
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from peerloop.core.accounts.services import delete_account
from peerloop.core.analytics import gathering
from peerloop.core.analytics.gathering import Gatherer
from peerloop.core.analytics.measures import measures
from peerloop.core.analytics.models import AnalyticsEvent
from peerloop.core.analytics.services import track

COURSE = uuid4()


@pytest.mark.covers("REC-107")
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("page_view", {"course_id": COURSE, "user_role": "student"}),
        ("message_sent", {"course_id": COURSE, "is_question": True}),
        ("question_asked", {"course_id": COURSE}),
        ("points_awarded", {"points": 5, "recipient_id": COURSE}),
        ("points_awarded", {"points": 5, "helper_id": COURSE}),
        ("helper_online", {"st_id": COURSE, "course_id": COURSE}),
    ],
)
def test_a_declared_event_is_written_with_exactly_its_fields(ada, name, fields, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        track(name, user=ada, **fields)
    event = AnalyticsEvent.objects.get()
    shown = {key: str(value) if value is COURSE else value for key, value in fields.items()}
    assert (event.name, event.user, event.data) == (name, ada, shown)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("page_veiw", {"course_id": COURSE, "user_role": "student"}),
        ("page_view", {"course_id": COURSE}),
        ("page_view", {"course_id": COURSE, "user_role": "student", "address": "10.0.0.1"}),
        ("points_awarded", {"points": 5}),
        ("points_awarded", {"points": 5, "helper_id": COURSE, "recipient_id": COURSE}),
    ],
)
def test_an_undeclared_name_or_field_is_a_mistake_in_the_program(ada, name, fields):
    with pytest.raises(ValueError, match="analytics event"):
        track(name, user=ada, **fields)
    assert AnalyticsEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_not_counted(ada):
    with transaction.atomic():
        track("question_asked", user=ada, course_id=COURSE)
        transaction.set_rollback(True)
    track("question_asked", user=ada, course_id=COURSE)
    assert AnalyticsEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_table_that_cannot_be_written_never_reaches_the_caller(ada, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(gathering, "insert", fail)
    monkeypatch.setattr(AnalyticsEvent, "save", fail)
    track("question_asked", user=ada, course_id=COURSE)
    assert AnalyticsEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_value_that_is_no_json_never_reaches_the_caller(ada):
    track("question_asked", user=ada, course_id=object())
    assert AnalyticsEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_deleted_account_leaves_the_count_and_takes_the_name_along(ada):
    track("question_asked", user=ada, course_id=COURSE)
    delete_account(user=ada, by=ada)
    assert list(AnalyticsEvent.objects.values_list("name", "user")) == [("question_asked", None)]


def test_each_name_is_declared_once():
    assert [name for name, _ in measures][:5] == [
        "page_view",
        "message_sent",
        "question_asked",
        "points_awarded",
        "helper_online",
    ]


@pytest.mark.django_db(transaction=True)
def test_events_that_waited_are_written_together_and_a_bad_one_alone_is_lost(ada, django_assert_num_queries):
    gatherer = Gatherer()
    question = partial(AnalyticsEvent, name="question_asked", user=ada)
    gatherer.add(partial(question, data={"course_id": "one"}))
    gatherer._waiting = [partial(question, data={"course_id": each}) for each in ("two", object())]
    gatherer.write()
    assert sorted(event.data["course_id"] for event in AnalyticsEvent.objects.all()) == ["one", "two"]
    gatherer._waiting = [partial(question, data={}) for _ in range(50)]
    with django_assert_num_queries(1):
        gatherer.write()
