"""Who gets in where: every address of the house, asked by a visitor and by Oskar, who is enrolled nowhere.

A new address must be written down here. 302 for a visitor leads to signing in; 405 means that nothing is done that way.
"""

import re

import pytest
from django.urls import get_resolver

from peerloop.api import api
from tests.support.doors import ELSEWHERE, address, own_addresses

# name: (visitor GET, visitor POST, Oskar GET, Oskar POST)
ANSWERS = {
    "settings_profile": (302, 302, 200, 400),
    "settings_picture": (302, 302, 405, 400),
    "settings_appearance": (302, 302, 200, 400),
    "settings_data": (302, 302, 200, 405),
    "settings_export": (302, 302, 405, 200),
    "settings_deletion": (302, 302, 405, 400),
    "avatar": (404, 405, 404, 405),
    "notifications": (302, 302, 200, 405),
    "notification_bell": (302, 302, 200, 405),
    "notification_read_all": (302, 302, 405, 302),
    "notification_open": (302, 302, 404, 405),
    "notification_read": (302, 302, 405, 404),
    "notification_sound": (200, 405, 200, 405),
    "notification_opt_out": (404, 404, 404, 404),
    "notification_preferences": (302, 302, 200, 302),
    "notification_devices": (302, 302, 302, 405),
    "notification_device_removal": (302, 302, 405, 404),
    "service_worker": (200, 405, 200, 405),
    "manifest": (200, 405, 200, 405),
    "payment_webhook": (405, 400, 405, 400),
    "payment_check": (302, 302, 404, 404),
    "payment": (302, 302, 404, 404),
    "payment_return": (302, 302, 404, 405),
    # Off unless a percentage is set; tests/payments/test_payout_pages.py has it on.
    "payouts": (302, 405, 404, 405),
    "payout_setup": (302, 302, 404, 404),
    "payout_return": (302, 405, 404, 405),
    "payout_test": (302, 302, 404, 404),
    "goodwill_history": (302, 302, 200, 405),
    "goodwill_earn": (302, 302, 200, 405),
    "course_list": (200, 405, 200, 405),
    "course_cover": (404, 405, 404, 405),
    "course_detail": (200, 405, 200, 405),
    "course_enrolment": (302, 302, 302, 302),
    "course_content": (302, 302, 403, 405),
    "module_detail": (302, 302, 403, 405),
    "module_progress": (302, 302, 302, 403),
    "home": (200, 405, 302, 405),
    "dashboard": (302, 302, 200, 405),
    "helper_dashboard": (302, 302, 403, 405),
    "availability": (302, 302, 302, 403),
    "profile": (302, 302, 200, 405),
    "helper_profile": (200, 405, 200, 405),
    "course_chat": (302, 405, 403, 405),
    "chat_messages": (405, 302, 405, 403),
    "chat_changes": (302, 405, 403, 405),
    "chat_search": (302, 405, 403, 405),
    "chat_suggestions": (302, 405, 403, 405),
    "chat_settings": (302, 302, 403, 403),
    "chat_message": (302, 405, 403, 405),
    "chat_text": (302, 302, 403, 403),
    "chat_deletion": (405, 302, 405, 403),
    "chat_question": (405, 302, 405, 403),
    "chat_claim": (405, 302, 405, 403),
    "chat_thanks": (302, 302, 403, 403),
    "chat_flag": (302, 302, 403, 403),
    "summons": (302, 302, 404, 404),
    "summons_incoming": (302, 405, 302, 405),
    "summon_offer_acceptance": (405, 404, 405, 404),
    "summon_offer_refusal": (405, 404, 405, 404),
    "summon_session": (302, 405, 404, 405),
    "summon_cancel": (405, 302, 405, 404),
    "summon_accept": (405, 302, 405, 403),
    "session_report": (302, 302, 404, 404),
    "helper_sessions": (302, 405, 403, 405),
    "helper_limits": (302, 302, 403, 403),
    "summon_dismiss": (405, 302, 405, 403),
    "summon_messages": (405, 302, 405, 404),
    "summon_changes": (302, 405, 404, 405),
    "summon_end": (405, 302, 405, 404),
    "summon_again": (405, 302, 405, 404),
    "summon_thanks": (405, 302, 405, 404),
    "summon_skip": (302, 302, 404, 404),
    "book_session": (302, 302, 403, 403),
    "bookings": (302, 405, 200, 405),
    "booking": (302, 405, 404, 405),
    "booking_acceptance": (405, 302, 405, 404),
    "booking_refusal": (405, 302, 405, 404),
    "booking_cancellation": (405, 302, 405, 404),
    "booking_start": (302, 302, 404, 404),
    "booking_calendar": (302, 405, 404, 405),
    "bookable_hours": (302, 302, 403, 403),
    "bookable_hours_removal": (405, 302, 405, 403),
    "days_off": (405, 302, 405, 403),
    "day_off_removal": (405, 302, 405, 403),
    "customer_request": (302, 302, 200, 422),
    "customer_request_status": (302, 405, 404, 405),
    "customer_request_withdrawal": (405, 302, 405, 404),
    "customer_session": (302, 405, 404, 405),
    "customer_session_rating": (405, 302, 405, 404),
    "customer_session_problem": (302, 302, 404, 404),
    "paid_offers": (302, 405, 403, 405),
    "paid_claim": (405, 302, 405, 404),
    "helper_session": (302, 405, 404, 405),
    "helper_session_start": (405, 302, 405, 404),
    "helper_session_return": (405, 302, 405, 404),
    "helper_session_outcome": (302, 302, 404, 404),
    "session_call": (302, 405, 404, 405),
    "paid_session_messages": (405, 302, 405, 404),
    "paid_session_changes": (302, 405, 404, 405),
    "paid_message_report": (302, 302, 404, 404),
    "summon_call": (405, 302, 405, 404),
    "help_requests": (200, 405, 200, 405),
    "help_requests_similar": (200, 405, 200, 405),
    "help_request_new": (302, 302, 200, 422),
    "help_request_draft": (405, 302, 405, 302),
    "help_request": (200, 405, 200, 405),
    "help_request_edit": (302, 302, 403, 403),
    "help_request_edits": (200, 405, 200, 405),
    "help_respond": (405, 302, 405, 422),
    "help_request_assign": (405, 302, 405, 400),
    "help_request_take": (405, 302, 405, 403),
    "help_request_release": (405, 302, 405, 403),
    "help_request_close": (405, 302, 405, 403),
    "help_request_reopen": (405, 302, 405, 403),
    "help_request_rating": (405, 302, 405, 403),
    "help_photo_mark": (405, 302, 405, 400),
    "help_mark_removal": (405, 302, 405, 404),
    "help_request_report": (302, 302, 200, 422),
    "help_response_edit": (302, 302, 403, 403),
    "help_response_vote": (405, 302, 405, 302),
    "help_response_solution": (405, 302, 405, 403),
    "help_response_report": (302, 302, 200, 422),
    "upload": (404, 405, 404, 405),
    "upload_thumb": (404, 405, 404, 405),
    "healthz": (200, 405, 200, 405),
    "readyz": (503, 405, 503, 405),
}


