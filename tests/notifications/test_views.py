import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from peerloop.core.notifications import queries
from peerloop.core.notifications.kinds import Kind, kinds
from peerloop.core.notifications.models import Notification, Preference

UNREAD = re.compile(r'class="visually-hidden">, (\d+) unread<')
BADGE = re.compile(r'class="pl-count"[^>]*><span aria-hidden="true">([^<]*)<')


def bell(client):
    return client.get("/notifications/bell").content.decode()


def titles(html):
    return re.findall(r'class="pl-sub d-block[^"]*">([^<]*)<', html)


@pytest.mark.covers("SESS-47", "SESS-48")
@pytest.mark.parametrize(("number", "badge"), [(0, []), (1, ["1"]), (9, ["9"]), (10, ["9+"]), (21, ["9+"])])
def test_the_badge_has_the_number_up_to_nine(as_user, ben, tell, number, badge):
    for _ in range(number):
        tell(ben)
    html = bell(as_user(ben))
    assert BADGE.findall(html) == badge
    assert UNREAD.findall(html) == ([str(min(number, 20))] if number else [])


@pytest.mark.covers("SESS-46", "REC-70", "SESS-51", "SESS-72")
def test_everybody_who_is_signed_in_has_a_bell_and_visitors_have_none(as_user, ben):
    page = as_user(ben).get("/notifications").content.decode()
    assert page.count('popovertarget="bell-list"') == 1
    assert '<h2 class="h3 grow">Notifications</h2>' in page
    assert 'popovertarget="bell-list"' not in as_user(None).get("/accounts/login/").content.decode()


@pytest.mark.covers("SESS-52", "SESS-54")
def test_mark_all_read_is_there_with_unread_ones_only(as_user, ben, tell):
    empty = bell(as_user(ben))
    assert ("Mark all read" in empty, "No new notifications" in empty) == (False, True)
    tell(ben)
    full = bell(as_user(ben))
    assert ("Mark all read" in full, "No new notifications" in full) == (True, False)


@pytest.mark.covers("SESS-55", "SESS-57", "SESS-58", "SESS-59")
def test_an_item_shows_icon_title_description_age_and_price(as_user, ben, tell):
    [row] = tell(ben, kind="request", category="painting", amount=2550, description="A <b>dragon</b>")
    Notification.objects.update(created_at=timezone.now() - timedelta(hours=2))
    html = bell(as_user(ben))
    assert "ui/icons.svg#palette" in html
    assert f'<a class="pl-title stretch" href="/notifications/{row.pk}/open">New Painting Request</a>' in html
    assert '<span class="pl-sub d-block text-truncate">A &lt;b&gt;dragon&lt;/b&gt;</span>' in html
    assert ">2 hours ago</time>" in html
    assert '<b class="text-fern tabular">$25.50</b>' in html


def test_the_fragment_of_a_live_event_is_the_same_as_the_pages(ben, tell, rf):
    tell(ben)
    context = {"feed": queries.feed(ben)}
    live = render_to_string("notifications/_bell.html", context)
    assert live == render_to_string("notifications/_bell.html", context, request=rf.get("/"))
    assert re.findall(r'id="(bell-[a-z]+)-', live) == ["bell-count", "bell-feed"]


@pytest.mark.covers("SESS-60", "CHAT-06")
def test_following_an_item_marks_it_read_and_leads_to_its_page(as_user, ben, tell):
    [row] = tell(ben, target="/helper/dashboard")
    answer = as_user(ben).get(f"/notifications/{row.pk}/open")
    assert (answer.status_code, answer["Location"]) == (302, "/helper/dashboard")
    assert queries.feed(ben).items == []


def test_oskar_can_neither_open_nor_mark_a_notification_of_bens(as_user, ben, oskar, tell):
    [row] = tell(ben)
    client = as_user(oskar)
    assert client.get(f"/notifications/{row.pk}/open").status_code == 404
    assert client.post(f"/notifications/{row.pk}/read").status_code == 404
    assert client.post("/notifications/read-all", {"shown": [row.pk]}).status_code == 302
    assert titles(client.get("/notifications").content.decode()) == []
    assert len(queries.feed(ben).items) == 1


@pytest.mark.parametrize(
    "path", ["/notifications", "/notifications/bell", "/settings/notifications", "/points", "/points/earn"]
)
def test_a_visitor_is_asked_to_sign_in(as_user, db, path):
    answer = as_user(None).get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


def test_reading_asks_for_post(as_user, ben, tell):
    [row] = tell(ben)
    client = as_user(ben)
    for path in (f"/notifications/{row.pk}/read", "/notifications/read-all"):
        assert client.get(path).status_code == 405
    assert len(queries.feed(ben).items) == 1


def test_all_that_was_shown_is_marked_and_a_plain_form_leads_back(as_user, ben, tell):
    tell(ben)
    client = as_user(ben, referer="http://testserver/courses")
    shown = re.findall(r'name="shown" value="([^"]+)"', bell(client))
    tell(ben)
    answer = client.post("/notifications/read-all", {"shown": shown})
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/courses")
    assert [each.description for each in queries.feed(ben).items] == ["Number 2"]


@pytest.mark.parametrize("referer", ["https://evil.example/", "javascript:alert(1)", "//evil.example", ""])
def test_a_plain_form_never_leads_elsewhere(as_user, ben, tell, referer):
    tell(ben)
    answer = as_user(ben, referer=referer).post("/notifications/read-all")
    assert (answer.status_code, answer["Location"]) == (302, "/notifications")


def test_htmx_gets_the_bell_as_it_is_afterwards(as_user, ben, tell):
    for _ in range(21):
        tell(ben)
    shown = [each.pk for each in queries.feed(ben).items]
    answer = as_user(ben, hx_request="true").post("/notifications/read-all", {"shown": shown})
    assert BADGE.findall(answer.content.decode()) == ["1"]
    assert titles(answer.content.decode()) == ["Number 1"]


