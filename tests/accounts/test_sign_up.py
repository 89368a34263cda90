"""Joining, confirming, signing in and out, as a person with a browser does."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from peerloop.core.accounts.models import User

LINK = re.compile(r"http://testserver(/\S+)")
VIVI = {"name": "Vivi Ø. Sørensen", "username": "vivi", "email": "vivi@example.com", "password1": "a slow brush"}

pytestmark = pytest.mark.django_db(transaction=True)


def join(client, **changes):
    return client.post(reverse("account_signup"), {**VIVI, **changes})


def link_in(mail) -> str:
    return LINK.search(mail.body)[1]


def problem_of(page, field: str) -> str:
    return " ".join(page.context["form"].errors.get(field, []))


def test_somebody_joins_confirms_and_is_signed_in(client, mailoutbox):
    answer = join(client, time_zone="Europe/Copenhagen")
    assert (answer.status_code, answer.url) == (302, reverse("account_email_verification_sent"))
    vivi = User.objects.get(username="vivi")
    assert (vivi.name, vivi.email, vivi.time_zone, vivi.role) == (
        "Vivi Ø. Sørensen",
        "vivi@example.com",
        "Europe/Copenhagen",
        "student",
    )
    mail = mailoutbox[0]
    assert (mail.subject, mail.to) == ("Confirm your email for PeerLoop", ["vivi@example.com"])
    assert mail.body.startswith("Hello Vivi Ø. Sørensen,\n\nGood that you are here.")
    asked = client.get(link_in(mail))
    assert "Is vivi@example.com yours, Vivi Ø. Sørensen?" in asked.content.decode()
    assert EmailAddress.objects.get(user=vivi).verified is False
    answer = client.post(link_in(mail))
    assert (answer.status_code, answer.url) == (302, "/dashboard")
    assert client.session["_auth_user_id"] == str(vivi.pk)


def test_until_the_address_is_confirmed_nobody_is_signed_in(client, mailoutbox):
    join(client)
    answer = client.post(reverse("account_login"), {"login": "vivi", "password": VIVI["password1"]})
    assert answer.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "x" * 5000, "<script>"])
def test_a_forged_time_zone_becomes_utc_and_bothers_nobody(client, zone):
    join(client, time_zone=zone)
    assert User.objects.get(username="vivi").time_zone == "UTC"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("username", "v", "Use 2 to 30 small letters, digits"),
        ("username", "vi vi", "Use 2 to 30 small letters, digits"),
        ("username", "vivi-", "Use 2 to 30 small letters, digits"),
        ("username", "виви", "Use 2 to 30 small letters, digits"),
        ("username", "v" * 31, "at most 30 characters"),
        ("username", "support", "That user name is kept for the site."),
        ("username", "deleted-0123456789abcdef", "That user name is kept for the site."),
        ("username", "ADA", "Somebody else already has that user name."),
        ("name", "V" * 81, "at most 80 characters"),
        ("name", "\u202eivrebo", "Use plain text"),
        ("name", "...", "Use at least one letter or digit."),
        ("name", "   ", "This field is required."),
        ("email", "vivi", "Enter a valid email address."),
        ("password1", "short", "This password is too short."),
        ("password1", "password1", "This password is too common."),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(client, ada, field, value, problem):
    page = join(client, **{field: value})
    assert page.status_code == 200
    assert problem in problem_of(page, field)
    kept = "vivi@example.com" if field != "email" else "Vivi"
    assert kept in page.content.decode()
    assert list(User.objects.people()) == [ada]


def test_capitals_in_a_user_name_are_a_habit_and_made_small(client):
    join(client, username="ViVi")
    assert User.objects.people().get().username == "vivi"


def test_joining_with_a_members_address_looks_the_same_and_tells_the_member(client, ada, mailoutbox):
    answer = join(client, email="ada@example.com")
    assert (answer.status_code, answer.url) == (302, reverse("account_email_verification_sent"))
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["ada@example.com"], "You already have a PeerLoop account")
    ]
    assert list(User.objects.people()) == [ada]


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.com", "Ada@Example.com"])
def test_signing_in_by_user_name_or_email(client, ada, login):
    answer = client.post(reverse("account_login"), {"login": login, "password": "peerloop"})
    assert (answer.status_code, answer.url) == (302, "/dashboard")


def test_helpers_come_to_their_own_dashboard(client, ben):
    User.objects.filter(pk=ben.pk).update(role="helper")
    assert client.post(reverse("account_login"), {"login": "ben", "password": "peerloop"}).url == "/helper/dashboard"


@pytest.mark.parametrize("login", ["ada", "nobody"])
def test_a_wrong_password_says_the_same_whether_or_not_the_account_exists(client, ada, login):
    page = client.post(reverse("account_login"), {"login": login, "password": "wrong"})
    assert "That user name and password do not match." in page.content.decode()
    assert (page.status_code, f'value="{login}"' in page.content.decode()) == (200, True)


def test_where_one_was_going_survives_signing_in_but_a_foreign_site_does_not(client, ada):
    for wanted, reached in [("/settings", "/settings"), ("https://evil.example/", "/dashboard")]:
        answer = client.post(reverse("account_login"), {"login": "ada", "password": "peerloop", "next": wanted})
        assert answer.url == reached
        client.post(reverse("account_logout"))


def test_a_closed_account_is_told_so_only_with_the_right_password(client, oskar):
    User.objects.filter(pk=oskar.pk).update(is_active=False)
    answer = client.post(reverse("account_login"), {"login": "oskar", "password": "peerloop"})
    assert answer.url == reverse("account_inactive")
    assert "do not match" in client.post(reverse("account_login"), {"login": "oskar", "password": "x"}).content.decode()


@pytest.mark.covers("SESS-75")
def test_sign_out_asks_first_and_leads_to_the_start(client, ada):
    client.force_login(ada)
    assert "Sign out?" in client.get(reverse("account_logout")).content.decode()
    answer = client.post(reverse("account_logout"))
    assert (answer.status_code, answer.url, "_auth_user_id" in client.session) == (302, "/", False)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(client, ada, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": "ada@example.com"})
    link = link_in(mailoutbox[0])
    assert "Your user name is ada." in mailoutbox[0].body
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a new slow brush", "password2": "a new slow brush"})
    assert mailoutbox[1].subject == "Your PeerLoop password was reset"
    assert client.post(reverse("account_login"), {"login": "ada", "password": "a new slow brush"}).status_code == 302
    client.post(reverse("account_logout"))
    assert "This link has expired" in client.get(link, follow=True).content.decode()


def test_a_reset_for_a_stranger_looks_the_same(client, ada, mailoutbox):
    known = client.post(reverse("account_reset_password"), {"email": "ada@example.com"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [mail.subject for mail in mailoutbox] == [
        "Choose a new password for PeerLoop",
        "No PeerLoop account with this address",
    ]


def test_a_new_address_takes_the_old_ones_place_when_it_is_confirmed(client, ada, mailoutbox):
    client.post(reverse("account_login"), {"login": "ada", "password": "peerloop"})
    client.post(reverse("account_reauthenticate"), {"password": "peerloop"})
    client.post(reverse("account_email"), {"email": "lind@example.com", "action_add": ""})
    page = client.get(reverse("account_email")).content.decode()
    assert ("<b>ada@example.com</b>" in page, "<b>lind@example.com</b>" in page) == (True, True)
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"
    client.post(link_in(mailoutbox[0]))
    ada.refresh_from_db()
    assert (ada.email, [each.email for each in ada.emailaddress_set.all()]) == (
        "lind@example.com",
        ["lind@example.com"],
    )


def test_the_only_address_cannot_be_removed_by_a_forged_form(client, ada):
    client.post(reverse("account_login"), {"login": "ada", "password": "peerloop"})
    client.post(reverse("account_reauthenticate"), {"password": "peerloop"})
    client.post(reverse("account_email"), {"email": "ada@example.com", "action_remove": ""})
    assert [each.email for each in ada.emailaddress_set.all()] == ["ada@example.com"]


def test_oskar_cannot_take_adas_address(client, ada, oskar, mailoutbox):
    client.post(reverse("account_login"), {"login": "oskar", "password": "peerloop"})
    client.post(reverse("account_reauthenticate"), {"password": "peerloop"})
    client.post(reverse("account_email"), {"email": "ada@example.com", "action_add": ""})
    oskar.refresh_from_db()
    assert oskar.email == "oskar@example.com"
    assert EmailAddress.objects.filter(email="ada@example.com", verified=True).get().user == ada


def test_without_the_csrf_token_nobody_signs_in(ada):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("account_login"), {"login": "ada", "password": "peerloop"})
    assert answer.status_code == 403
