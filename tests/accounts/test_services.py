import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from peerloop.core.accounts.errors import NotYourAccount, ProfileRefused, UsernameTaken
from peerloop.core.accounts.models import SYSTEM_ID, User
from peerloop.core.accounts.services import (
    ban_account,
    change_profile,
    create_account,
    mute_account,
    remove_avatar,
    set_avatar,
    set_role,
    system,
    unban_account,
)
from tests.accounts.test_settings import picture

VIVI = {"username": "vivi", "email": "Vivi@Example.com", "password": "peerloop", "name": "Vivi"}
PROFILE = {"name": "Ada", "username": "ada", "bio": "", "time_zone": "UTC"}


def test_an_account_made_by_a_command_signs_in_at_once(client, db):
    vivi = create_account(**VIVI, verified=True, bio="Paints.", by=system())
    assert (vivi.email, vivi.bio, EmailAddress.objects.get(user=vivi).verified) == ("Vivi@example.com", "Paints.", True)
    answer = client.post(reverse("account_login"), {"login": "vivi", "password": "peerloop"})
    assert (answer.status_code, answer.url) == (302, "/dashboard")


def test_unverified_it_has_to_confirm_first(client, db):
    create_account(**VIVI, verified=False, by=system())
    answer = client.post(reverse("account_login"), {"login": "vivi", "password": "peerloop"})
    assert answer.url == reverse("account_email_verification_sent")


def test_commands_may_give_the_names_that_people_may_not_choose(db):
    assert create_account(**{**VIVI, "username": "root"}, verified=True, is_staff=True, by=system()).is_staff is True


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"username": "ada"}, "Somebody else already has that user name. Choose another."),
        ({"email": "ADA@example.com"}, "That email address belongs to another account."),
        ({"username": "Vivi"}, "Use 2 to 30 small letters"),
        ({"username": "vivi\n"}, "Use 2 to 30 small letters"),
        ({"name": "!"}, "Use at least one letter or digit."),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone from the list."),
        ({"role": "king"}, "is not a valid choice"),
    ],
)
def test_a_bad_account_is_refused_with_its_reason(ada, changes, problem):
    with pytest.raises(ProfileRefused, match=problem):
        create_account(**{**VIVI, **changes}, verified=True, by=system())
    assert list(User.objects.people()) == [ada]


@pytest.mark.parametrize("other", ["oskar", "root"])
def test_nobody_writes_in_anothers_name(ada, other, request):
    by = request.getfixturevalue(other)
    with pytest.raises(NotYourAccount):
        change_profile(user=ada, **{**PROFILE, "name": "Forged"}, by=by)
    with pytest.raises(NotYourAccount):
        set_avatar(user=ada, file=picture(), by=by)
    with pytest.raises(NotYourAccount):
        remove_avatar(user=ada, by=by)
    ada.refresh_from_db()
    assert (ada.name, ada.avatar_url) == ("Ada Lind", "")


def test_a_banned_person_changes_nothing_more(oskar, root):
    ban_account(user=oskar, by=root)
    with pytest.raises(NotYourAccount):
        change_profile(user=oskar, **{**PROFILE, "username": "oskar"}, by=oskar)


def test_a_name_taken_between_check_and_write_is_refused_all_the_same(ada, ben, monkeypatch):
    def meanwhile(user):
        User.objects.filter(pk=ben.pk).update(username="dice")

    monkeypatch.setattr("peerloop.core.accounts.services._refuse_invalid", meanwhile)
    with pytest.raises(UsernameTaken):
        change_profile(user=ada, **{**PROFILE, "username": "dice"}, by=ada)
    assert User.objects.get(pk=ada.pk).username == "ada"


def test_a_ban_closes_the_account_and_lifting_it_opens_it(oskar, root):
    ban_account(user=oskar, by=root)
    oskar.refresh_from_db()
    assert (oskar.is_active, oskar.banned_at is not None) == (False, True)
    for _ in range(2):
        unban_account(user=oskar, by=root)
        oskar.refresh_from_db()
        assert (oskar.is_active, oskar.banned_at) == (True, None)


def test_a_mute_ends_by_itself(oskar, root):
    mute_account(user=oskar, until=timezone.now() + timezone.timedelta(hours=1), by=root)
    assert oskar.is_muted is True
    mute_account(user=oskar, until=timezone.now() - timezone.timedelta(seconds=1), by=root)
    assert oskar.is_muted is False


@pytest.mark.covers("REC-39")
def test_an_account_is_a_student_or_a_helper_and_its_chip_says_so(ben, root):
    assert (ben.get_role_display(), ben.is_helper) == ("Student", False)
    for _ in range(2):
        set_role(user=ben, role=User.Role.HELPER, by=root)
    ben.refresh_from_db()
    assert (ben.get_role_display(), ben.is_helper) == ("Helper", True)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_emptied_gets_the_system_back(ada):
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)
    assert (system().pk, system().is_active, list(User.objects.people())) == (SYSTEM_ID, False, [])
