"""Summon Help as pages and fragments: its seven states, its refusals, its pieces elsewhere, and what each costs."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from courses.services import enrol
from goodwill.models import Account, Transaction
from helpdesk.models import HelpSession, HelpSummons, SessionMessage
from helpdesk.sessions.services.messages import post_session_message
from helpdesk.summons.services.calling import cancel_summons, expire_summons, request_help
from helpdesk.summons.services.ending import complete_summons
from peerloop.core.flags.models import Flag
from tests.factories.helpdesk import age, depart, helpers_of, let_time_run_out
from tests.factories.people import person
from tests.factories.pictures import saved, scene
from tests.support.pages import text_of

MODAL = {"HX-Request": "true", "HX-Target": "summon-place"}
PANEL = {"HX-Request": "true", "HX-Target": "summon"}


@pytest.fixture
def opened(as_user, ada, course, modules):
    """`opened()` is what the "Summon Help" button of the first module brings Ada."""
    clients = {}

    def get(user=ada, headers=MODAL, **query):
        client = clients.get(user) or clients.setdefault(user, as_user(user))
        given = {"course": course.pk, "module": modules[0].pk, **query}
        return client.get("/summons", given, headers=headers)

    return get


@pytest.fixture
def seen(as_user, summons):
    """`seen(ada)` is the panel of the summons as Ada gets it, `seen(ada, {})` the page."""
    clients = {}

    def get(user, headers=PANEL):
        client = clients.get(user) or clients.setdefault(user, as_user(user))
        return client.get(f"/summons/{summons.pk}", headers=headers)

    return get


def do(client, name, summons, data=None, headers=PANEL):
    return client.post(reverse(name, args=[summons.pk]), data or {}, headers=headers)


def state_of(answer) -> str:
    return re.search(r'<section class="pl-summon"[^>]*data-state="([\w-]+)"', answer.content.decode()).group(1)


def heading_of(answer) -> str:
    return re.search(r'<h2[^>]*id="summon-title"[^>]*>(.*?)</h2>', answer.content.decode()).group(1).strip()


# -- the seven states ------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-14", "HELP-17", "HELP-18", "HELP-19", "HELP-20", "HELP-21", "HELP-22", "HELP-23", "HELP-54")
def test_the_dialog_opens_with_who_is_there_the_module_and_a_question(opened, helper, course):
    helpers_of(course, 2)
    answer = opened()
    html, words = answer.content.decode(), text_of(answer)
    assert (state_of(answer), heading_of(answer)) == ("initiating", "Get Help Now")
    assert "3 helpers online" in words
    assert 'role="img" aria-label="Ben Okoro, Helper 0, Helper 1"' in html
    assert "Module: Brushes, paint and water" in words
    assert '<textarea class="form-control" id="summon-message" name="message"' in html
    assert re.search(r'<button[^>]*form="summon-form">Summon Helper</button>', html)
    assert re.search(r"<a[^>]*data-dialog-close>Cancel</a>", html)
    assert '<dialog class="pl-dialog pl-dialog--summon"' in html
    assert re.search(r'<button class="btn-close[^>]*data-dialog-close aria-label="Close">', html)
    assert HelpSummons.objects.count() == 0


def test_one_helper_is_one_and_without_a_module_its_line_is_left_out(opened, helper):
    words = text_of(opened(module=""))
    assert "1 helper online" in words
    assert "Module:" not in words


@pytest.mark.covers("HELP-22", "HELP-24", "HELP-25", "HELP-26", "HELP-27", "HELP-28", "HELP-29", "HELP-60")
def test_summon_helper_calls_and_shows_the_waiting(as_user, ada, course, modules, helper):
    given = {"course": course.pk, "module": modules[0].pk, "message": "My paint is too thick."}
    answer = as_user(ada).post("/summons", given, headers=PANEL)
    made = HelpSummons.objects.get()
    assert (made.student, made.module, made.message) == (ada, modules[0], "My paint is too thick.")
    html, words = answer.content.decode(), text_of(answer)
    assert (state_of(answer), heading_of(answer)) == ("waiting", "Finding a Helper...")
    assert "Looking for an available helper" in words
    assert "1 helper online" in words
    assert '<circle class="arc"' in html
    assert re.search(
        r'<time class="timer" role="timer" aria-label="Time waited" data-elapsed="\d+\.\d+">0:0\d</time>', html
    )
    assert re.search(rf'action="/summons/{made.pk}/cancellation".*?>Cancel</button>', html, re.DOTALL)


@pytest.mark.covers("HELP-07", "HELP-30", "HELP-31", "HELP-32", "HELP-33", "HELP-35", "HELP-36", "HELP-37", "HELP-61")
def test_the_connected_panel_shows_the_helper_the_talk_and_the_clock(seen, ada, ben, accepted):
    age(accepted.session, seconds=192)
    post_session_message(session_id=accepted.pk, content="How thin is it?", by=ben)
    answer = seen(ada)
    html, words = answer.content.decode(), text_of(answer)
    assert (state_of(answer), heading_of(answer)) == ("connected", "You're Connected!")
    assert '<span class="pl-av pl-av--' in html
    assert f'<a class="pl-title" href="/helpers/{ben.username}">Ben Okoro</a>' in html
    assert "Student-Teacher for Painting Miniatures: Foundations" in words
    assert "<p>How thin is it?</p>" in html
    assert re.search(r'data-elapsed="192\.\d+">3:12</time>', html)
    assert "5 min minimum for points" in words
    assert "1:47 to go" in words
    assert ">End Session</button>" in html


def test_the_helper_sees_the_student_and_the_same_clock(seen, ada, helper, accepted):
    age(accepted.session, seconds=61)
    html = seen(helper).content.decode()
    assert f'<a class="pl-title" href="{ada.get_absolute_url()}">Ada Lind</a>' in html
    assert "Student of Painting Miniatures: Foundations" in html
    assert ">1:01</time>" in html


@pytest.mark.covers("HELP-39", "HELP-40", "HELP-41", "HELP-42", "HELP-43", "HELP-44", "HELP-45", "HELP-46", "HELP-62")
def test_after_five_minutes_the_slider_stands_at_fifteen(as_user, ada, accepted):
    age(accepted.session, seconds=12 * 60 + 59)
    answer = do(as_user(ada), "summon_end", accepted)
    html, words = answer.content.decode(), text_of(answer)
    assert (state_of(answer), heading_of(answer)) == ("complete", "Session Complete")
    assert "Ben Okoro" in words
    assert "Duration: 12 minutes" in words
    assert re.search(r'<input type="range"[^>]*name="points" min="10" max="25" value="15"', html)
    guide = re.findall(r'value="(\d+)" aria-pressed="(\w+)"><b>\d+</b>([\w ]+)</button>', html)
    assert guide == [
        ("10", "false", "Helpful"),
        ("15", "true", "Very helpful"),
        ("20", "false", "Extremely helpful"),
        ("25", "false", "Exceptional"),
    ]
    assert "You have 50 points to give." in words
    assert "Award 15 Points" in words
    assert re.search(r">Skip</a>", html)


@pytest.mark.covers("HELP-108")
def test_a_session_of_less_than_five_minutes_offers_no_slider_and_says_why(as_user, ada, accepted):
    age(accepted.session, seconds=299)
    answer = do(as_user(ada), "summon_end", accepted)
    assert 'type="range"' not in answer.content.decode()
    assert "Duration: 4 minutes" in text_of(answer)
    assert "Sessions under 5 minutes do not move points." in text_of(answer)
    assert ">Close</button>" in answer.content.decode()


@pytest.mark.covers("HELP-47", "HELP-49", "HELP-50", "HELP-52", "HELP-63", "HELP-70")
def test_with_nobody_there_the_dialog_says_so_and_what_else_to_do(opened, ada, ben, course, nobody_here):
    answer = opened()
    words = text_of(answer)
    assert (state_of(answer), heading_of(answer)) == ("no-helpers", "No Helpers Available")
    assert "No helpers available right now. Try Course Chat instead." in words
    assert "Try again in a few minutes" in words
    assert re.search(rf'<a href="/courses/{course.pk}/chat">.*?Ask in Course Chat', answer.content.decode())
    assert ">Close</button>" in answer.content.decode()


@pytest.mark.covers("HELP-47", "HELP-48", "HELP-49", "HELP-50", "HELP-52", "HELP-65", "HELP-124")
def test_when_nobody_came_in_time_the_question_goes_along_to_the_chat(seen, ada, summons):
    let_time_run_out(summons)
    expire_summons(summons_id=summons.pk)
    answer = seen(ada)
    html, words = answer.content.decode(), text_of(answer)
    assert (state_of(answer), heading_of(answer)) == ("timed-out", "No Helpers Available")
    assert "All helpers are currently busy." in words
    assert "Try again in a few minutes" in words
    assert f'data-ask="My paint is too thick." data-ask-in="chat-{summons.course_id}"' in html
    assert ">Close</button>" in html


def test_a_summons_whose_time_is_over_is_closed_by_looking_at_it(seen, ada, summons):
    let_time_run_out(summons)
    assert state_of(seen(ada)) == "timed-out"
    summons.refresh_from_db()
    assert summons.status == "timed_out"


@pytest.mark.covers("HELP-29", "HELP-50", "HELP-52", "HELP-64")
def test_cancel_ends_the_waiting_and_is_not_called_a_lack_of_helpers(as_user, ada, summons):
    answer = do(as_user(ada), "summon_cancel", summons)
    assert (state_of(answer), heading_of(answer)) == ("cancelled", "Request Cancelled")
    assert "busy" not in text_of(answer)
    assert "Ask in Course Chat" in text_of(answer)
    summons.refresh_from_db()
    assert summons.status == "cancelled"


def test_after_a_cancel_the_dialog_starts_anew(opened, ada, summons):
    cancel_summons(summons_id=summons.pk, by=ada)
    assert state_of(opened()) == "initiating"


def test_who_cancels_in_the_moment_of_the_match_is_connected(as_user, ada, accepted):
    assert state_of(do(as_user(ada), "summon_cancel", accepted)) == "connected"


@pytest.mark.covers("HELP-58")
def test_the_dialog_returns_to_the_summons_that_stands(opened, as_user, ada, helper, summons):
    assert state_of(opened()) == "waiting"
    do(as_user(helper), "summon_accept", summons)
    assert state_of(opened()) == "connected"
    assert HelpSummons.objects.count() == 1


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-02", "HELP-76")
def test_visitors_sign_in_and_who_is_not_enrolled_is_refused(opened, as_user, oskar, course, helper):
    answer = opened(None, headers=None)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    assert opened(oskar).status_code == 403
    assert "Enrol in this course to summon help." in opened(oskar).content.decode()
    assert as_user(oskar).post("/summons", {"course": course.pk}).status_code == 403
    assert HelpSummons.objects.count() == 0


@pytest.mark.covers("HELP-74")
def test_with_the_flag_off_the_button_is_absent_and_the_doors_are_closed(as_user, opened, ada, course, modules, helper):
    place = f"/courses/{course.pk}/content/{modules[0].pk}"
    flag = Flag.objects.get(name="summon_help")
    flag.everyone = False
    flag.save()
    assert "Summon Help" not in as_user(ada).get(place).content.decode()
    assert "Need 1-on-1 Help?" not in as_user(ada).get(f"/courses/{course.pk}/chat").content.decode()
    assert opened().status_code == 404
    assert as_user(ada).post("/summons", {"course": course.pk}).status_code == 404


@pytest.mark.covers("HELP-70")
def test_calling_when_the_last_helper_has_just_left_keeps_the_question(as_user, ada, course, helper):
    depart(helper)
    answer = as_user(ada).post("/summons", {"course": course.pk, "message": "Too thick"}, headers=PANEL)
    assert (answer.status_code, state_of(answer)) == (409, "no-helpers")
    assert "No helpers available right now. Try Course Chat instead." in text_of(answer)
    assert 'data-ask="Too thick"' in answer.content.decode()
    assert '<input type="hidden" name="message" value="Too thick">' in answer.content.decode()
    assert HelpSummons.objects.count() == 0


def test_a_question_that_is_too_long_comes_back_whole(as_user, ada, course, helper):
    answer = as_user(ada).post("/summons", {"course": course.pk, "message": "x" * 501}, headers=PANEL)
    assert (answer.status_code, state_of(answer)) == (422, "initiating")
    assert "x" * 501 in answer.content.decode()
    assert 'class="form-control is-invalid"' in answer.content.decode()


DOORS = ["summon_cancel", "summon_messages", "summon_end", "summon_again", "summon_thanks", "summon_skip"]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_of_a_summons_opens_for_the_outsider(as_user, oskar, accepted, door):
    answer = do(as_user(oskar), door, accepted, {"content": "x", "points": 15})
    assert answer.status_code == 404
    assert "thick" not in answer.content.decode()
    assert HelpSession.objects.get().status == "active"
    assert SessionMessage.objects.count() == 0


def test_the_outsider_can_neither_read_nor_answer(as_user, seen, oskar, accepted):
    assert seen(oskar).status_code == 404
    assert as_user(oskar).get(reverse("summon_changes", args=[accepted.pk])).status_code == 404
    assert do(as_user(oskar), "summon_accept", accepted).status_code == 403


# -- the helper ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-56", "HELP-90")
def test_the_dashboard_lists_who_waits_and_leads_to_accepting(as_user, ada, helper, summons):
    html = as_user(helper).get("/helper/dashboard").content.decode()
    offer = re.search(r'<li class="pl-card pl-incoming".*?</li>', html, re.DOTALL).group()
    for words in ("Ada Lind", "Painting Miniatures: Foundations", "My paint is too thick.", "Brushes, paint and water"):
        assert words in offer
    assert f'action="/summons/{summons.pk}/acceptance"' in offer
    assert re.search(r'data-ends-in="1\d\d\.\d+" data-of="120"', offer)


@pytest.mark.covers("HELP-57", "HELP-91", "HELP-92")
def test_accepting_leads_to_the_session(as_user, helper, summons):
    answer = do(as_user(helper), "summon_accept", summons, headers={})
    assert (answer.status_code, answer["Location"]) == (302, f"/summons/{summons.pk}")
    summons.refresh_from_db()
    assert (summons.status, summons.responder) == ("accepted", helper)
    assert "You're Connected!" in as_user(helper).get(answer["Location"]).content.decode()


def test_accepting_by_htmx_leads_the_whole_page_there(as_user, helper, summons):
    answer = do(as_user(helper), "summon_accept", summons, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/summons/{summons.pk}"


@pytest.mark.covers("HELP-89")
def test_who_comes_second_reads_that_somebody_else_is_helping(as_user, course, accepted):
    late = helpers_of(course, 1)[0]
    answer = do(as_user(late), "summon_accept", accepted, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "Somebody else is already helping." in text_of(answer)
    assert as_user(late).get(f"/summons/{accepted.pk}")["Location"] == "/helper/dashboard"


def test_the_list_is_read_again_as_a_fragment(as_user, ada, helper, summons):
    assert "Ada Lind" in as_user(helper).get("/summons/incoming", headers=PANEL).content.decode()
    cancel_summons(summons_id=summons.pk, by=ada)
    assert "Ada Lind" not in as_user(helper).get("/summons/incoming", headers=PANEL).content.decode()
    assert as_user(helper).get("/summons/incoming")["Location"] == "/helper/dashboard"


# -- the talk --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-33")
def test_both_write_and_each_sees_whose_words_are_whose(as_user, seen, ada, helper, accepted):
    answer = do(as_user(ada), "summon_messages", accepted, {"content": "It beads."})
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "summon:said")
    assert "It beads." not in answer.content.decode()
    assert 'class="pl-bubble me"' in seen(ada).content.decode()
    assert 'class="pl-bubble"' in seen(helper).content.decode()


def test_a_plain_form_says_it_too(as_user, ada, accepted):
    answer = do(as_user(ada), "summon_messages", accepted, {"content": "It beads."}, headers={})
    assert answer["Location"] == f"/summons/{accepted.pk}"
    assert "It beads." in as_user(ada).get(answer["Location"]).content.decode()


def test_a_picture_is_a_message(as_user, seen, ada, helper, accepted):
    photo = SimpleUploadedFile("cloak.png", saved(scene(), "PNG"), "image/png")
    do(as_user(ada), "summon_messages", accepted, {"content": "", "pictures": [photo]})
    message = SessionMessage.objects.get()
    assert f'src="{message.pictures[0].thumb_url}"' in seen(helper).content.decode()


def test_what_is_refused_is_still_in_the_form_under_the_same_name(as_user, ada, accepted):
    name = "0190a000-0000-7000-8000-000000000001"
    client = as_user(ada)
    assert do(client, "summon_messages", accepted, {"content": "one"}).status_code == 200
    answer = do(client, "summon_messages", accepted, {"content": "two", "client_id": name})
    html = answer.content.decode()
    assert answer.status_code == 429
    assert "Message not sent." in html
    assert ">two</textarea>" in html
    assert f'name="client_id" value="{name}"' in html


def test_changes_bring_what_is_new_and_how_far_the_other_has_read(as_user, ada, ben, accepted, without_pauses):
    first = post_session_message(session_id=accepted.pk, content="one", by=ada)
    post_session_message(session_id=accepted.pk, content="two", by=ada)
    HelpSession.objects.update(helper_read=2)
    html = as_user(ada).get(f"/summons/{accepted.pk}/changes", {"since": first.version}).content.decode()
    assert '<div data-version="2" data-read="2">' in html
    assert "two" in html
    assert "one" not in html


@pytest.mark.covers("HELP-72")
def test_a_helper_who_went_away_is_named_and_trying_again_calls_anew(as_user, seen, ada, course, accepted):
    assert "Helper disconnected." not in text_of(seen(ada))
    HelpSession.objects.update(helper_gone_at=timezone.now())
    assert "Helper disconnected. Would you like to try again?" in text_of(seen(ada))
    helpers_of(course, 1)
    answer = do(as_user(ada), "summon_again", accepted)
    assert state_of(answer) == "waiting"
    assert list(HelpSummons.objects.order_by("pk").values_list("status", "message")) == [
        ("completed", "My paint is too thick."),
        ("pending", "My paint is too thick."),
    ]


def test_a_helper_cannot_call_again_with_somebody_elses_question(as_user, ben, course, accepted):
    helpers_of(course, 1)
    answer = do(as_user(ben), "summon_again", accepted)
    assert answer.status_code == 404
    assert list(HelpSummons.objects.values_list("status", flat=True)) == ["accepted"]


@pytest.mark.covers("HELP-72")
def test_after_five_minutes_the_thanks_come_before_the_next_call(as_user, ada, course, accepted):
    now = timezone.now()
    HelpSession.objects.update(
        started_at=now - timedelta(minutes=9), helper_left_at=now - timedelta(minutes=1), helper_gone_at=now
    )
    helpers_of(course, 1)
    client = as_user(ada)
    answer = do(client, "summon_again", accepted)
    assert state_of(answer) == "complete"
    assert '<input type="hidden" name="again" value="1">' in answer.content.decode()
    assert "Duration: 8 minutes" in text_of(answer)
    assert state_of(do(client, "summon_thanks", accepted, {"points": 20, "again": "1"})) == "waiting"
    assert Transaction.objects.get(reason="summon_help").points == 20


# -- thanks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ended(accepted, ada) -> HelpSummons:
    age(accepted.session, seconds=360)
    complete_summons(summons_id=accepted.pk, by=ada)
    return accepted


@pytest.mark.covers("HELP-81", "HELP-116")
def test_awarding_moves_the_points_and_both_see_it(as_user, seen, ada, helper, ended):
    answer = do(as_user(ada), "summon_thanks", ended, {"points": 20})
    assert "You gave Ben Okoro 20 points." in text_of(answer)
    assert "Ada Lind gave you 20 points." in text_of(seen(helper))
    assert Account.objects.get(user=ada).balance == 30
    assert Account.objects.get(user=helper).balance == 70


@pytest.mark.covers("HELP-73", "HELP-110")
@pytest.mark.parametrize("points", [9, 26])
def test_an_award_out_of_range_fails_in_place_with_a_retry(as_user, ada, ended, points):
    answer = do(as_user(ada), "summon_thanks", ended, {"points": points})
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Unable to award points." in html
    assert re.search(r'<button class="link-btn">Retry</button>', html)
    assert Account.objects.get(user=ada).balance == 50


def test_with_too_few_points_the_button_is_off_beforehand(seen, as_user, ada, ended):
    Account.objects.filter(user=ada).update(balance=9)
    assert re.search(r'<button class="btn btn-honey[^>]* disabled>', seen(ada).content.decode())
    answer = do(as_user(ada), "summon_thanks", ended, {"points": 10})
    assert answer.status_code == 409
    assert "Unable to award points." in text_of(answer)
    Account.objects.filter(user=ada).update(balance=12)
    assert 'min="10" max="12" value="12"' in seen(ada).content.decode()


@pytest.mark.covers("HELP-46")
def test_skip_asks_first_and_then_lets_go(as_user, ada, ended, modules):
    url = reverse("summon_skip", args=[ended.pk])
    client = as_user(ada)
    asked = client.get(url, headers=PANEL)
    assert heading_of(asked) == "Skip without thanking Ben Okoro?"
    assert "not recommended" in text_of(asked)
    assert "Go back and award" in text_of(asked)
    let_go = client.post(url, headers=PANEL)
    assert let_go["HX-Trigger"].startswith('{"summon:close"')
    assert let_go["HX-Retarget"] == "#summon-pill"
    assert 'class="pl-pill"' not in let_go.content.decode()
    assert client.post(url)["Location"] == modules[0].get_absolute_url()
    assert Account.objects.get(user=ada).balance == 50


def test_the_pill_reminds_of_the_thanks_until_they_are_given_or_skipped(as_user, ada, helper, ended):
    client = as_user(ada)
    reminder = re.compile(r'class="pl-pill".*?Thank Ben Okoro', re.DOTALL)
    assert reminder.search(client.get("/courses").content.decode())
    assert not reminder.search(as_user(helper).get("/courses").content.decode())
    HelpSummons.objects.update(closed_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert not reminder.search(client.get("/courses").content.decode())


def test_skipped_thanks_are_not_asked_for_again(as_user, ada, ended):
    client = as_user(ada)
    client.post(reverse("summon_skip", args=[ended.pk]))
    assert "Thank Ben Okoro" not in client.get("/courses").content.decode()


def test_only_the_student_thanks(as_user, helper, ended):
    assert do(as_user(helper), "summon_thanks", ended, {"points": 15}).status_code == 404
    assert as_user(helper).get(reverse("summon_skip", args=[ended.pk])).status_code == 404


# -- pieces of other pages -------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-04", "HELP-53")
def test_the_content_page_has_the_button(as_user, ada, course, modules):
    html = as_user(ada).get(f"/courses/{course.pk}/content/{modules[0].pk}").content.decode()
    button = re.search(r'<a[^>]*id="summon-help".*?</a>', html, re.DOTALL).group()
    assert f'href="/summons?course={course.pk}&amp;module={modules[0].pk}"' in button
    assert "Summon Help" in button


@pytest.mark.covers("CHAT-11", "HELP-05")
def test_the_chat_leads_students_to_the_content_with_the_dialog_open(as_user, ada, ben, course):
    html = as_user(ada).get(f"/courses/{course.pk}/chat").content.decode()
    assert "Need 1-on-1 Help?" in html
    assert f'href="/courses/{course.pk}/content#summon-help"' in html
    assert "Need 1-on-1 Help?" not in as_user(ben).get(f"/courses/{course.pk}/chat").content.decode()


def test_a_student_teacher_who_is_not_enrolled_has_no_button(as_user, ben, course, modules):
    html = as_user(ben).get(f"/courses/{course.pk}/content/{modules[0].pk}").content.decode()
    assert "Summon Help" not in html


def test_what_goes_on_is_a_pill_on_every_page_of_both(
    as_user, ada, helper, course, modules, django_capture_on_commit_callbacks
):
    student, teacher = as_user(ada), as_user(helper)
    for client in (student, teacher):
        assert 'class="pl-pill"' not in client.get("/courses").content.decode()
    given = {"course": course.pk, "module": modules[0].pk}
    with django_capture_on_commit_callbacks(execute=True):
        student.post("/summons", given)
    made = HelpSummons.objects.get()
    assert re.search(r'class="pl-pill".*?Finding a Helper\.\.\.', student.get("/courses").content.decode(), re.DOTALL)
    with django_capture_on_commit_callbacks(execute=True):
        do(teacher, "summon_accept", made)
    assert re.search(r'class="pl-pill".*?Ben Okoro', student.get("/courses").content.decode(), re.DOTALL)
    assert re.search(r'class="pl-pill".*?Ada Lind', teacher.get("/courses").content.decode(), re.DOTALL)
    do(student, "summon_end", made)
    for client in (student, teacher):
        assert 'class="pl-pill"' not in client.get("/courses").content.decode()


# -- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12])
def test_opening_costs_the_same_for_one_helper_and_for_many(
    opened, course, nobody_here, count, django_assert_num_queries
):
    helpers_of(course, count)
    opened()
    with django_assert_num_queries(7):
        opened()


@pytest.mark.parametrize("count", [1, 12])
def test_the_talk_costs_the_same_for_one_message_and_for_many(
    seen, ada, ben, accepted, without_pauses, count, django_assert_num_queries
):
    for number in range(count):
        post_session_message(session_id=accepted.pk, content=f"message {number}", by=(ada, ben)[number % 2])
    seen(ada)
    with django_assert_num_queries(3):
        seen(ada)


def test_a_page_without_a_summons_asks_nothing_about_it(as_user, ada, course, django_assert_num_queries):
    client = as_user(ada)
    client.get(f"/courses/{course.pk}/chat")
    with django_assert_num_queries(5):
        client.get(f"/courses/{course.pk}/chat")


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_of_summons_costs_the_same_for_one_and_for_many(
    as_user, helper, course, count, django_assert_num_queries
):
    for number in range(count):
        student = person(f"student-{number}")
        enrol(course=course, by=student)
        request_help(course_id=course.pk, by=student)
    client = as_user(helper)
    client.get("/summons/incoming", headers=PANEL)
    with django_assert_num_queries(3):
        client.get("/summons/incoming", headers=PANEL)
