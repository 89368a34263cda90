"""Who has which feature. An answer costs no query while everything is on for everybody."""

import time
from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import IntegrityError, transaction

from peerloop.core.flags.models import Flag
from peerloop.core.flags.permissions import can_access
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)


def switch(name: str, **fields) -> Flag:
    flag, _ = Flag.objects.get_or_create(name=name)
    for field, value in fields.items():
        setattr(flag, field, value)
    flag.save()
    return flag


def test_a_fresh_site_shows_staff_every_declared_feature_switched_on(oskar):
    assert list(Flag.objects.values_list("name", "everyone")) == [
        ("course_chat", True),
        ("goodwill_points", True),
        ("summon_help", True),
    ]


def test_a_declared_feature_without_a_row_is_on(ada):
    Flag.objects.all().delete()
    assert can_access(ada, "course_chat") is True


def test_switched_off_it_is_off_for_everybody_at_once_and_on_again_at_once(ada, oskar):
    assert [can_access(user, "course_chat") for user in (ada, oskar, AnonymousUser())] == [True, True, True]
    switch("course_chat", everyone=False)
    assert [can_access(user, "course_chat") for user in (ada, oskar, AnonymousUser())] == [False, False, False]
    switch("course_chat", everyone=True)
    assert [can_access(user, "course_chat") for user in (ada, oskar, AnonymousUser())] == [True, True, True]


def test_chosen_people_have_it_and_oskar_does_not(ada, oskar):
    switch("course_chat", everyone=False).people.add(ada)
    assert (can_access(ada, "course_chat"), can_access(oskar, "course_chat")) == (True, False)


def test_members_of_a_chosen_group_have_it_while_the_group_is_chosen(ada, oskar):
    testers = Group.objects.create(name="testers")
    ada.groups.add(testers)
    flag = switch("course_chat", everyone=False)
    flag.groups.add(testers)
    assert (can_access(ada, "course_chat"), can_access(oskar, "course_chat")) == (True, False)
    flag.groups.remove(testers)
    assert can_access(ada, "course_chat") is False


@pytest.mark.covers("HELP-75")
@pytest.mark.parametrize("off", ["course_chat", "goodwill_points", "summon_help"])
def test_summon_help_is_off_while_it_or_anything_it_needs_is_off(ada, off):
    assert can_access(ada, "summon_help") is True
    switch(off, everyone=False)
    assert can_access(ada, "summon_help") is False


def test_a_need_that_is_on_for_somebody_else_does_not_help(ada, oskar):
    switch("course_chat", everyone=False).people.add(ada)
    assert (can_access(ada, "summon_help"), can_access(oskar, "summon_help")) == (True, False)


def test_a_share_is_stable_for_each_person_and_only_grows():
    people = [person(f"p{number}") for number in range(40)]
    rounds = [
        {each.username for each in people if switch("course_chat", everyone=False, share=share).draws(each)}
        for share in (0, 25, 25, 60, 100)
    ]
    assert rounds[0] == set()
    assert rounds[1] == rounds[2]
    assert rounds[1] < rounds[3] < rounds[4] == {each.username for each in people}


def test_two_features_with_the_same_share_draw_different_people():
    people = [person(f"p{number}") for number in range(40)]
    drawn = [
        [each.username for each in people if Flag(name=name, share=50).draws(each)]
        for name in ("course_chat", "goodwill_points")
    ]
    assert drawn[0] != drawn[1]


def test_a_share_beyond_one_hundred_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        switch("course_chat", share=101)


def test_the_first_answer_costs_one_query_and_the_next_ones_none(ada, django_assert_num_queries):
    with django_assert_num_queries(1):
        can_access(ada, "summon_help")
    with django_assert_num_queries(0):
        can_access(ada, "summon_help")
        can_access(ada, "goodwill_points")


def test_while_all_is_on_for_everybody_nobody_costs_another_query(ada, oskar, django_assert_num_queries):
    can_access(ada, "summon_help")
    with django_assert_num_queries(0):
        assert [can_access(user, "summon_help") for user in (oskar, AnonymousUser())] == [True, True]


def test_what_one_was_chosen_for_is_asked_once_a_minute(ada, oskar, django_assert_num_queries):
    switch("course_chat", everyone=False).people.add(ada)
    with django_assert_num_queries(3):  # the switches, and each person
        assert [can_access(user, "course_chat") for user in (ada, oskar)] == [True, False]
    with django_assert_num_queries(0):
        assert [can_access(user, "course_chat") for user in (ada, oskar)] == [True, False]


def test_a_switch_turned_in_another_process_shows_within_the_time(ada, settings):
    settings.PEERLOOP = replace(settings.PEERLOOP, FLAG_SECONDS=0.5)
    assert can_access(ada, "course_chat") is True
    Flag.objects.filter(name="course_chat").update(everyone=False)  # nobody here is told of this
    time.sleep(0.6)
    assert can_access(ada, "course_chat") is False


def test_what_was_read_before_a_change_is_not_remembered_after_it(ada, monkeypatch):
    read = Flag.objects.all

    def slow():
        rows = list(read())
        switch("course_chat", everyone=False)
        monkeypatch.setattr(Flag.objects, "all", read)
        return rows

    monkeypatch.setattr(Flag.objects, "all", slow)
    assert [can_access(ada, "course_chat") for _ in range(2)] == [True, False]


def test_an_undeclared_name_is_a_mistake_in_the_program(ada):
    with pytest.raises(KeyError):
        can_access(ada, "teleport")


def test_a_change_that_is_rolled_back_changes_nothing(ada):
    assert can_access(ada, "course_chat") is True
    with transaction.atomic():
        switch("course_chat", everyone=False)
        transaction.set_rollback(True)
    assert can_access(ada, "course_chat") is True
