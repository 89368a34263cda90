"""The settings pages, without JavaScript."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from peerloop.core.accounts.models import User
from tests.factories.people import person

PROFILE = {"name": "Ada Lind", "username": "ada", "bio": "Paints dice.", "time_zone": "Europe/Lisbon"}


def picture(width: int = 60, height: int = 20, kind: str = "PNG") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (width, height), "plum").save(out, kind)
    return SimpleUploadedFile("me.png", out.getvalue(), "image/png")


def saved(user: User) -> tuple[str, str, str, str]:
    user.refresh_from_db()
    return user.name, user.username, user.bio, user.time_zone


def test_ada_changes_her_profile(ada, as_user):
    answer = as_user(ada).post(reverse("settings_profile"), PROFILE, follow=True)
    assert "Your profile is saved." in answer.content.decode()
    assert saved(ada) == ("Ada Lind", "ada", "Paints dice.", "Europe/Lisbon")


def test_the_page_shows_what_is_saved_and_marks_its_tab(ada, as_user):
    page = as_user(ada).get(reverse("settings_profile")).content.decode()
    assert 'value="Ada Lind"' in page
    assert f'<a class="pl-lesson" href="{reverse("settings_profile")}" aria-current="page">' in page
    assert page.count('aria-current="page"') == 1 + page.count('dropdown-item" href="/settings" aria-current="page"')


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "A" * 81}, "at most 80 characters"),
        ({"name": "\u202eadA"}, "Use plain text"),
        ({"name": "Ada\x00"}, "Null characters are not allowed."),
        ({"username": "a da"}, "Use 2 to 30 small letters"),
        ({"username": "system"}, "kept for the site"),
        ({"username": "deleted-1"}, "kept for the site"),
        ({"bio": "x" * 501}, "at most 500 characters"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"time_zone": "../../etc/passwd"}, "Select a valid choice."),
    ],
)
def test_bad_input_changes_nothing_and_stays_in_the_form(ada, as_user, changes, problem):
    before = saved(ada)
    page = as_user(ada).post(reverse("settings_profile"), {**PROFILE, **changes})
    assert (page.status_code, saved(ada)) == (400, before)
    text = page.content.decode()
    assert (problem in text, "Paints dice." in text or "bio" in changes) == (True, True)


def test_a_user_name_that_is_taken_is_refused_and_stays_in_the_form(ada, ben, as_user):
    page = as_user(ada).post(reverse("settings_profile"), {**PROFILE, "username": "BEN"})
    assert (page.status_code, saved(ada)[1]) == (409, "ada")
    assert "Somebody else already has that user name. Choose another." in page.content.decode()
    assert "Ada Lind" in page.content.decode()


def test_root_may_keep_a_name_that_others_may_not_choose(root, as_user):
    answer = as_user(root).post(reverse("settings_profile"), {**PROFILE, "username": "root"})
    assert (answer.status_code, saved(root)[1]) == (302, "root")


def test_the_longest_name_fits_and_is_escaped(oskar, as_user):
    name = "<b>" + "Ö" * 77
    as_user(oskar).post(reverse("settings_profile"), {**PROFILE, "username": "oskar", "name": name})
    page = as_user(oskar).get(reverse("settings_profile")).content.decode()
    assert (oskar.name != name, "<b>Ö" in page, "&lt;b&gt;ÖÖÖ" in page) == (True, False, True)


def test_an_old_zone_of_the_machine_can_be_kept(as_user, db):
    pelle = person("pelle", time_zone="Japan")
    answer = as_user(pelle).post(reverse("settings_profile"), {**PROFILE, "username": "pelle", "time_zone": "Japan"})
    assert (answer.status_code, saved(pelle)[3]) == (302, "Japan")


def test_a_zone_that_the_machine_no_longer_knows_breaks_no_page(ada, as_user):
    User.objects.filter(pk=ada.pk).update(time_zone="Gone/Nowhere")
    assert as_user(ada).get(reverse("settings_data")).status_code == 200


def test_a_picture_becomes_a_square_that_is_served_for_ever(ada, as_user):
    client = as_user(ada)
    client.post(reverse("settings_picture"), {"picture": picture(60, 20)})
    ada.refresh_from_db()
    face = as_user(None).get(ada.avatar_url)
    assert (face["Content-Type"], face["Cache-Control"]) == ("image/webp", "public, max-age=31536000, immutable")
    with Image.open(BytesIO(face.getvalue())) as square:
        assert square.size == (256, 256)
        assert square.getpixel((0, 128))[3] == 255  # the whole width is there,
        assert square.getpixel((128, 0))[3] == 0  # and air above instead of a crop


@pytest.mark.django_db(transaction=True)
def test_a_new_picture_has_a_new_address_and_the_old_file_is_gone(ada, as_user):
    client = as_user(ada)
    client.post(reverse("settings_picture"), {"picture": picture()})
    ada.refresh_from_db()
    first = ada.avatar.name
    client.post(reverse("settings_picture"), {"picture": picture()})
    ada.refresh_from_db()
    assert (default_storage.exists(first), default_storage.exists(ada.avatar.name)) == (False, True)
    client.post(reverse("settings_picture"), {"remove": "1"})
    second = ada.avatar.name
    ada.refresh_from_db()
    assert (ada.avatar_url, default_storage.exists(second)) == ("", False)


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("me.png", b"GIF89a not really", "image/png"),
        SimpleUploadedFile("me.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml"),
        SimpleUploadedFile("me.png", b"<html><script>alert(1)</script>", "image/png"),
        SimpleUploadedFile("me.png", b"", "image/png"),
    ],
    ids=["forged", "svg", "html", "empty"],
)
def test_what_is_no_picture_is_refused_and_changes_nothing(ada, as_user, file):
    page = as_user(ada).post(reverse("settings_picture"), {"picture": file})
    ada.refresh_from_db()
    assert (page.status_code, ada.avatar_url) == (400, "")
    assert 'class="invalid-feedback' in page.content.decode()


@pytest.mark.parametrize("name", ["0190aaaa-0000-7000-8000-000000000000"])
def test_a_face_that_does_not_exist_is_not_found(client, name, db):
    assert client.get(reverse("avatar", args=[name])).status_code == 404


@pytest.mark.parametrize(("theme", "cookie"), [("light", "light"), ("dark", "dark"), ("", "")])
def test_light_or_dark_is_kept_in_the_browser(ada, as_user, theme, cookie):
    client = as_user(ada)
    client.cookies["theme"] = "dark"
    answer = client.post(reverse("settings_appearance"), {"theme": theme})
    assert (answer.status_code, answer.cookies["theme"].value) == (302, cookie)
    assert bool(answer.cookies["theme"]["max-age"]) == bool(cookie)


def test_a_forged_theme_is_refused(ada, as_user):
    answer = as_user(ada).post(reverse("settings_appearance"), {"theme": '"><script>'})
    assert (answer.status_code, "theme" in answer.cookies) == (400, False)


@pytest.mark.parametrize("name", ["settings_profile", "settings_appearance", "settings_data"])
def test_visitors_are_sent_to_sign_in_and_back(client, db, name):
    answer = client.get(reverse(name))
    assert answer.url == f"{reverse('account_login')}?next={reverse(name)}"


@pytest.mark.parametrize("name", ["settings_picture", "settings_export", "settings_deletion"])
def test_what_changes_something_is_never_a_plain_link(ada, as_user, client, name):
    assert as_user(ada).get(reverse(name)).status_code == 405
    assert client.post(reverse(name)).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["settings_profile", "settings_appearance", "settings_data"])
def test_each_page_costs_two_queries_the_person_with_the_points_and_the_bell(
    ada, as_user, name, django_assert_num_queries
):
    client = as_user(ada)
    client.get(reverse(name))
    with django_assert_num_queries(2):
        client.get(reverse(name))