def test_every_address_is_written_down():
    assert sorted(own_addresses(get_resolver())) == sorted(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_visitor_and_an_outsider_get_what_is_written_down(name, places, as_user, oskar):
    where = address(name, places)
    got = tuple(
        getattr(as_user(person), method)(where).status_code for person in (None, oskar) for method in ("get", "post")
    )
    assert got == ANSWERS[name]


def test_the_message_that_oskar_may_not_have_is_there_for_ada(places, as_user, ada):
    assert "How thin?" in as_user(ada).get(address("course_chat", places)).content.decode()


# Whoever looks for a course, or reads what others asked in public, need not sign in first.
OPEN = [
    ("get", "/api/courses"),
    ("get", f"/api/courses/{ELSEWHERE}"),
    ("get", "/api/help/requests"),
    ("get", "/api/help/requests/similar"),
    ("get", f"/api/help/requests/{ELSEWHERE}"),
    ("get", f"/api/help/requests/{ELSEWHERE}/edits"),
]


def operations() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    asked = [(method, re.sub(r"{\w+}", ELSEWHERE, path)) for path, methods in paths.items() for method in methods]
    return [each for each in asked if each not in OPEN]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), operations())
def test_the_json_door_asks_visitors_to_sign_in(method, path, as_user):
    answer = getattr(as_user(None), method)(path)
    assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."})
