"""Taking one's data along, and leaving for good."""

import json
import zipfile
from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from peerloop.core.accounts.errors import AccountKept, NotYourAccount
from peerloop.core.accounts.exports import Export, exports
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import delete_account, set_avatar, system
from peerloop.core.accounts.signals import access_lost, account_deleted
from tests.accounts.test_settings import picture

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(user) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.username, "password": "peerloop"})
    return client


@pytest.fixture
def told():
    heard = []

    def hear(signal, user, **kwargs):
        heard.append(("deleted" if signal is account_deleted else "lost", user.pk))

    for signal in (account_deleted, access_lost):
        signal.connect(hear, dispatch_uid="test")
    yield heard
    account_deleted.disconnect(dispatch_uid="test")
    access_lost.disconnect(dispatch_uid="test")


def archive(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(answer.getvalue()))


def test_ada_takes_along_what_is_held_about_her_and_nobody_else(ada, oskar):
    set_avatar(user=ada, file=picture(), by=ada)
    ada.refresh_from_db()
    answer = signed_in(ada).post(reverse("settings_export"))
    assert answer["Content-Disposition"] == 'attachment; filename="peerloop-ada.zip"'
    bundle = archive(answer)
    profile = json.loads(bundle.read("profile.json"))
    assert [(row["username"], row["email"]) for row in profile] == [("ada", "ada@example.com")]
    assert json.loads(bundle.read("email-addresses.json")) == [
        {"email": "ada@example.com", "verified": True, "primary": True}
    ]
    assert len(json.loads(bundle.read("sessions.json"))) == 1
    assert [name for name in bundle.namelist() if name.startswith("profile/")] == [
        f"profile/{ada.avatar.name.removeprefix('avatars/')}"
    ]
    assert all(b"oskar" not in bundle.read(name) for name in bundle.namelist())
    assert all(b"password" not in bundle.read(name) for name in bundle.namelist())


def test_every_declared_export_is_a_file_of_valid_json(ada):
    bundle = archive(signed_in(ada).post(reverse("settings_export")))
    names = [f"{name}.json" for name, _ in exports]
    assert [name for name in bundle.namelist() if name.endswith(".json")] == names
    assert all(isinstance(json.loads(bundle.read(name)), list) for name in names)


def test_a_picture_that_was_lost_costs_nobody_their_archive(ada):
    set_avatar(user=ada, file=picture(), by=ada)
    ada.refresh_from_db()
    default_storage.delete(ada.avatar.name)
    assert "profile.json" in archive(signed_in(ada).post(reverse("settings_export"))).namelist()


def test_two_apps_cannot_export_under_one_name():
    with pytest.raises(ValueError, match="declared twice"):
        exports.add("profile", Export(rows=list))


def test_the_archive_can_be_fetched_five_times_an_hour(ada):
    client = signed_in(ada)
    answers = [client.post(reverse("settings_export")).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 200, 429]


def test_ada_deletes_her_account_and_leaves_no_trace_of_herself(ada, told):
    set_avatar(user=ada, file=picture(), by=ada)
    TOTP.activate(ada, generate_totp_secret())
    ada.refresh_from_db()
    face = ada.avatar.name
    client = Client()
    client.force_login(ada)
    answer = client.post(reverse("settings_deletion"), {"password": "peerloop"})
    assert (answer.status_code, answer.url) == (302, "/")
    gone = User.objects.get(pk=ada.pk)
    assert (gone.name, gone.bio, gone.avatar_url, gone.is_active) == ("Deleted member", "", "", False)
    assert (gone.username[:8], gone.email) == ("deleted-", f"{gone.username}@peerloop.invalid")
    assert (gone.has_usable_password(), gone.deleted_at is not None) == (False, True)
    assert not default_storage.exists(face)
    assert (EmailAddress.objects.count(), Authenticator.objects.count(), UserSession.objects.count()) == (0, 0, 0)
    assert told == [("deleted", ada.pk), ("lost", ada.pk)]
    assert client.get(reverse("settings_data")).status_code == 302


def test_the_address_and_the_name_are_free_again(ada, client, mailoutbox):
    delete_account(user=ada, by=ada)
    form = {"name": "Ada", "username": "ada", "email": "ada@example.com", "password1": "a slow brush"}
    assert client.post(reverse("account_signup"), form).status_code == 302
    assert User.objects.get(username="ada").pk != ada.pk


def test_a_wrong_password_deletes_nothing(ada):
    page = signed_in(ada).post(reverse("settings_deletion"), {"password": "wrong"})
    assert (page.status_code, "That is not your password." in page.content.decode()) == (400, True)
    assert User.objects.get(pk=ada.pk).deleted_at is None


def test_guessing_the_password_there_is_stopped(ada, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/key"}
    client = signed_in(ada)
    pages = [client.post(reverse("settings_deletion"), {"password": "wrong"}).content.decode() for _ in range(3)]
    assert ["Too many tries" in page for page in pages] == [False, False, True]
    client.post(reverse("settings_deletion"), {"password": "peerloop"})
    assert User.objects.get(pk=ada.pk).deleted_at is None


def test_who_has_no_password_types_the_user_name(ada, as_user):
    ada.set_unusable_password()
    ada.save()
    client = as_user(ada)
    assert client.post(reverse("settings_deletion"), {"username": "oskar"}).status_code == 400
    assert client.post(reverse("settings_deletion"), {"username": "ada"}).status_code == 302
    assert User.objects.get(pk=ada.pk).deleted_at is not None


def test_root_may_delete_for_somebody_and_twice_is_harmless(ada, root, told):
    first = delete_account(user=ada, by=root)
    second = delete_account(user=ada, by=root)
    assert (first.username, len(told)) == (second.username, 2)


@pytest.mark.parametrize("other", ["oskar", "sam", "mei"])
def test_nobody_deletes_somebody_else(ada, other, request, told):
    with pytest.raises(NotYourAccount):
        delete_account(user=ada, by=request.getfixturevalue(other))
    assert (User.objects.get(pk=ada.pk).name, told) == ("Ada Lind", [])


def test_the_sites_own_account_stays(root):
    with pytest.raises(AccountKept):
        delete_account(user=system(), by=root)


def test_if_an_app_above_cannot_erase_its_part_nothing_is_erased(ada):
    def fail(**kwargs):
        raise RuntimeError

    account_deleted.connect(fail, dispatch_uid="test")
    with pytest.raises(RuntimeError):
        delete_account(user=ada, by=ada)
    account_deleted.disconnect(dispatch_uid="test")
    assert User.objects.get(pk=ada.pk).name == "Ada Lind"
