"""SBOK and the pages of booked sessions: what they show, carry along, refuse and cost; and the calendar file."""

import re
from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from courses.services import enrol
from helpdesk.bookings.models import Booking, DayOff, WeeklyHours
from helpdesk.bookings.services.answering import accept_booking
from helpdesk.bookings.services.ending import cancel_booking
from helpdesk.bookings.services.hours import add_hours
from helpdesk.bookings.services.requesting import request_booking
from helpdesk.bookings.services.starting import start_booking
from helpdesk.models import HelpSummons
from helpdesk.summons.services.calling import expire_summons
from helpdesk.summons.services.ending import complete_summons
from tests.factories.bookings import EVERY_DAY, another_helper, begin, free
from tests.factories.helpdesk import depart, let_time_run_out
from tests.factories.people import person
from tests.support.pages import text_of

PANEL = {"HX-Request": "true", "HX-Target": "summon"}
TIMES = {"HX-Request": "true", "HX-Target": "times"}


@pytest.fixture
def page(as_user, course):
    """`page(ada)` is the page of free times as Ada gets it."""
    return lambda user, headers=None, **query: as_user(user).get(f"/courses/{course.pk}/book", query, headers=headers)


@pytest.fixture
def evenings(ben, course):
    """Ben can be booked from six to eight each evening, in Berlin."""
    ben.time_zone = "Europe/Berlin"
    ben.role = "helper"
    ben.save()
    add_hours(weekdays=EVERY_DAY, starts=time(18), ends=time(20), by=ben)
    return ben


