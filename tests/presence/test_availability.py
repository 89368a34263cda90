"""The switch "Available to Help": at the service and at the JSON door."""

import pytest

from peerloop.core.presence.errors import OnlyHelpers
from peerloop.core.presence.models import Availability
from peerloop.core.presence.services import set_availability
from peerloop.core.presence.signals import availability_changed

ADDRESS = "/api/users/me/availability/status"


@pytest.fixture
def heard():
    told: list[tuple[str, bool]] = []

    def listen(user, available, **kwargs):
        told.append((user.username, available))

    availability_changed.connect(listen)
    yield told
    availability_changed.disconnect(listen)


def test_turning_the_switch_twice_tells_once(course, ben, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for available in (True, True, False):
            assert set_availability(user=ben, available=available, by=ben).is_available is available
    assert heard == [("ben", True), ("ben", False)]
    assert Availability.objects.get().is_available is False


def test_a_switch_that_was_never_on_is_turned_off_in_silence(course, ben, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        set_availability(user=ben, available=False, by=ben)
    assert heard == []


@pytest.mark.parametrize("name", ["ada", "oskar"])
def test_who_is_no_helper_is_not_available(course, ada, oskar, name):
    person = {"ada": ada, "oskar": oskar}[name]
    with pytest.raises(OnlyHelpers) as refusal:
        set_availability(user=person, available=True, by=person)
    assert (refusal.value.sentence, refusal.value.status) == ("Only helpers can be available to help.", 403)
    assert Availability.objects.count() == 0


def test_nobody_turns_on_the_switch_of_another_and_staff_may_turn_it_off(course, ben, oskar, root):
    for by in (oskar, root):
        with pytest.raises(OnlyHelpers):
            set_availability(user=ben, available=True, by=by)
    set_availability(user=ben, available=True, by=ben)
    with pytest.raises(OnlyHelpers):
        set_availability(user=ben, available=False, by=oskar)
    set_availability(user=ben, available=False, by=root)
    assert Availability.objects.get().is_available is False


@pytest.mark.covers("HELP-09", "HELP-117")
def test_the_json_door_sets_the_callers_own_switch(course, ben, as_user):
    client = as_user(ben)
    for wanted in (True, False, True):
        response = client.post(ADDRESS, {"available_for_help": wanted}, content_type="application/json")
        assert (response.status_code, response.json()) == (200, {"available_for_help": wanted})
        assert list(Availability.objects.values_list("user_id", "is_available")) == [(ben.pk, wanted)]
    assert Availability._meta.db_table == "user_availability"


def test_the_json_door_refuses_visitors_oskar_and_nonsense(course, ben, oskar, as_user):
    def post(user, body):
        response = as_user(user).post(ADDRESS, body, content_type="application/json")
        return response.status_code, response.json()["error"]

    assert post(None, {"available_for_help": True}) == (401, "Sign in first.")
    assert post(oskar, {"available_for_help": True}) == (403, "Only helpers can be available to help.")
    assert post(ben, {"available_for_help": "zebra"})[0] == 400
    assert post(ben, {})[0] == 400
    assert Availability.objects.count() == 0