def test_damaged_ids_mark_nothing(as_user, ben, tell):
    tell(ben)
    assert as_user(ben).post("/notifications/read-all", {"shown": ["x"]}).status_code == 404
    assert len(queries.feed(ben).items) == 1


def test_the_page_lists_read_ones_too_unless_only_unread_are_asked_for(as_user, ben, tell):
    first, _ = tell(ben)[0], tell(ben)
    client = as_user(ben)
    client.post(f"/notifications/{first.pk}/read")
    rows = re.compile(r'<li class="pl-row pl-row--top" id="notification-([0-9a-f-]+)"')
    everything = rows.findall(client.get("/notifications").content.decode())
    unread = rows.findall(client.get("/notifications?show=unread").content.decode())
    assert (len(everything), str(first.pk) in everything) == (2, True)
    assert (len(unread), str(first.pk) in unread) == (1, False)


def test_the_page_is_paged_by_key_without_loss_or_repeat(as_user, ben, tell, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 7)
    for _ in range(20):
        tell(ben)
    client, address, seen = as_user(ben), "/notifications?show=unread", []
    while address:
        main = client.get(address).content.decode().partition("<main")[2]
        seen += titles(main)
        older = re.search(r'href="(\?[^"]+)" rel="next"', main)
        address = older and "/notifications" + older[1].replace("&amp;", "&")
    assert seen == [f"Number {number}" for number in range(20, 0, -1)]


def test_a_damaged_page_address_is_answered_with_a_sentence(as_user, ben):
    answer = as_user(ben).get("/notifications?before=x")
    assert answer.status_code == 400
    assert "That page address is damaged." in answer.content.decode()


def choices_on(page):
    ticked = re.findall(r'name="((?:news|urgent)\.\w+)"[^>]*checked', page)
    selects = re.findall(r'<select[^>]*name="((?:news|urgent)\.email)".*?</select>', page, re.DOTALL)
    mails = re.findall(r'name="((?:news|urgent)\.email)"(?:(?!</select>).)*?value="(\w+)" selected', page, re.DOTALL)
    assert selects == ["news.email", "urgent.email"]
    return ticked, dict(mails)


def test_choices_are_shown_and_kept(as_user, ben, declared):
    client = as_user(ben)
    page = client.get("/settings/notifications").content.decode()
    assert choices_on(page) == (["news.site", "urgent.site"], {"urgent.email": "at_once"})
    given = {"news.email": "daily", "urgent.email": "", "urgent.site": "on", "other.site": "on"}
    answer = client.post("/settings/notifications", given)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/notifications")
    page = client.get("/settings/notifications").content.decode()
    assert choices_on(page) == (["urgent.site"], {"news.email": "daily"})
    assert not Preference.objects.filter(kind="other").exists()


def test_the_hour_of_the_daily_mail_is_chosen_on_the_same_page(as_user, ben, declared):
    client, chosen = as_user(ben), re.compile(r'<option value="(\d+)" selected>(\d\d:00)</option>')
    assert chosen.findall(client.get("/settings/notifications").content.decode()) == [("8", "08:00")]
    client.post("/settings/notifications", {"digest_hour": "19"})
    assert chosen.findall(client.get("/settings/notifications").content.decode()) == [("19", "19:00")]


@pytest.mark.parametrize("hour", ["24", "-1", "x", "", "²"])
def test_an_hour_that_no_day_has_is_refused_and_nothing_is_changed(as_user, ben, declared, hour):
    answer = as_user(ben).post("/settings/notifications", {"news.email": "daily", "digest_hour": hour})
    assert answer.status_code == 400
    assert "Choose for the daily mail one of the hours in the list." in answer.content.decode()
    assert not Preference.objects.exists()


def test_what_cannot_wait_is_not_offered_once_a_day(as_user, ben, declared, monkeypatch):
    offered = '<option value="daily"'
    before = as_user(ben).get("/settings/notifications").content.decode().count(offered)
    monkeypatch.setitem(kinds._things, "news", Kind(name="news", label="News", title="News", can_wait=False))
    assert as_user(ben).get("/settings/notifications").content.decode().count(offered) == before - 1


@pytest.mark.covers("SESS-41")
def test_the_bell_sounds_in_a_browser_whose_owner_wants_that(as_user, ben, declared):
    client, sounds = as_user(ben), 'data-sound="/notification.mp3"'
    assert sounds not in client.get("/notifications").content.decode()
    answer = client.post("/settings/notifications", {"sound": "on"})
    assert answer.cookies["sound"]["httponly"]
    assert sounds in client.get("/notifications").content.decode()
    client.post("/settings/notifications", {})
    assert sounds not in client.get("/notifications").content.decode()
    sound = client.get("/notification.mp3")
    assert (sound["Content-Type"], sound.content[:2]) == ("audio/mpeg", b"\xff\xfb")


@pytest.mark.parametrize("number", [1, 20])
def test_the_bell_takes_the_same_queries_for_one_and_for_twenty(as_user, ben, tell, number, django_assert_num_queries):
    client = as_user(ben)
    for _ in range(number):
        tell(ben)
    bell(client)
    with django_assert_num_queries(2):  # the person with the points beside it, the feed
        bell(client)


@pytest.mark.parametrize("number", [1, 29])
def test_the_page_takes_the_same_queries_for_one_and_for_many(as_user, ben, tell, number, django_assert_num_queries):
    client = as_user(ben)
    for _ in range(number):
        tell(ben)
    client.get("/notifications")
    with django_assert_num_queries(4):
        client.get("/notifications")