@pytest.fixture
def at_noon(monkeypatch):
    """It is noon on Saturday 21 November 2026, in UTC."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))


def slots(html: str) -> list[str]:
    return re.findall(r'<label class="pl-slot"><input type="radio" name="slot" value="[^"]+"[^>]*><b>([^<]+)</b>', html)


def do(client, name: str, booking: Booking, **data):
    return client.post(reverse(name, args=[booking.pk]), data)


# -- the page of free times ------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-64")
def test_the_times_are_on_the_clock_of_who_looks_by_its_days(page, ada, evenings, at_noon):
    ada.time_zone = "America/New_York"
    ada.save()
    html, words = page(ada).content.decode(), text_of(page(ada))
    assert "Times are yours, America/New_York." in words
    assert slots(html)[:4] == ["12:00", "12:30", "13:00", "13:30"]
    assert re.search(r"<b>12:00</b><small>.*?</span>18:00</small>", html)
    assert "The small time is on their clock, Europe/Berlin" in words
    days = re.findall(r'id="day-[\d-]+">(.*?)</h2>', html)
    assert (days[0], days[-1], len(days)) == ("Saturday 21 November", "Friday 4 December", 14)


def test_a_night_shift_of_the_helper_is_the_morning_of_the_student(page, ada, ben, course, at_noon):
    ada.time_zone, ben.time_zone, ben.role = "Asia/Tokyo", "America/New_York", "helper"
    ada.save()
    ben.save()
    add_hours(weekdays=[6], starts=time(22), ends=time(23), by=ben)
    html = page(ada).content.decode()
    assert re.findall(r'id="day-([\d-]+)"', html) == ["2026-11-23", "2026-11-30"]
    assert slots(html) == ["12:00", "12:30"] * 2


def test_where_both_have_one_clock_no_second_time_is_shown(page, ada, evenings):
    ada.time_zone = "Europe/Berlin"
    ada.save()
    assert "on their clock" not in text_of(page(ada))
    assert "<small>" not in page(ada, TIMES).content.decode()


def test_without_a_zone_of_ones_own_the_page_leads_to_choosing_one(page, ada, evenings):
    html = page(ada).content.decode()
    assert "Times are in UTC, because your account has no time zone yet." in text_of(page(ada))
    assert f'href="{reverse("settings_profile")}"' in html


def test_the_times_of_one_helper_alone(page, ada, course, evenings):
    jonas = another_helper(course)
    assert {"Ben Okoro", "Jonas"} == set(re.findall(r'<b class="pl-title">(.*?)</b>', page(ada).content.decode()))
    part = page(ada, TIMES, **{"with": str(jonas.pk)})
    html = part.content.decode()
    assert set(re.findall(r'<b class="pl-title">(.*?)</b>', html)) == {"Jonas"}
    assert f'<input type="hidden" name="with" value="{jonas.pk}">' in html
    assert "<html" not in html
    assert set(re.findall(r'<b class="pl-title">(.*?)</b>', page(ada, **{"with": "nobody"}).content.decode())) == {
        "Ben Okoro",
        "Jonas",
    }


def test_where_nobody_has_hours_the_page_leads_to_the_chat_with_the_question(page, ada, ben, course):
    answer = page(ada, question="Too thick?")
    assert "Nobody can be booked yet" in text_of(answer)
    link = rf'href="/courses/{course.pk}/chat" data-ask="Too thick\?" data-ask-in="chat-{course.pk}"'
    assert re.search(link, answer.content.decode())


def test_where_everything_is_taken_the_page_says_so(page, ada, evenings):
    today = timezone.localdate()
    DayOff.objects.bulk_create(DayOff(helper=evenings, day=today + timedelta(days=each)) for each in range(-1, 17))
    assert "No free times in the next 14 days" in text_of(page(ada))


@pytest.mark.covers("HELP-51", "REC-64")
@pytest.mark.parametrize("state", ["timed-out", "no-helpers"])
def test_from_the_summons_that_nobody_answered_the_question_comes_along(
    as_user, ada, course, modules, summons, state, evenings
):
    client = as_user(ada)
    let_time_run_out(summons)
    expire_summons(summons_id=summons.pk)
    if state == "timed-out":
        answer = client.get(f"/summons/{summons.pk}", headers=PANEL)
    else:
        depart(evenings)
        given = {"course": course.pk, "module": modules[0].pk, "message": "My paint is too thick."}
        answer = client.post("/summons", given, headers=PANEL)
    assert f'data-state="{state}"' in answer.content.decode()
    link = re.search(r'<a href="([^"]+)">(?:(?!</a>).)*Schedule a Session', answer.content.decode(), re.DOTALL)
    html = client.get(link.group(1).replace("&amp;", "&")).content.decode()
    assert re.search(r'<textarea[^>]*name="question"[^>]*>My paint is too thick\.</textarea>', html)
    assert f'<input type="hidden" name="module" value="{modules[0].pk}">' in html


def test_the_summons_of_somebody_else_brings_nothing_along(page, mei, course, summons, evenings):
    enrol(course=course, by=mei)
    assert "thick" not in page(mei, summons=str(summons.pk)).content.decode()


def test_the_chat_leads_there(as_user, ada, course):
    assert f'href="/courses/{course.pk}/book"' in as_user(ada).get(f"/courses/{course.pk}/chat").content.decode()


@pytest.mark.covers("REC-64")
def test_choosing_a_time_asks_for_it_and_shows_the_request(page, as_user, ada, ben, course, modules, evenings):
    value = re.search(r'name="slot" value="([^"]+)"', page(ada).content.decode()).group(1)
    given = {"slot": value, "question": "My paint is too thick.", "module": modules[0].pk}
    answer = as_user(ada).post(f"/courses/{course.pk}/book", given)
    made = Booking.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/bookings/{made.pk}")
    assert (made.note, made.module, made.helper) == ("My paint is too thick.", modules[0], ben)
    words = text_of(as_user(ada).get(answer["Location"]))
    assert "Waiting for an answer" in words
    assert "My paint is too thick." in words


@pytest.mark.parametrize(
    ("slot", "status", "sentence"),
    [
        ("", 422, "Choose a time first."),
        ("nonsense", 400, "Choose a time first."),
        ("{ben}|2026-11-21T12:00:00", 400, "Choose a time first."),
        ("{ben}|2026-11-21T12:00:00+00:00", 409, "That time is not offered any more. Choose another."),
    ],
)
def test_a_refusal_keeps_the_question(as_user, ada, ben, course, evenings, slot, status, sentence):
    given = {"slot": slot.format(ben=ben.pk), "question": "My paint is too thick."}
    answer = as_user(ada).post(f"/courses/{course.pk}/book", given)
    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert ">My paint is too thick.</textarea>" in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert Booking.objects.count() == 0


def test_a_refusal_keeps_whose_times_are_shown(as_user, ada, ben, course, evenings):
    another_helper(course)
    answer = as_user(ada).post(f"/courses/{course.pk}/book", {"slot": "", "with": ben.pk})
    assert set(re.findall(r'<b class="pl-title">(.*?)</b>', answer.content.decode())) == {"Ben Okoro"}


def test_oskar_and_the_helper_may_not_book_in_the_course(page, oskar, ben, bookable):
    for user in (oskar, ben):
        assert page(user).status_code == 403
        assert "Enrol in this course to book a session" in text_of(page(user))


# -- one booking -----------------------------------------------------------------------------------------------------


DOORS = ["booking_acceptance", "booking_refusal", "booking_cancellation", "booking_start"]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_of_a_booking_opens_for_the_outsider(as_user, oskar, ada, booking, door):
    begin(booking, minutes=60)
    assert "My paint is too thick." in as_user(ada).get(booking.get_absolute_url()).content.decode()
    answer = do(as_user(oskar), door, booking)
    assert answer.status_code == 404
    assert "thick" not in answer.content.decode()
    assert Booking.objects.get().status == "requested"
    assert as_user(oskar).get(booking.get_absolute_url()).status_code == 404
    assert as_user(oskar).get(reverse("booking_calendar", args=[booking.pk])).status_code == 404


@pytest.mark.covers("REC-64")
def test_the_helper_reads_the_question_and_accepts_with_a_word(as_user, ada, ben, booking):
    client = as_user(ben)
    words = text_of(client.get(booking.get_absolute_url()))
    for shown in ("What Ada Lind asks", "My paint is too thick.", "Can you make it?", "Accept", "Decline"):
        assert shown in words
    answer = do(client, "booking_acceptance", booking, reply="Bring the pot.")
    assert answer["Location"] == booking.get_absolute_url()
    words = text_of(as_user(ada).get(booking.get_absolute_url()))
    assert "Agreed" in words
    assert "Ben Okoro accepted. Bring the pot." in words
    assert "Can you make it?" not in words


@pytest.mark.covers("REC-64")
def test_the_helper_declines_with_a_word_and_the_student_may_ask_again(as_user, ada, ben, booking):
    do(as_user(ben), "booking_refusal", booking, reply="I am away.")
    answer = as_user(ada).get(booking.get_absolute_url())
    assert "Ben Okoro cannot make it. I am away." in text_of(answer)
    again = f"/courses/{booking.course_id}/book?with={ben.pk}&amp;module={booking.module_id}&amp;question="
    assert again + quote("My paint is too thick.") in answer.content.decode()


def test_a_refused_answer_keeps_the_words(as_user, ben, booking):
    client = as_user(ben)
    answer = do(client, "booking_acceptance", booking, reply="x" * 501)
    assert answer.status_code == 422
    assert "x" * 501 in answer.content.decode()
    begin(booking, minutes=5)
    answer = do(client, "booking_acceptance", booking, reply="Bring the pot.")
    assert answer.status_code == 409
    assert "This request is not waiting for an answer any more." in text_of(answer)


def test_either_cancels_from_the_page(as_user, ada, ben, agreed):
    assert "Cancel this session" in text_of(as_user(ben).get(agreed.get_absolute_url()))
    do(as_user(ada), "booking_cancellation", agreed, reply="I have a cold.")
    words = text_of(as_user(ben).get(agreed.get_absolute_url()))
    assert "Ada Lind cancelled this session. I have a cold." in words
    assert "Cancel this session" not in words


def test_the_start_is_offered_to_both_at_its_time_and_leads_into_the_session(as_user, ada, ben, agreed):
    client = as_user(ada)
    assert "Start session" not in text_of(client.get(agreed.get_absolute_url()))
    assert do(client, "booking_start", agreed).status_code == 409
    begin(agreed, minutes=5)
    part = client.get(reverse("booking_start", args=[agreed.pk]), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 20s"' in part.content.decode()
    assert ">Start session</button>" in part.content.decode()
    answer = do(client, "booking_start", agreed)
    made = HelpSummons.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert "You're Connected!" in client.get(answer["Location"]).content.decode()
    assert "Join session" in text_of(as_user(ben).get(agreed.get_absolute_url()))
    assert do(as_user(ben), "booking_start", agreed)["Location"] == made.get_absolute_url()
    complete_summons(summons_id=made.pk, by=ada)
    assert "Start session again" in text_of(client.get(agreed.get_absolute_url()))


def test_an_address_of_the_start_leads_to_the_booking(as_user, ada, agreed):
    answer = as_user(ada).get(reverse("booking_start", args=[agreed.pk]))
    assert answer["Location"] == agreed.get_absolute_url()


def test_staff_look_and_touch_nothing(as_user, root, agreed):
    begin(agreed, minutes=5)
    words = text_of(as_user(root).get(agreed.get_absolute_url()))
    assert "Ada Lind and Ben Okoro" in words
    for action in ("Start session", "Cancel this session", "Add to your calendar"):
        assert action not in words
    assert as_user(root).get(reverse("booking_calendar", args=[agreed.pk])).status_code == 404


# -- the calendar file -----------------------------------------------------------------------------------------------


def file_of(client, booking: Booking):
    answer = client.get(reverse("booking_calendar", args=[booking.pk]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content)


def test_calendars_follow_a_booking_under_one_name(as_user, ada, ben, booking):
    seen = []
    for change in (None, accept_booking, cancel_booking):
        if change:
            change(booking_id=booking.pk, by=ben)
        calendar = file_of(as_user(ada), booking)
        [event] = calendar.walk("VEVENT")
        seen.append((calendar["METHOD"], event["UID"], event["SEQUENCE"], event["STATUS"]))
    name = f"{booking.pk}@peerloop"
    assert seen == [
        ("PUBLISH", name, 0, "TENTATIVE"),
        ("PUBLISH", name, 1, "CONFIRMED"),
        ("CANCEL", name, 2, "CANCELLED"),
    ]


def test_the_file_names_the_moment_in_utc_the_other_one_and_the_page(as_user, ada, ben, agreed):
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    for viewer, other in ((ada, "Ben Okoro"), (ben, "Ada Lind")):
        client = as_user(viewer)
        [event] = file_of(client, agreed).walk("VEVENT")
        raw = client.get(reverse("booking_calendar", args=[agreed.pk])).content.decode()
        assert f"DTSTART:{agreed.starts_at:%Y%m%dT%H%M%SZ}" in raw
        assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (agreed.starts_at, agreed.ends_at)
        assert event["SUMMARY"] == f"PeerLoop session with {other}"
        assert event["URL"] == f"http://testserver{agreed.get_absolute_url()}"
        assert "My paint is too thick." in event["DESCRIPTION"]
        assert "@example.com" not in raw


# -- lists and dashboards --------------------------------------------------------------------------------------------


def test_the_list_has_what_is_ahead_and_what_is_over(as_user, ada, booking, oskar):
    words = text_of(as_user(ada).get("/bookings"))
    assert "Ahead" in words
    assert "with Ben Okoro" in words
    cancel_booking(booking_id=booking.pk, by=ada)
    words = text_of(as_user(ada).get("/bookings"))
    assert "No session ahead" in words
    assert "Earlier" in words
    assert "Cancelled" in words
    assert "Ben Okoro" not in text_of(as_user(oskar).get("/bookings"))


def test_the_dashboards_show_what_is_booked(as_user, ada, ben, booking, oskar):
    for user, other in ((ada, "Ben Okoro"), (ben, "Ada Lind")):
        words = text_of(as_user(user).get("/dashboard" if user == ada else "/helper/dashboard"))
        assert "Your booked sessions" in words
        assert f"with {other}" in words
    assert "Waits for you" in text_of(as_user(ben).get("/helper/dashboard"))
    assert "Your booked sessions" not in text_of(as_user(oskar).get("/dashboard"))


def test_at_first_use_the_helper_is_led_to_the_hours(as_user, ben, course):
    ben.refresh_from_db()
    words = text_of(as_user(ben).get("/helper/dashboard"))
    assert "Let students book you" in words
    assert "Set your bookable hours" in words
    add_hours(weekdays=[0], starts=time(18), ends=time(20), by=ben)
    assert "Nobody has booked you." in text_of(as_user(ben).get("/helper/dashboard"))


# -- hours -----------------------------------------------------------------------------------------------------------


def test_a_helper_adds_and_removes_hours_and_days_off(as_user, ben, course):
    client = as_user(ben)
    assert "You cannot be booked yet" in text_of(client.get("/helper/hours"))
    client.post("/helper/hours", {"weekdays": ["0", "2"], "starts": "18:00", "ends": "00:00"})
    words = text_of(client.get("/helper/hours"))
    assert "Monday 18:00 to midnight" in words
    assert "Wednesday 18:00 to midnight" in words
    tomorrow = timezone.localdate() + timedelta(days=1)
    client.post("/helper/days-off", {"day": tomorrow.isoformat()})
    assert f"{tomorrow:%A} {tomorrow.day} {tomorrow:%B %Y}" in text_of(client.get("/helper/hours"))
    for row in WeeklyHours.objects.all():
        client.post(f"/helper/hours/{row.pk}/removal")
    client.post(f"/helper/days-off/{DayOff.objects.get().pk}/removal")
    assert (WeeklyHours.objects.count(), DayOff.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"starts": "18:00", "ends": "20:00"}, "Choose at least one day."),
        ({"weekdays": ["0"], "starts": "20:00", "ends": "18:00"}, "Choose an end after the start."),
        ({"weekdays": ["0"], "starts": "18:10", "ends": "19:00"}, "Choose times at the full or the half hour."),
    ],
)
def test_wrong_hours_come_back_with_the_reason(as_user, ben, course, given, sentence):
    answer = as_user(ben).post("/helper/hours", given)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert f'value="{given["starts"]}"' in answer.content.decode()


def test_a_wrong_day_off_comes_back_with_the_reason(as_user, ben, course):
    answer = as_user(ben).post("/helper/days-off", {"day": "2020-01-01"})
    assert answer.status_code == 422
    assert "Choose a day within the next year." in text_of(answer)


def test_ada_and_oskar_have_no_hours(as_user, ada, oskar, course):
    for user in (ada, oskar):
        answer = as_user(user).get("/helper/hours")
        assert answer.status_code == 403
        assert "This page is for helpers." in text_of(answer)
        assert as_user(user).post("/helper/days-off", {"day": "2026-12-24"}).status_code == 403


# -- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 8])
def test_the_page_costs_the_same_for_one_helper_and_for_many(
    page, as_user, ada, course, bookable, own_pages_only, count, django_assert_num_queries
):
    for number in range(count):
        another_helper(course, f"helper-{number}")
    client = as_user(ada)
    where = f"/courses/{course.pk}/book?" + urlencode({"with": bookable.pk} if not count else {})
    client.get(where)
    # who is signed in, the course, enrolled?, the helpers, their hours, their days off, what is taken
    with django_assert_num_queries(7):
        client.get(where)


@pytest.mark.parametrize("count", [1, 5])
def test_lists_cost_the_same_for_one_booking_and_for_many(
    as_user, ada, course, bookable, own_pages_only, count, django_assert_num_queries
):
    for moment in free(course, ada)[:count]:
        request_booking(course_id=course.pk, helper_id=bookable.pk, starts_at=moment, by=ada)
    client = as_user(ada)
    client.get("/bookings")
    with django_assert_num_queries(3):  # who is signed in, what is ahead, what is over
        client.get("/bookings")


def test_a_booking_costs_two_queries(as_user, ada, agreed, own_pages_only, django_assert_num_queries):
    begin(agreed, minutes=5)
    start_booking(booking_id=agreed.pk, by=ada)
    client = as_user(ada)
    with django_assert_num_queries(2):  # who is signed in, the booking
        client.get(agreed.get_absolute_url())


def test_older_ones_are_on_the_next_page(as_user, ada, course, bookable):
    for number in range(21):
        student = person(f"student-{number}")
        enrol(course=course, by=student)
        moment = free(course, student)[0]
        made = request_booking(course_id=course.pk, helper_id=bookable.pk, starts_at=moment, by=student)
        cancel_booking(booking_id=made.pk, by=student)
    client = as_user(bookable)
    first = client.get("/bookings").content.decode()
    cursor = re.search(r'href="\?before=([\w-]+)"', first).group(1)
    second = text_of(client.get("/bookings", {"before": cursor}))
    assert "with Student 1 " not in second
    assert "with Student 0 " in second
    assert client.get("/bookings", {"before": "nonsense"}).status_code == 400
