"""The JSON door of Summon Help, with Oskar at each of its doors."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from courses.services import enrol
from goodwill.queries import balance_of
from helpdesk.models import HelpSession, HelpSummons
from helpdesk.sessions.services.messages import post_session_message
from helpdesk.summons.services.calling import request_help
from helpdesk.summons.services.ending import complete_summons
from peerloop.core.analytics.models import AnalyticsEvent
from peerloop.core.flags.memory import memory
from peerloop.core.flags.models import Flag
from peerloop.core.notifications.models import Notification
from peerloop.core.realtime import tokens
from tests.factories.helpdesk import age, depart, helpers_of

pytestmark = pytest.mark.django_db
REQUEST = "/api/help/request"


def available_at(course) -> str:
    return f"/api/courses/{course.pk}/helpers/available"


def at(summons, what: str = "") -> str:
    return f"/api/help/{summons.pk}{what and '/'}{what}"


def post(client, path: str, **body):
    answer = client.post(path, body, content_type="application/json")
    return answer.status_code, answer.json()


def shape(user, *, teaches: bool) -> dict:
    return {"id": str(user.pk), "name": str(user), "avatar": user.avatar_url, "is_student_teacher": teaches}


# -- who could help ----------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-77", "HELP-54", "HELP-10", "HELP-53")
def test_the_available_helpers_with_their_count(as_user, ada, course, helper):
    other = helpers_of(course, 1)[0]
    answer = as_user(ada).get(available_at(course))
    helpers = [shape(helper, teaches=True), shape(other, teaches=True)]
    assert (answer.status_code, answer.json()) == (200, {"helpers": helpers, "count": 2})


@pytest.mark.covers("HELP-09", "HELP-11", "HELP-117")
def test_a_helper_counts_while_certified_switched_on_and_connected(as_user, ada, course, helper, mei, other_course):
    def count() -> int:
        return as_user(ada).get(available_at(course)).json()["count"]

    assert count() == 1
    bens = as_user(helper)
    assert post(bens, "/api/users/me/availability/status", available_for_help=False)[0] == 200
    assert count() == 0
    post(bens, "/api/users/me/availability/status", available_for_help=True)
    assert count() == 1
    depart(helper)
    assert count() == 0


@pytest.mark.covers("HELP-119")
def test_a_busy_helper_does_not_count(as_user, accepted, course, mei):
    enrol(course=course, by=mei)
    assert as_user(mei).get(available_at(course)).json() == {"helpers": [], "count": 0}


@pytest.mark.covers("HELP-02")
@pytest.mark.parametrize("who", ["oskar", "ben"])
def test_who_is_not_enrolled_may_not_ask_for_helpers(who, request, as_user, course):
    answer = as_user(request.getfixturevalue(who)).get(available_at(course))
    assert (answer.status_code, answer.json()) == (403, {"error": "Enrol in this course to summon help."})


# -- calling -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-78", "HELP-82", "HELP-86")
def test_a_call_answers_with_its_id_the_count_and_a_token(as_user, ada, course, modules, helper):
    asked = {"course_id": str(course.pk), "module_id": str(modules[1].pk), "message": "Thick paint"}
    status, answer = post(as_user(ada), REQUEST, **asked)
    stored = HelpSummons.objects.get()
    ticket = tokens.read(answer.pop("user_token"))
    assert (status, answer) == (201, {"request_id": str(stored.pk), "available_helpers": 1})
    assert (ticket.user_id, ticket.room) == (ada.pk, str(stored.pk))
    assert (stored.module, stored.message) == (modules[1], "Thick paint")


def test_calling_again_answers_with_the_one_that_stands(as_user, ada, course, summons):
    status, answer = post(as_user(ada), REQUEST, course_id=str(course.pk))
    assert (status, answer["request_id"]) == (201, str(summons.pk))


@pytest.mark.covers("HELP-02", "HELP-70", "HELP-63", "REC-16")
def test_a_call_that_may_not_be_says_why(as_user, ada, course, oskar):
    asked = {"course_id": str(course.pk)}
    nobody = {"error": "No helpers available right now. Try Course Chat instead."}
    assert post(as_user(ada), REQUEST, **asked) == (409, nobody)
    assert post(as_user(oskar), REQUEST, **asked) == (403, {"error": "Enrol in this course to summon help."})
    assert post(as_user(ada), REQUEST, course_id=str(uuid4()))[0] == 404
    assert post(as_user(ada), REQUEST, course_id="x")[0] == 400
    assert HelpSummons.objects.count() == 0


@pytest.mark.covers("HELP-74")
def test_switched_off_the_endpoints_refuse(as_user, ada, helper, course, summons):
    Flag.objects.filter(name="summon_help").update(everyone=False)
    memory.forget()
    off = {"error": "Summon Help is switched off at the moment."}
    assert post(as_user(ada), REQUEST, course_id=str(course.pk)) == (404, off)
    assert post(as_user(helper), at(summons, "accept")) == (404, off)
    assert as_user(ada).get(available_at(course)).json() == off


# -- answering ---------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-90", "HELP-91", "HELP-92", "REC-03", "REC-29")
def test_accepting_answers_with_the_student_and_a_token(as_user, ada, helper, summons):
    status, answer = post(as_user(helper), at(summons, "accept"))
    ticket = tokens.read(answer.pop("user_token"))
    assert (status, answer) == (
        200,
        {
            "request_id": str(summons.pk),
            "status": "accepted",
            "helper_id": str(helper.pk),
            "student": shape(ada, teaches=False),
        },
    )
    assert (ticket.user_id, ticket.room) == (helper.pk, str(summons.pk))


@pytest.mark.covers("HELP-89")
def test_the_second_to_accept_gets_a_conflict(as_user, accepted, course):
    late = helpers_of(course, 1)[0]
    assert post(as_user(late), at(accepted, "accept")) == (409, {"error": "Somebody else is already helping."})


# -- Oskar -------------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-95")
@pytest.mark.parametrize("stage", ["summons", "accepted"])
def test_oskar_gets_nothing_anywhere(stage, request, as_user, oskar):
    summons = request.getfixturevalue(stage)
    before = HelpSummons.objects.values().get()
    oskars = as_user(oskar)
    answers = {
        "state": oskars.get(at(summons)).status_code,
        "accept": post(oskars, at(summons, "accept"))[0],
        "cancel": post(oskars, at(summons, "cancel"))[0],
        "complete": post(oskars, at(summons, "complete"))[0],
    }
    assert answers == {"state": 404, "accept": 403, "cancel": 404, "complete": 403}
    assert HelpSummons.objects.values().get() == before


def test_a_helper_who_was_not_matched_may_not_read_the_talk(as_user, accepted, course):
    assert as_user(helpers_of(course, 1)[0]).get(at(accepted)).status_code == 404


# -- cancelling, ending, thanking --------------------------------------------------------------------------------


@pytest.mark.covers("HELP-29")
def test_cancelling(as_user, ada, helper, summons):
    assert post(as_user(helper), at(summons, "cancel"))[0] == 404
    cancelled = (200, {"request_id": str(summons.pk), "status": "cancelled"})
    assert [post(as_user(ada), at(summons, "cancel")) for _ in range(2)] == [cancelled] * 2


@pytest.mark.covers("HELP-80", "HELP-103", "HELP-104", "HELP-107", "REC-49", "REC-50")
@pytest.mark.parametrize(("seconds", "eligible"), [(299, False), (300, True)])
def test_completing_answers_whether_points_may_thank(seconds, eligible, as_user, ada, accepted):
    age(accepted.session, seconds=seconds)
    done = {"eligible_for_points": eligible, "suggested_points": 15, "duration": seconds}
    claim = {"ended_by": "student", "duration_seconds": 4000}
    assert [post(as_user(ada), at(accepted, "complete"), **claim) for _ in range(2)] == [(200, done)] * 2
    assert post(as_user(ada), at(accepted, "complete"), ended_by="helper")[0] == 400
    assert HelpSummons.objects.get().status == "completed"


def test_the_state_tells_a_late_program_everything(as_user, ada, helper, accepted, course, modules):
    age(accepted.session, seconds=60)
    message = post_session_message(session_id=accepted.pk, content="Hello", by=helper)
    complete_summons(summons_id=accepted.pk, by=helper)
    state = as_user(ada).get(at(accepted)).json()
    times = [state.pop(name) for name in ("created_at", "expires_at", "started_at", "ended_at")]
    stored, session = HelpSummons.objects.get(), HelpSession.objects.get()
    moments = [stored.created_at, stored.expires_at, session.started_at, session.ended_at]
    assert times == [f"{each:%Y-%m-%dT%H:%M:%S}.{each.microsecond // 1000:03}Z" for each in moments]
    assert [each["id"] for each in state.pop("messages")] == [str(message.pk)]
    assert state == {
        "request_id": str(accepted.pk),
        "status": "completed",
        "course_id": str(course.pk),
        "module_id": str(modules[0].pk),
        "message": "My paint is too thick.",
        "student_id": str(ada.pk),
        "helper": shape(helper, teaches=True),
        "available_helpers": 1,
        "duration": 60,
        "eligible_for_points": False,
        "suggested_points": 15,
        "version": 1,
    }
    assert as_user(ada).get(f"{at(accepted)}?since=1").json()["messages"] == []


@pytest.mark.covers("HELP-81", "HELP-109", "HELP-111", "HELP-116", "HELP-12", "HELP-121", "METRIC-05")
def test_the_student_thanks_the_helper_with_points(as_user, ada, helper, accepted, django_capture_on_commit_callbacks):
    age(accepted.session, seconds=300)
    complete_summons(summons_id=accepted.pk, by=ada)
    award = {"recipient_id": str(helper.pk), "reason": "summon_help", "reference_id": str(accepted.pk)}
    with django_capture_on_commit_callbacks(execute=True):
        status, answer = post(as_user(ada), "/api/goodwill/award", points=20, **award)
    assert (status, answer["balance"], balance_of(ada), balance_of(helper)) == (200, 30, 30, 70)
    assert Notification.objects.get(kind="points_received").target == f"/summons/{accepted.pk}"
    counted = AnalyticsEvent.objects.get(name="points_awarded")
    assert counted.data == {"points": 20, "helper_id": str(helper.pk)}
    assert post(as_user(ada), "/api/goodwill/award", points=20, **award)[0] == 409
    assert (balance_of(ada), balance_of(helper)) == (30, 70)


@pytest.mark.covers("HELP-108", "HELP-110")
def test_an_award_that_may_not_be_is_refused_and_moves_nothing(as_user, ada, helper, mei, accepted, oskar):
    def award(by, points=15, to=helper, of=accepted.pk):
        body = {"recipient_id": str(to.pk), "reason": "summon_help", "reference_id": str(of), "points": points}
        return post(as_user(by), "/api/goodwill/award", **body)[0]

    assert award(ada) == 409  # the session is not over
    age(accepted.session, seconds=299)
    complete_summons(summons_id=accepted.pk, by=ada)
    assert award(ada) == 403
    HelpSession.objects.update(duration=300)
    refused = [award(ada, 9), award(ada, 26), award(ada, to=mei), award(oskar), award(helper, to=ada)]
    assert refused == [400, 400, 400, 404, 404]
    assert award(ada, of=uuid4()) == 404
    assert [balance_of(each) for each in (ada, helper, mei, oskar)] == [50, 50, 50, 50]
    assert [award(ada, 10), balance_of(helper)] == [200, 60]


def test_after_the_cooldown_the_same_two_meet_again(as_user, ada, helper, course, accepted):
    complete_summons(summons_id=accepted.pk, by=ada)
    assert as_user(ada).get(available_at(course)).json()["count"] == 0
    HelpSession.objects.update(ended_at=timezone.now() - timedelta(minutes=16))
    assert as_user(ada).get(available_at(course)).json()["count"] == 1
    again = request_help(course_id=course.pk, by=ada)
    assert post(as_user(helper), at(again, "accept"))[0] == 200
