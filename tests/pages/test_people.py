"""Profiles: of people (PROF) and of helpers (STPR)."""

import re

import pytest

from courses.services import certify, enrol
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import ban_account, delete_account, set_role, system
from tests.factories.courses import make_course
from tests.support.pages import text_of


def main_of(response) -> str:
    return response.content.decode().split("<main", 1)[1]


@pytest.mark.covers("REC-61")
def test_a_profile_says_who_somebody_is_and_what_they_learn(course, ada, oskar, as_user):
    ada.bio = "I paint <b>slowly</b>."
    ada.save()
    response = as_user(oskar).get("/people/ada")
    for shown in ("Ada Lind", "@ada", "Student", "I paint <b>slowly</b>.", "Painting Miniatures: Foundations"):
        assert shown in text_of(response)
    assert "I paint &lt;b&gt;slowly&lt;/b&gt;." in response.content.decode()
    assert "Edit your profile" not in text_of(response)


def test_the_profile_of_a_helper_leads_to_the_helper_profile(course, ada, ben, as_user):
    response = as_user(ada).get("/people/ben")
    assert '<a class="btn btn-line w-100" href="/helpers/ben">' in response.content.decode()
    text = text_of(as_user(ada).get("/helpers/ben"))
    for shown in ("Ben Okoro", "Helper", "Student-Teacher for", "Painting Miniatures: Foundations"):
        assert shown in text


def test_staff_carry_one_chip_whatever_their_role(course, ada, root, as_user):
    def chip() -> str:
        return re.findall(r'<span class="pl-chip[^"]*">(.*?)</span>', main_of(as_user(ada).get("/people/root")))[0]

    assert chip() == "Staff"
    set_role(user=root, role=User.Role.HELPER, by=system())
    assert (chip().endswith("Staff"), "See the helper profile" in main_of(as_user(ada).get("/people/root"))) == (
        True,
        True,
    )


def test_helpers_are_seen_by_visitors_and_people_are_not(course, ada, ben, as_user):
    assert "Ben Okoro" in text_of(as_user(None).get("/helpers/ben"))
    assert as_user(None).get("/people/ada").url == "/accounts/login/?next=/people/ada"


def test_who_is_no_helper_has_just_a_profile(course, ada, oskar, as_user):
    assert as_user(oskar).get("/helpers/ada").url == "/people/ada"


def test_a_draft_is_not_given_away_by_a_profile(course, ada, ben, oskar, root, as_user):
    draft = make_course("Secret plans", slug="draft", published=False)
    enrol(course=draft, user=ada, by=root)
    certify(user=ben, course=draft, by=root)
    assert "Secret plans" in text_of(as_user(ada).get("/people/ada"))
    seen = [text_of(as_user(oskar).get(address)) for address in ("/people/ada", "/people/ben", "/helpers/ben")]
    assert ["Secret plans" in text for text in seen] == [False, False, False]


def test_nobody_is_found_behind_closed_accounts(course, ada, ben, mei, root, as_user):
    client = as_user(root)
    assert [client.get(f"/people/{name}").status_code for name in ("mei", "ben")] == [200, 200]
    delete_account(user=mei, by=mei)
    ban_account(user=ben, by=root)
    deleted = User.objects.get(pk=mei.pk).username
    for name in ("mei", deleted, "ben", "peerloop", "nobody"):
        assert client.get(f"/people/{name}").status_code == 404
        assert client.get(f"/helpers/{name}").status_code == 404
    assert "Ben Okoro" not in text_of(as_user(ada).get(f"/courses/{course.pk}"))


def test_an_empty_profile_has_a_word_for_its_owner_and_one_for_others(ada, oskar, as_user):
    assert "Nothing here yet." in text_of(as_user(oskar).get("/people/oskar"))
    assert "Edit your profile" in text_of(as_user(oskar).get("/people/oskar"))
    text = text_of(as_user(ada).get("/people/oskar"))
    assert "Oskar Berg has not written anything here yet." in text
    assert "Not enrolled in a course at the moment." in text


@pytest.mark.parametrize("more", [0, 10])
def test_a_profile_costs_as_much_for_one_course_as_for_many(
    course, ada, ben, root, as_user, more, django_assert_num_queries, own_pages_only
):
    for number in range(more):
        extra = make_course(f"Course {number}", slug=f"c{number}", modules=1)
        enrol(course=extra, by=ben)
        certify(user=ben, course=extra, by=root)
    client = as_user(ada)
    with django_assert_num_queries(4):  # who is signed in, who it is, what he teaches, what he learns
        client.get("/helpers/ben")
