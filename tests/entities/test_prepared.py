"""A statement that is compiled once says what its queryset says, whoever asks and in whatever order."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import Exists, OuterRef
from django.utils import timezone

from courses.models import Course, Enrolment, Module
from peerloop.core.accounts.models import User
from peerloop.core.entities.prepared import prepared, prepared_update

pytestmark = pytest.mark.django_db


def modules_of(course_id: UUID, user_id: UUID):
    mine = Enrolment.objects.filter(course=OuterRef("course"), user=user_id)
    return Module.objects.filter(course=course_id).select_related("course").annotate(mine=Exists(mine))


def values(thing) -> dict:
    return {field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields}


def test_models_come_with_what_was_joined_and_annotated(
    course, other_course, modules, ada, oskar, django_assert_num_queries
):
    read = prepared(modules_of)
    for place, person in [(course, ada), (other_course, oskar), (course, oskar), (course, ada)]:
        expected = list(modules_of(place.pk, person.pk))
        with django_assert_num_queries(1):
            found = read(place.pk, person.pk)
            joined = [values(each.course) for each in found]
        assert [values(each) for each in found] == [values(each) for each in expected]
        assert (joined, [each.mine for each in found]) == (
            [values(place)] * len(expected),
            [each.mine for each in expected],
        )
    assert [each.mine for each in read(course.pk, ada.pk)] == [True] * len(modules)


def test_what_was_not_there_is_none_and_what_was_left_out_comes_later(ada, course):
    @prepared
    def people(user_id: UUID):
        return User.objects.select_related("help_limits").defer("bio").filter(pk=user_id)

    [found] = people(ada.pk)
    assert (found, found.get_deferred_fields(), found.bio) == (ada, {"bio"}, ada.bio)
    assert not hasattr(found, "help_limits")
    assert people(uuid4()) == []


def test_values_and_moments_are_read_and_given_as_the_orm_does(course, ada, ben):
    @prepared
    def joined(since: datetime):
        return Enrolment.objects.filter(created_at__gt=since).order_by("pk").values_list("user", "created_at")

    @prepared
    def ids(since: datetime):
        return Enrolment.objects.filter(created_at__gt=since).order_by("pk").values_list("user", flat=True)

    rows = list(Enrolment.objects.order_by("pk").values_list("user", "created_at"))
    assert rows
    before, after = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    assert (joined(before), joined(after), joined(before)) == (rows, [], rows)
    assert (ids(before), ids(after)) == ([user for user, _ in rows], [])


def test_each_other_value_makes_a_statement_of_its_own(course):
    @prepared
    def seen(course_id: UUID, *, published: bool):
        return Course.objects.filter(pk=course_id, published=published)

    assert [seen(course.pk, published=each) for each in (True, False, True)] == [[course], [], [course]]


def test_an_update_writes_what_it_is_given_and_counts(course, other_course):
    @prepared_update
    def move(course_id: UUID, at: datetime, *, order: int):
        return Course.objects.filter(pk=course_id), {"order": order, "created_at": at}

    now = timezone.now()
    assert [move(course.pk, now, order=7), move(uuid4(), now, order=7), move(other_course.pk, now, order=8)] == [
        1,
        0,
        1,
    ]
    stored = dict(Course.objects.values_list("pk", "order"))
    assert (stored[course.pk], stored[other_course.pk]) == (7, 8)
    assert set(Course.objects.values_list("created_at", flat=True)) == {now}


def test_a_value_that_does_not_reach_the_statement_as_it_is_is_a_mistake_in_the_program():
    @prepared
    def late(since: datetime):
        return Course.objects.filter(created_at__gt=since + timedelta(hours=1))

    with pytest.raises(TypeError, match="does not reach the statement"):
        late(timezone.now())
