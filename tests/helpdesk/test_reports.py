"""Messages of a session: who has seen them, and what becomes of one that is reported."""

import pytest

from helpdesk.models import SessionMessage
from helpdesk.sessions import events
from helpdesk.sessions.services import messages
from helpdesk.sessions.services.messages import post_session_message, read_up_to, set_hidden
from peerloop.core.moderation.kinds import kinds
from peerloop.core.moderation.models import Flag, FlaggedItem
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "session-report-place"}
GIVEN = {"reason": Flag.Reason.choices[0][0], "note": "Not nice."}


@pytest.fixture
def told(monkeypatch) -> list[tuple]:
    heard: list[tuple] = []
    monkeypatch.setattr(messages, "publish", lambda event, to: heard.append((event, to)))
    return heard


@pytest.fixture
def said(accepted, ada, helper, without_pauses) -> SessionMessage:
    """Ben's words, between two of Ada's."""
    post_session_message(session_id=accepted.pk, content="How thin?", by=ada)
    said = post_session_message(session_id=accepted.pk, content="Thin as milk, silly.", by=helper)
    post_session_message(session_id=accepted.pk, content="Pardon?", by=ada)
    return said


# -- seen --------------------------------------------------------------------------------------------------------


def test_the_other_one_hears_at_once_what_was_seen_and_only_what_is_new(said, accepted, ada, helper, told):
    read_up_to(session_id=accepted.pk, number=2, by=ada)
    read_up_to(session_id=accepted.pk, number=2, by=ada)
    read_up_to(session_id=accepted.pk, number=1, by=ada)
    read_up_to(session_id=accepted.pk, number=3, by=helper)
    assert told == [
        (events.Seen(number=2), events.seat(accepted.pk, helper.pk)),
        (events.Seen(number=3), events.seat(accepted.pk, ada.pk)),
    ]


def test_strangers_and_staff_have_seen_nothing(said, accepted, oskar, root, told):
    for stranger in (oskar, root):
        read_up_to(session_id=accepted.pk, number=3, by=stranger)
    accepted.session.refresh_from_db()
    assert (told, accepted.session.student_read, accepted.session.helper_read) == ([], 0, 0)


def test_the_page_says_each_message_once(as_user, ada, said):
    html = as_user(ada).get(f"/summons/{said.session_id}").content.decode()
    assert html.count("Thin as milk, silly.") == 1


# -- reporting ---------------------------------------------------------------------------------------------------


def test_a_message_is_reported_from_the_talk(as_user, ada, said):
    adas = as_user(ada)
    page = adas.get(f"/summons/{said.session_id}").content.decode()
    door = f"/summons/messages/{said.pk}/report"
    assert f'href="{door}"' in page
    form = adas.get(door, headers=HTMX)
    assert "Thin as milk, silly." in text_of(form)
    answer = adas.post(door, GIVEN, headers=HTMX)
    assert (answer.status_code, "A moderator will look at it." in answer["HX-Trigger"]) == (200, True)
    assert Flag.objects.get().note == "Not nice."
    assert FlaggedItem.objects.values_list("kind", "item_id", "author").get() == (
        "session_message",
        said.pk,
        said.author_id,
    )


def test_without_scripts_the_form_is_a_page_and_leads_back(as_user, ada, said):
    adas = as_user(ada)
    door = f"/summons/messages/{said.pk}/report"
    assert "<h1" in adas.get(door).content.decode()
    answer = adas.post(door, GIVEN, follow=True)
    assert answer.redirect_chain == [(f"/summons/{said.session_id}", 302)]
    assert "Reported. A moderator will look at it." in answer.content.decode()


def test_a_report_without_a_reason_keeps_the_note(as_user, ada, said):
    answer = as_user(ada).post(f"/summons/messages/{said.pk}/report", {"note": "Not nice."}, headers=HTMX)
    assert (answer.status_code, "Not nice." in answer.content.decode(), Flag.objects.count()) == (422, True, 0)


def test_the_outsider_cannot_report_what_is_not_there_for_him(as_user, oskar, said):
    for answer in (
        as_user(oskar).get(f"/summons/messages/{said.pk}/report", headers=HTMX),
        as_user(oskar).post(f"/summons/messages/{said.pk}/report", GIVEN, headers=HTMX),
    ):
        assert (answer.status_code, "milk" in answer.content.decode()) == (404, False)
    assert Flag.objects.count() == 0


def test_moderators_read_it_among_its_neighbours(said):
    lines = kinds["session_message"].context(said)
    assert [(each.author, each.text, each.flagged) for each in lines] == [
        ("Ada Lind", "How thin?", False),
        ("Ben Okoro", "Thin as milk, silly.", True),
        ("Ada Lind", "Pardon?", False),
    ]


def test_hiding_it_takes_its_words_away_from_both_and_restoring_brings_them_back(
    as_user, said, ada, helper, root, told
):
    hidden = set_hidden(message_id=said.pk, hidden=True, by=root)
    assert set_hidden(message_id=said.pk, hidden=True, by=root).version == hidden.version
    assert ([type(event) for event, _ in told], told[0][0].data.content) == ([events.SessionMessageUpdated] * 2, "")
    for each in (ada, helper):
        page = as_user(each).get(f"/summons/{said.session_id}")
        assert "silly" not in page.content.decode()
        assert "A moderator hid this message." in text_of(page)
    assert as_user(ada).get(f"/summons/messages/{said.pk}/report").status_code == 302
    set_hidden(message_id=said.pk, hidden=False, by=root)
    assert "silly" in as_user(ada).get(f"/summons/{said.session_id}").content.decode()
