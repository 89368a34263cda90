"""The frame of every page, seen by a visitor, a student and a helper, on the one page that is always there: none."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client

from peerloop.core.accounts.models import User
from peerloop.core.errors import NotAllowed
from peerloop.core.markup import navigation


def header(client) -> str:
    html = client.get("/there-is-no-such-page").content.decode()
    return re.search(r"<header class=\"pl-top\">.*?</header>", html, re.DOTALL)[0]


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.covers("SESS-73", "SESS-74")
def test_the_header_names_who_is_signed_in_and_as_what(ada, root, as_user):
    assert "Ada Lind" in text_of(header(as_user(ada)))
    assert '<span class="only-wide pl-chip">Student</span>' in header(as_user(ada))
    ada.role = User.Role.HELPER
    ada.save()
    assert '<span class="only-wide pl-chip">Helper</span>' in header(as_user(ada))
    assert '<span class="only-wide pl-chip">Staff</span>' in header(as_user(root))


@pytest.mark.covers("SESS-76")
def test_a_visitor_sees_no_name_role_bell_or_sign_out(ada, as_user):
    signed_in, visitor = text_of(header(as_user(ada))), text_of(header(as_user(None)))
    assert [word in signed_in for word in ("Ada Lind", "Student", "Sign Out")] == [True, True, True]
    assert [word in visitor for word in ("Ada Lind", "Student", "Sign Out", "Notifications")] == [False] * 4
    assert visitor.endswith("Sign in Join free")


@pytest.mark.parametrize(
    ("role", "address"),
    [(None, "/"), (User.Role.STUDENT, "/customer/request"), (User.Role.HELPER, "/helper/dashboard")],
)
def test_the_logo_leads_home(ada, as_user, role, address):
    if role:
        ada.role = role
        ada.save()
    html = header(as_user(ada if role else None))
    assert re.search(r'class="pl-brand" href="([^"]+)"', html)[1] == address


def test_the_logo_leads_to_the_first_page_that_is_for_the_viewer(ada, as_user, monkeypatch):
    monkeypatch.setattr(navigation, "_starts", {})

    def address(person):
        return re.search(r'class="pl-brand" href="([^"]+)"', header(as_user(person)))[1]

    assert (address(None), address(ada)) == ("/", "/")
    navigation.start("settings_profile", order=20, shown_to=navigation.signed_in)
    navigation.start("account_login", order=30)
    assert (address(None), address(ada)) == ("/accounts/login/", "/settings")
    navigation.start("settings_data", order=10, shown_to=lambda user: user == ada)
    assert (address(None), address(ada)) == ("/accounts/login/", "/settings/data")


@pytest.mark.covers("SESS-75")
def test_sign_out_signs_out_and_leads_to_the_start(ada, as_user):
    client = as_user(ada)
    address = re.search(r'<form method="post" action="([^"]+)">', header(client))[1]
    answer = client.post(address)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Sign Out" not in header(client)


@pytest.mark.parametrize(
    ("cookie", "attribute"),
    [("dark", ' data-bs-theme="dark"'), ("light", ' data-bs-theme="light"'), ("", ""), ('"><script>', "")],
)
def test_the_theme_is_written_by_the_server_so_that_no_page_flashes(client, cookie, attribute):
    client.cookies["theme"] = cookie
    assert f'<html lang="en"{attribute}>' in client.get("/there-is-no-such-page").content.decode()


def test_every_page_can_be_entered_and_left_by_the_keyboard(client):
    html = client.get("/there-is-no-such-page").content.decode()
    body = html[html.index("<body") :]
    assert body.index('<a class="skip" href="#main">') < body.index("<header")
    assert '<main id="main" class="pl-wrap pl-main" tabindex="-1"' in body
    assert html.count("<h1") == 1


def test_a_page_that_is_not_there_says_so(client):
    answer = client.get("/there-is-no-such-page")
    assert answer.status_code == 404
    assert "<h1>This page is not here.</h1>" in answer.content.decode()


def test_a_broken_page_needs_neither_request_nor_database():
    assert "<h1>Something broke on our side.</h1>" in render_to_string("500.html")


def test_a_refusal_is_a_page_of_its_own_or_a_note_in_place(rf, ada):
    request = rf.get("/")
    request.user = ada
    refusal = NotAllowed()
    assert "<h1>You may not do that.</h1>" in render_to_string("refusal.html", {"refusal": refusal}, request)
    note = render_to_string("components/_refusal.html", {"refusal": refusal}, request)
    assert text_of(note) == "You may not do that."
    assert 'role="alert"' in note


def test_a_stale_form_says_what_to_do(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.post("/accounts/logout/")
    assert answer.status_code == 403
    assert "<h1>This form is from an earlier visit.</h1>" in answer.content.decode()
    assert "Sign Out" in header(client)


def test_too_many_tries_are_a_page(rf, ada):
    request = rf.get("/")
    request.user = ada
    assert "<h1>That was tried too often.</h1>" in render_to_string("429.html", {}, request)


def test_the_first_page_shows_real_courses_and_the_products_real_numbers(rf, settings):
    request = rf.get("/")
    request.user = AnonymousUser()
    html = render_to_string("pages/home.html", {"courses": [], "product": settings.PEERLOOP}, request)
    assert 'id="courses"' not in html
    points = re.findall(r'<dd class="text-honey">([^<]+)</dd>', html)
    assert points == ["50 points", "5 points", "25 points"]
