from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from peerloop.core.accounts.models import SYSTEM_ID, User
from peerloop.core.accounts.services import ban_account, mute_account
from tests.factories.people import person

LIST = "admin:accounts_user_changelist"


def change(user) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def test_root_finds_people_by_name_and_never_the_system(root, ada, oskar, as_user):
    client = as_user(root)
    assert set(client.get(reverse(LIST)).context["cl"].queryset) == {root, ada, oskar}
    assert list(client.get(reverse(LIST), {"q": "lind"}).context["cl"].queryset) == [ada]
    assert client.get(reverse("admin:accounts_user_change", args=[SYSTEM_ID])).status_code == 302


@pytest.mark.parametrize(
    ("standing", "found"),
    [("active", {"root", "ada", "oskar"}), ("muted", {"ada"}), ("banned", {"ben"}), ("deleted", set())],
)
def test_root_filters_by_standing(root, ada, ben, oskar, as_user, standing, found):
    mute_account(user=ada, until=timezone.now() + timedelta(hours=1), by=root)
    ban_account(user=ben, by=root)
    page = as_user(root).get(reverse(LIST), {"standing": standing})
    assert {user.username for user in page.context["cl"].queryset} == found


def test_a_forged_form_changes_no_profile_and_no_standing(root, ada, as_user):
    form = {
        "username": "forged",
        "name": "Forged",
        "email": "x@example.com",
        "banned_at_0": "2026-01-01",
        "is_staff": "on",
    }
    as_user(root).post(change(ada), form)
    ada.refresh_from_db()
    assert (ada.username, ada.name, ada.email, ada.is_active, ada.is_staff) == (
        "ada",
        "Ada Lind",
        "ada@example.com",
        True,
        True,
    )


def test_staff_who_are_no_superusers_hand_out_no_rights(sam, ada, as_user):
    from django.contrib.auth.models import Permission

    sam.is_staff = True
    sam.save()
    sam.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    as_user(sam).post(change(ada), {"is_staff": "on", "is_superuser": "on"})
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser) == (False, False)


def test_people_are_neither_added_nor_deleted_here(root, ada, as_user):
    client = as_user(root)
    assert client.get(reverse("admin:accounts_user_add")).status_code == 403
    assert client.post(reverse("admin:accounts_user_delete", args=[ada.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=ada.pk).exists()


def test_oskar_is_sent_to_the_sites_own_sign_in(oskar, ada, as_user):
    answer = as_user(oskar).get(change(ada))
    assert answer.status_code == 302
    there = as_user(None).get(reverse("admin:login"))
    assert (there.status_code, there.url.split("?")[0]) == (302, reverse("account_login"))


def test_the_list_costs_the_same_for_many_people(root, as_user, django_assert_num_queries):
    client = as_user(root)
    client.get(reverse(LIST))
    with django_assert_num_queries(6):
        client.get(reverse(LIST))
    for number in range(10):
        person(f"p{number}")
    with django_assert_num_queries(6):
        client.get(reverse(LIST))
