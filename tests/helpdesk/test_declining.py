"""Who was told of a summons, and who lets it pass: what each changes, tells and refuses, and at which door."""

from uuid import uuid4

import pytest

from courses.services import withdraw_certification
from helpdesk.models import HelpSummons, SummonsOffer
from helpdesk.summons import errors, events, queries
from helpdesk.summons.services import telling
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, request_help
from helpdesk.summons.services.offers import decline_offer
from peerloop.core.accounts.services import system
from peerloop.core.notifications.models import Notification
from peerloop.core.realtime import groups
from tests.factories.helpdesk import helpers_of, let_time_run_out

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "summon"}


def answers() -> list[tuple]:
    rows = SummonsOffer.objects.order_by("helper__name")
    return list(rows.values_list("helper__username", "wave", "answer"))


def refused(refusal, action) -> bool:
    before = answers()
    with pytest.raises(refusal):
        action()
    return answers() == before


@pytest.fixture
def told(monkeypatch) -> list[tuple]:
    """What was published of summons, to whom."""
    heard: list[tuple] = []
    monkeypatch.setattr(telling, "publish", lambda event, to: heard.append((type(event), to)))
    return heard


def test_it_is_kept_who_was_told_and_who_accepted(ada, course, helper, committed):
    other = helpers_of(course, 1)[0]
    summons = committed(request_help, course_id=course.pk, by=ada)
    assert answers() == [("ben", 1, ""), (other.username, 1, "")]
    accept_summons(summons_id=summons.pk, by=helper)
    assert answers() == [("ben", 1, "accepted"), (other.username, 1, "")]


def test_who_dismisses_it_is_not_told_of_it_again_and_nobody_else_notices(summons, helper, course, told):
    other = helpers_of(course, 1)[0]
    told.clear()
    offer = decline_offer(summons_id=summons.pk, by=helper)
    assert (offer.answer, offer.answered_at is None) == ("declined", False)
    assert (queries.incoming(helper), queries.incoming(other)) == ([], [summons])
    assert told == [(events.SummonClosed, groups.person(helper.pk))]
    assert Notification.objects.filter(kind="summon", recipient=helper).count() == 0
    assert HelpSummons.objects.get().status == "pending"


def test_dismissing_again_changes_and_tells_nothing(summons, helper, told):
    first = decline_offer(summons_id=summons.pk, by=helper)
    told.clear()
    assert decline_offer(summons_id=summons.pk, by=helper).answered_at == first.answered_at
    assert (told, SummonsOffer.objects.count()) == ([], 1)


def test_who_came_later_and_was_not_told_can_dismiss_it_too(summons, course):
    late = helpers_of(course, 1)[0]
    assert queries.incoming(late) == [summons]
    decline_offer(summons_id=summons.pk, by=late)
    assert (queries.incoming(late), answers()) == ([], [("ben", 1, ""), (late.username, 0, "declined")])


def test_who_dismissed_it_may_still_change_their_mind(summons, helper):
    decline_offer(summons_id=summons.pk, by=helper)
    assert accept_summons(summons_id=summons.pk, by=helper).responder == helper
    assert answers() == [("ben", 1, "accepted")]


def test_what_does_not_wait_any_more_cannot_be_dismissed(summons, helper, ada, course):
    late = helpers_of(course, 1)[0]
    let_time_run_out(summons)
    assert refused(errors.Expired, lambda: decline_offer(summons_id=summons.pk, by=helper))
    HelpSummons.objects.update(status="cancelled")
    assert refused(errors.Cancelled, lambda: decline_offer(summons_id=summons.pk, by=helper))
    HelpSummons.objects.all().delete()
    again = request_help(course_id=course.pk, by=ada)
    accept_summons(summons_id=again.pk, by=late)
    assert refused(errors.AlreadyTaken, lambda: decline_offer(summons_id=again.pk, by=helper))
    assert refused(errors.AlreadyYours, lambda: decline_offer(summons_id=again.pk, by=late))


def test_only_helpers_of_the_course_dismiss(summons, helper, ada, oskar, course):
    assert refused(errors.SummonsNotThere, lambda: decline_offer(summons_id=uuid4(), by=helper))
    assert refused(errors.OwnSummons, lambda: decline_offer(summons_id=summons.pk, by=ada))
    withdraw_certification(user=helper, course=course, by=system())
    for each in (helper, oskar):
        assert refused(errors.NotYourCourse, lambda each=each: decline_offer(summons_id=summons.pk, by=each))


def test_when_everybody_dismissed_it_the_student_waits_on_until_the_time_is_over(summons, helper, ada):
    decline_offer(summons_id=summons.pk, by=helper)
    assert queries.current_summons(ada) == summons
    assert queries.available_helpers(summons.course, ada) == [helper]


# -- the doors ---------------------------------------------------------------------------------------------------


def test_the_card_is_dismissed_on_the_dashboard(as_user, helper, summons):
    bens = as_user(helper)
    html = bens.get("/helper/dashboard").content.decode()
    assert 'aria-label="Dismiss the summons of Ada Lind"' in html
    assert f'formaction="/summons/{summons.pk}/dismissal"' in html
    answer = bens.post(f"/summons/{summons.pk}/dismissal", headers=PANEL)
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "summon:dismissed")
    assert "Ada Lind" not in bens.get("/helper/dashboard").content.decode()


def test_without_scripts_it_leads_back_and_says_what_was_done(as_user, helper, summons):
    answer = as_user(helper).post(f"/summons/{summons.pk}/dismissal", follow=True)
    assert answer.redirect_chain == [("/helper/dashboard", 302)]
    assert "Dismissed. Others can still answer." in answer.content.decode()


def test_what_was_taken_in_the_meantime_says_so(as_user, helper, summons, ada):
    cancel_summons(summons_id=summons.pk, by=ada)
    answer = as_user(helper).post(f"/summons/{summons.pk}/dismissal", headers=PANEL)
    assert answer.status_code == 409
    assert "The student does not need help any more." in answer.content.decode()


def test_the_json_door_declines_and_keeps_the_outsider_out(as_user, helper, oskar, summons):
    door = f"/api/help/{summons.pk}/decline"
    answer = as_user(oskar).post(door)
    assert (answer.status_code, answer.json()) == (
        403,
        {"error": "Only Student-Teachers of this course can help here."},
    )
    assert "thick" not in answer.content.decode()
    answer = as_user(helper).post(door)
    assert (answer.status_code, answer.json()) == (200, {"request_id": str(summons.pk), "answer": "declined"})
    assert answers() == [("ben", 1, "declined")]
