"""The two of a paid session write to each other on their pages, from the claim on; afterwards they can read it."""

from uuid import uuid4

import pytest

from helpdesk.models import Claim, HelpSession, SessionMessage
from helpdesk.requests.services.claiming import give_back_claim
from helpdesk.requests.services.holding import complete_session
from helpdesk.sessions.services.messages import post_session_message
from peerloop.core.moderation.models import Flag
from tests.factories.requests import on_duty
from tests.support.pages import HTMX, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_pauses")]


def claim_of_session(session: HelpSession) -> Claim:
    return Claim.objects.get(session=session)


def pages_of(session: HelpSession) -> tuple[str, str]:
    return f"/customer/session/{session.pk}", f"/helper/session/{session.pk}"


def at(session: HelpSession, name: str) -> str:
    return f"/session/{session.pk}/{name}"


def written() -> list[tuple[str, str]]:
    return [(each.author.name, each.content) for each in SessionMessage.objects.order_by("number")]


@pytest.mark.covers("REC-02")
def test_both_write_while_the_session_waits_and_while_it_goes_on(as_user, ada, duty, waiting, begun):
    HelpSession.objects.update(status="waiting", started_at=None)
    hers, his = pages_of(waiting)
    assert "What you two write stands here." in text_of(as_user(ada).get(hers))
    plain = as_user(ada).post(at(waiting, "messages"), {"content": "My camera is **slow**."})
    assert (plain.status_code, plain["Location"]) == (302, hers)
    HelpSession.objects.update(status="active", started_at=waiting.created_at)
    sent = as_user(duty).post(at(waiting, "messages"), {"content": "Take your time."}, headers=HTMX)
    assert (sent.status_code, sent["HX-Trigger"], "Take your time." in sent.content.decode()) == (
        200,
        "summon:said",
        False,
    )
    assert written() == [("Ada Lind", "My camera is **slow**."), ("Ben Okoro", "Take your time.")]
    for person, page in ((ada, hers), (duty, his)):
        words = text_of(as_user(person).get(page))
        assert "Ada Lind: My camera is slow ." in words
        assert "Ben Okoro: Take your time." in words
        assert "Take your time." in text_of(as_user(person).get(at(waiting, "changes")))
    since = HelpSession.objects.get().version
    assert text_of(as_user(ada).get(at(waiting, "changes"), {"since": since})) == ""


def test_sending_the_same_twice_says_it_once_and_what_is_refused_stays(as_user, ada, begun):
    form = {"content": "Is it on?", "client_id": str(uuid4())}
    for _ in range(2):
        assert as_user(ada).post(at(begun, "messages"), form, headers=HTMX).status_code == 200
    assert written() == [("Ada Lind", "Is it on?")]
    long = {"content": "x" * 1001, "client_id": str(uuid4())}
    for headers in (HTMX, {}):
        answer = as_user(ada).post(at(begun, "messages"), long, headers=headers)
        html = answer.content.decode()
        assert (answer.status_code, "Message not sent." in html, long["content"] in html) == (400, True, True)
        assert f'value="{long["client_id"]}"' in html
    assert len(written()) == 1


def test_after_the_end_it_can_be_read_and_nothing_is_said_any_more(as_user, ada, duty, begun, committed):
    post_session_message(session_id=begun.pk, content="Thin it more.", by=duty)
    committed(complete_session, session_id=begun.pk, outcome="resolved", by=duty)
    for person, page in zip((ada, duty), pages_of(begun), strict=True):
        shown = as_user(person).get(page)
        assert ("Thin it more." in text_of(shown), "summon-send" in shown.content.decode()) == (True, False)
        late = as_user(person).post(at(begun, "messages"), {"content": "One more thing."}, headers=HTMX)
        assert (late.status_code, "This session has ended." in text_of(late)) == (409, True)
        assert "One more thing." in late.content.decode()
    assert written() == [("Ben Okoro", "Thin it more.")]


def test_where_nothing_was_written_nothing_is_shown_of_it(as_user, ada, duty, waiting, completed):
    for person, page in zip((ada, duty), pages_of(completed), strict=True):
        assert "paid-talk" not in as_user(person).get(page).content.decode().split("<script")[0]


def test_who_gave_the_request_back_reads_what_was_said_and_writes_nothing(as_user, ada, duty, waiting, committed):
    post_session_message(session_id=waiting.pk, content="Are you there?", by=ada)
    committed(give_back_claim, session_id=waiting.pk, by=duty)
    shown = as_user(duty).get(pages_of(waiting)[1])
    assert ("Are you there?" in text_of(shown), "summon-send" in shown.content.decode()) == (True, False)


def test_nobody_else_reads_or_writes(as_user, ada, mei, oskar, root, begun):
    other = on_duty(mei)
    said = post_session_message(session_id=begun.pk, content="Between us.", by=ada)
    assert "Between us." in text_of(as_user(ada).get(at(begun, "changes")))
    for person in (other, oskar, root):
        assert as_user(person).get(at(begun, "changes")).status_code == 404
        assert as_user(person).post(at(begun, "messages"), {"content": "Hello?"}).status_code == 404
        assert as_user(person).get(f"/session/messages/{said.pk}/report").status_code == 404
    assert written() == [("Ada Lind", "Between us.")]


def test_a_message_is_reported_to_moderators_from_the_session(as_user, ada, duty, root, begun):
    said = post_session_message(session_id=begun.pk, content="You are hopeless.", by=duty)
    where = f"/session/messages/{said.pk}/report"
    assert f'href="{where}"' in as_user(ada).get(pages_of(begun)[0]).content.decode()
    assert "You are hopeless." in text_of(as_user(ada).get(where))
    answer = as_user(ada).post(where, {"reason": Flag.Reason.values[0]})
    assert (answer.status_code, answer["Location"]) == (302, pages_of(begun)[0])
    item = Flag.objects.get().item
    assert (item.item_id, item.address) == (said.pk, f"/customer/request/{claim_of_session(begun).request_id}")


@pytest.mark.parametrize("count", [1, 12])
def test_what_is_new_costs_three_queries_however_much_was_said(
    count, as_user, ada, duty, begun, django_assert_num_queries
):
    for number in range(count):
        post_session_message(session_id=begun.pk, content=f"Number {number}", by=duty)
    client = as_user(ada)
    client.get(at(begun, "changes"))
    with django_assert_num_queries(3):  # who is signed in, the session, what was said
        client.get(at(begun, "changes"))
