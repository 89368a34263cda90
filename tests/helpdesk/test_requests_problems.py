"""A customer reports that a paid session went wrong, for a week; staff refund money or say why not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from helpdesk.models import Claim, HelpSession, ProblemReport
from helpdesk.requests import errors
from helpdesk.requests.services.holding import end_abandoned
from helpdesk.requests.services.problems import decline_problem, refund_problem, report_problem
from helpdesk.sessions.errors import SessionNotThere
from peerloop.core.accounts.exports import exports
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.notifications.models import Notification, Preference
from peerloop.core.payments.double import intents
from peerloop.core.payments.errors import RefundTooLarge
from peerloop.core.payments.models import Refund
from tests.factories.people import person as somebody
from tests.factories.requests import claim_on, on_duty, payment_for
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
WORDS = "Ben left after four minutes.\nNothing was solved."
WHY = "The session was cut short."


def page_of(session: HelpSession, *more: str) -> str:
    return "/".join([f"/customer/session/{session.pk}", *more])


def a_week_ago() -> None:
    Claim.objects.update(ended_at=timezone.now() - timedelta(days=7))


def stands() -> tuple[str, int, str]:
    """How the only report stands, what is refunded and what is said of it."""
    report = ProblemReport.objects.with_all().get()
    return report.state, report.amount, report.note


def told(user, kind: str) -> list[str]:
    return [each.title for each in Notification.objects.filter(recipient=user, kind=kind).order_by("pk")]


@pytest.fixture
def report(completed, ada, committed) -> ProblemReport:
    """Ada has reported that her session went wrong."""
    return committed(report_problem, session_id=completed.pk, text=WORDS, by=ada)


# -- reporting -------------------------------------------------------------------------------------------------------


def test_the_customer_reports_once_and_reads_how_it_stands(as_user, ada, completed, dispatched):
    before = as_user(ada).get(page_of(completed))
    assert f'href="{page_of(completed, "problem")}"' in before.content.decode()
    form = text_of(as_user(ada).get(page_of(completed, "problem")))
    assert "You paid $20.00 for your session with Ben Okoro." in form
    for words in (WORDS, "Something else."):
        answer = as_user(ada).post(page_of(completed, "problem"), {"text": words})
        assert (answer.status_code, answer["Location"]) == (302, page_of(completed))
    assert (ProblemReport.objects.get().text, stands()) == (WORDS, ("open", 0, ""))
    words = text_of(as_user(ada).get(page_of(completed)))
    assert "You reported a problem We read it and decide. The bell and a mail tell you how." in words
    assert ("Ben left after four minutes." in words, "Report a problem" in words) == (True, False)
    assert as_user(ada).get(page_of(completed, "problem"))["Location"] == page_of(completed)
    assert payment_for(dispatched).events.last().what == "problem"


def test_what_was_written_stays_when_it_is_refused(as_user, ada, completed):
    for words, status, sentence in (
        ("", 422, "Say in your own words what went wrong."),
        (" \n ", 400, "Say in your own words what went wrong."),
        ("Cut. " * 401, 400, "That is 2004 characters; 2000 fit. Shorten it."),
    ):
        answer = as_user(ada).post(page_of(completed, "problem"), {"text": words})
        assert (answer.status_code, sentence in text_of(answer)) == (status, True)
        assert words.strip() in answer.content.decode()
    with pytest.raises(ForbiddenCharacters):
        report_problem(session_id=completed.pk, text="Cut\x00short.", by=ada)
    assert ProblemReport.objects.count() == 0


def test_after_a_week_nothing_can_be_reported_and_what_was_typed_stays(as_user, ada, completed):
    a_week_ago()
    assert "Report a problem" not in text_of(as_user(ada).get(page_of(completed)))
    assert as_user(ada).get(page_of(completed, "problem"))["Location"] == page_of(completed)
    late = as_user(ada).post(page_of(completed, "problem"), {"text": WORDS})
    assert (late.status_code, WORDS in late.content.decode()) == (409, True)
    assert "A problem can be reported for 7 days after a session, and these are over." in text_of(late)
    assert ProblemReport.objects.count() == 0


def test_a_session_that_cost_nothing_is_not_reported(as_user, ada, root, dispatched, begun, committed):
    def refused() -> None:
        assert "Report a problem" not in text_of(as_user(ada).get(page_of(begun)))
        with pytest.raises(errors.NothingPaid):
            report_problem(session_id=begun.pk, text=WORDS, by=ada)

    refused()
    committed(end_abandoned, claim_id=claim_on(dispatched).pk, by=root)
    refused()


def test_nobody_but_the_customer_reports(as_user, ada, duty, mei, oskar, root, completed):
    other = on_duty(mei)
    for person, refusal in (
        (duty, errors.NotYourRequest),
        (root, errors.NotYourRequest),
        (other, SessionNotThere),
        (oskar, SessionNotThere),
    ):
        with pytest.raises(refusal):
            report_problem(session_id=completed.pk, text=WORDS, by=person)
        for method in ("get", "post"):
            assert getattr(as_user(person), method)(page_of(completed, "problem"), {"text": WORDS}).status_code == 404
    assert ProblemReport.objects.count() == 0
    assert report_problem(session_id=completed.pk, text=WORDS, by=ada).state == "open"


# -- deciding --------------------------------------------------------------------------------------------------------


def test_a_part_goes_back_and_both_read_why(as_user, ada, duty, root, report, completed, dispatched, committed):
    committed(refund_problem, report_id=report.pk, amount=750, note=WHY, by=root)
    payment = payment_for(dispatched)
    assert (stands(), payment.refunded) == (("refunded", 750, WHY), 750)
    line = payment.events.last()
    assert (line.what, line.amount, line.note) == ("refunded", 750, WHY)
    assert told(ada, "problem") == ["We looked into your report: $7.50 is refunded to you"]
    assert told(duty, "session_problem") == [
        "We looked into a report on your session: $7.50 is refunded to the customer"
    ]
    assert f"$7.50 is refunded to you. {WHY}" in text_of(as_user(ada).get(page_of(completed)))
    assert "Refunded $7.50" in text_of(as_user(ada).get(page_of(completed)))
    his = text_of(as_user(duty).get(f"/helper/session/{completed.pk}"))
    assert f"Ada Lind reported a problem $7.50 is refunded to the customer. {WHY}" in his
    assert "Ben left after four minutes." not in his


def test_what_is_declined_is_said_with_its_reason(as_user, ada, duty, root, report, completed, dispatched, committed):
    with pytest.raises(errors.ReasonMissing):
        decline_problem(report_id=report.pk, note=" ", by=root)
    committed(decline_problem, report_id=report.pk, note=WHY, by=root)
    payment = payment_for(dispatched)
    assert (stands(), payment.refunded) == (("declined", 0, WHY), 0)
    assert (payment.events.last().what, payment.events.last().note) == ("kept", WHY)
    assert told(ada, "problem") == ["We looked into your report: nothing is refunded"]
    assert told(duty, "session_problem") == ["We looked into a report on your session: nothing is refunded"]
    for person, page in ((ada, page_of(completed)), (duty, f"/helper/session/{completed.pk}")):
        assert f"Nothing is refunded. {WHY}" in text_of(as_user(person).get(page))
    receipt = text_of(as_user(ada).get(f"/payments/{payment.pk}"))
    assert f"The report was looked into: nothing is refunded {WHY}" in receipt


def test_the_helper_hears_nothing_before_it_is_decided(as_user, duty, report, completed):
    assert "reported a problem" not in text_of(as_user(duty).get(f"/helper/session/{completed.pk}"))
    assert told(duty, "session_problem") == []


def test_the_helper_reads_the_receipt_and_nothing_of_an_open_report(as_user, ada, duty, oskar, report, dispatched):
    where = f"/payments/{payment_for(dispatched).pk}"
    shown = ["A problem was reported" in as_user(each).get(where).content.decode() for each in (ada, duty)]
    assert (shown, as_user(oskar).get(where).status_code) == ([True, False], 404)


def test_who_decides_second_is_refused_and_changes_nothing(root, report, dispatched, committed):
    committed(refund_problem, report_id=report.pk, amount=2000, by=root)
    with pytest.raises(errors.DecidedAlready):
        refund_problem(report_id=report.pk, amount=500, by=root)
    with pytest.raises(errors.DecidedAlready):
        decline_problem(report_id=report.pk, note=WHY, by=root)
    assert (stands(), payment_for(dispatched).refunded, Refund.objects.count()) == (("refunded", 2000, ""), 2000, 1)


@pytest.mark.parametrize("amount", [0, -1, 2001])
def test_no_more_than_was_paid_goes_back(amount, root, report):
    with pytest.raises(RefundTooLarge):
        refund_problem(report_id=report.pk, amount=amount, by=root)
    assert stands() == ("open", 0, "")


def test_only_staff_decide(ada, duty, oskar, root, report):
    for person in (ada, duty, oskar):
        with pytest.raises(errors.OnlyStaffDecides):
            refund_problem(report_id=report.pk, amount=2000, by=person)
        with pytest.raises(errors.OnlyStaffDecides):
            decline_problem(report_id=report.pk, note=WHY, by=person)
    assert stands() == ("open", 0, "")
    assert decline_problem(report_id=report.pk, note=WHY, by=root).state == "declined"


@pytest.mark.parametrize("party", ["ada", "duty"])
def test_nobody_decides_about_a_session_of_their_own(party, as_user, root, completed, committed, ada, request):
    person = request.getfixturevalue(party)
    person.is_staff = True
    person.save()
    report = committed(report_problem, session_id=completed.pk, text=WORDS, by=ada)
    assert (len(told(root, "problem_report")), told(person, "problem_report")) == (1, [])
    with pytest.raises(errors.OwnSessionReported):
        refund_problem(report_id=report.pk, amount=2000, by=person)
    with pytest.raises(errors.OwnSessionReported):
        decline_problem(report_id=report.pk, note=WHY, by=person)
    refused = decide(as_user(person), report, decision="decline", amount="", note=WHY).content.decode()
    assert "This was a session of yours, so somebody else of the staff decides about it." in refused
    assert stands() == ("open", 0, "")
    assert decline_problem(report_id=report.pk, note=WHY, by=root).state == "declined"


def test_a_report_whose_money_did_not_arrive_is_open_again(ada, root, report, dispatched, committed):
    """Everything was given back at the provider meanwhile, so it refuses to give more."""
    intents.refund({"payment_intent": payment_for(dispatched).intent_id})
    committed(refund_problem, report_id=report.pk, amount=500, note=WHY, by=root)
    assert (stands(), payment_for(dispatched).events.last().what) == (("open", 0, ""), "refund_failed")
    assert told(root, "problem_report") == ["Ada Lind reported a problem with a paid session"]
    committed(decline_problem, report_id=report.pk, note="You have it all back already.", by=root)
    assert len(told(ada, "problem")) == 2


# -- staff -----------------------------------------------------------------------------------------------------------


LIST = reverse("admin:helpdesk_problemreport_changelist")


def decision_page(report: ProblemReport) -> str:
    return f"/admin/helpdesk/problemreport/{report.pk}/decision/"


def decide(client, report: ProblemReport, **given):
    return client.post(decision_page(report), given, follow=True)


def test_everybody_who_may_decide_is_told_once_and_led_to_the_decision(as_user, ada, duty, root, completed, committed):
    other = somebody("rita", is_staff=True)
    for words in (WORDS, "Something else."):
        report = committed(report_problem, session_id=completed.pk, text=words, by=ada)
    sentence = ["Ada Lind reported a problem with a paid session"]
    assert [told(each, "problem_report") for each in (root, other, ada, duty)] == [sentence, sentence, [], []]
    notice = Notification.objects.get(recipient=other, kind="problem_report")
    assert (notice.target, notice.description) == (decision_page(report), WORDS)
    assert "Decide about a report" in text_of(as_user(other).get(notice.target))
    committed(decline_problem, report_id=report.pk, note=WHY, by=other)
    assert Notification.objects.filter(kind="problem_report").count() == 0


def test_only_staff_choose_how_they_hear_of_reports(as_user, ada, root):
    page, line = "/settings/notifications", "Problems with paid sessions that staff have to decide about"
    assert [line in text_of(as_user(each).get(page)) for each in (ada, root)] == [False, True]
    for each in (ada, root):
        as_user(each).post(page, {})
    kept = Preference.objects.filter(kind="problem_report", on=False).values_list("user__username", flat=True)
    assert set(kept) == {"root"}


def test_staff_read_everything_and_decide(as_user, root, report, completed, dispatched, committed):
    staff = as_user(root)
    listed = staff.get(LIST)
    assert "My paint dries too fast. Ada Lind Ben Okoro Decide … -" in text_of(listed)
    assert f'<a href="{decision_page(report)}">' in listed.content.decode()
    row = staff.get(reverse("admin:helpdesk_problemreport_change", args=[report.pk])).content.decode()
    for there in ("Ben left after four minutes.", "Put on hold", f"/helpsession/{completed.pk}/", "Ben Okoro"):
        assert there in row
    chosen = {"action": "decide_problem", "_selected_action": [report.pk]}
    asked = staff.post(LIST, chosen, follow=True)
    assert asked.redirect_chain == [(decision_page(report), 302)]
    words = text_of(asked)
    for there in (
        "Ben left after four minutes.",
        "Wet palette.",
        "A problem was reported",
        "$20.00 can still be refunded.",
    ):
        assert there in words
    assert 'value="20.00"' in asked.content.decode()
    many = decide(staff, report, decision="refund", amount="99", note=WHY)
    html = many.content.decode()
    assert (many.status_code, "At most $20.00 can still be refunded." in html, 'value="99"' in html) == (
        409,
        True,
        True,
    )
    none = decide(staff, report, decision="decline", amount="", note="").content.decode()
    assert "Say in a sentence why nothing is refunded." in none
    done = committed(decide, client=staff, report=report, decision="refund", amount="7.50", note=WHY)
    assert "Decided: $7.50 is refunded." in done.content.decode()
    assert "Ben Okoro Refunded $7.50 Root Admin" in text_of(staff.get(LIST))
    assert (stands(), payment_for(dispatched).refunded) == (("refunded", 750, WHY), 750)
    again = decide(staff, report, decision="decline", amount="", note=WHY).content.decode()
    assert "This report was decided before, so nothing has changed." in again
    assert staff.get(decision_page(report))["Location"].endswith(f"/{report.pk}/change/")


def test_nobody_else_reads_reports(as_user, ada, duty, oskar, report):
    for where in (reverse("admin:helpdesk_problemreport_change", args=[report.pk]), decision_page(report)):
        assert [as_user(each).get(where).status_code for each in (ada, duty, oskar)] == [302, 302, 302]


# -- programs, and what one takes along ------------------------------------------------------------------------------


def test_programs_report_and_read_how_it_stands(as_user, ada, duty, oskar, root, completed, committed):
    def call(user, method: str, path: str = "", **about):
        answer = getattr(as_user(user), method)(f"/api/help/sessions/{completed.pk}{path}", **about)
        return answer.status_code, answer.json()

    body = {"data": {"text": WORDS}, "content_type": "application/json"}
    assert call(ada, "get")[1]["problem"] is None
    assert call(oskar, "post", "/report", **body) == (404, {"error": "That session is not here, or not yours."})
    assert call(duty, "post", "/report", **body) == (403, {"error": "Only the person who asked can do that."})
    status, made = call(ada, "post", "/report", **body)
    assert (status, made["state"], made["text"], made["decided_at"]) == (200, "open", WORDS, None)
    assert (call(ada, "post", "/report", **body)[1], call(duty, "get")[1]["problem"]) == (made, None)
    committed(refund_problem, report_id=ProblemReport.objects.get().pk, amount=750, note=WHY, by=root)
    hers, his = (call(each, "get")[1]["problem"] for each in (ada, duty))
    assert (hers["state"], hers["amount"], hers["note"], hers["text"]) == ("refunded", 750, WHY, WORDS)
    assert (his["state"], his["amount"], his["note"], his["text"]) == ("refunded", 750, WHY, "")


def test_a_person_takes_along_what_they_reported(report, ada, ben):
    [row] = exports["problem_reports"].rows(ada)
    assert (row["text"], row["state"]) == (WORDS, "open")
    assert list(exports["problem_reports"].rows(ben)) == []
