"""The talk of the two: what is kept of it, who may join in, and when it is over."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.errors import PictureNotYours
from helpdesk.models import HelpSession, SessionAttachment, SessionMessage
from helpdesk.sessions import errors, queries
from helpdesk.sessions.services.lifecycle import end_session, open_session
from helpdesk.sessions.services.messages import post_session_message, read_up_to
from helpdesk.summons.services.ending import complete_summons
from peerloop.core.conversations.errors import EmptyMessage, MessageTooLong, Muted, SentDifferently
from peerloop.core.errors import TooFast
from peerloop.core.uploads.services import store_image
from tests.factories.pictures import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(accepted, without_pauses):
    """`talk(ada, "Hello")` says it in the session."""

    def post(by, content: str = "Hello", **more) -> SessionMessage:
        return post_session_message(session_id=accepted.pk, by=by, content=content, **more)

    return post


def picture(by):
    return store_image(file=SimpleUploadedFile("photo.png", png(), "image/png"), by=by)


@pytest.mark.covers("HELP-33", "HELP-114")
def test_messages_are_numbered_in_the_order_in_which_they_were_said(talk, accepted, ada, helper):
    said = [talk(ada, "My paint is thick."), talk(helper, "Add water."), talk(ada, "Thanks!")]
    assert [(each.number, each.author, each.content) for each in queries.messages_of(accepted.pk)] == [
        (1, ada, "My paint is thick."),
        (2, helper, "Add water."),
        (3, ada, "Thanks!"),
    ]
    assert queries.messages_of(accepted.pk, since=2) == [said[2]]
    assert [each.teaches for each in queries.messages_of(accepted.pk)] == [each.teaches for each in said]


def test_the_same_sending_again_is_the_same_message(talk, ada):
    sending = uuid4()
    assert talk(ada, client_id=sending) == talk(ada, client_id=sending)
    with pytest.raises(SentDifferently):
        talk(ada, "Something else", client_id=sending)
    assert SessionMessage.objects.count() == 1


def test_only_the_two_talk_and_only_while_it_lasts(talk, accepted, ada, oskar, root):
    for stranger in (oskar, root):
        with pytest.raises(errors.NotInSession):
            talk(stranger)
    with pytest.raises(errors.SessionNotThere):
        post_session_message(session_id=uuid4(), by=ada, content="Hello")
    complete_summons(summons_id=accepted.pk, by=ada)
    with pytest.raises(errors.SessionOver):
        talk(ada)
    assert SessionMessage.objects.count() == 0


def test_the_rules_of_every_conversation_hold(talk, accepted, ada):
    for text, refusal in ((" ", EmptyMessage), ("x" * 1001, MessageTooLong)):
        with pytest.raises(refusal):
            talk(ada, text)
    ada.muted_until = timezone.now() + timedelta(hours=1)
    ada.save()
    with pytest.raises(Muted):
        talk(ada)


def test_one_says_one_thing_a_second(accepted, ada):
    post_session_message(session_id=accepted.pk, by=ada, content="Hello")
    with pytest.raises(TooFast):
        post_session_message(session_id=accepted.pk, by=ada, content="Hello again")


def test_pictures_are_seen_by_the_two_and_by_nobody_else(talk, as_user, ada, helper, oskar):
    own = picture(ada)
    message = talk(ada, "", attachment_ids=[own.pk])
    assert [(each.pk, each.width, each.height) for each in message.pictures] == [(own.pk, 160, 80)]
    assert SessionAttachment.objects.get().upload == own
    seen = {each.username: as_user(each).get(own.url).status_code for each in (ada, helper, oskar)}
    assert seen == {"ada": 200, "ben": 200, "oskar": 404}


def test_a_picture_of_somebody_else_or_used_before_is_refused(talk, ada, helper):
    used, theirs = picture(ada), picture(helper)
    talk(ada, attachment_ids=[used.pk])
    for upload_id in (used.pk, theirs.pk, uuid4()):
        with pytest.raises(PictureNotYours):
            talk(ada, attachment_ids=[upload_id])
    assert SessionMessage.objects.count() == 1


def test_reading_never_moves_backwards_and_is_each_ones_own(accepted, ada, helper, oskar):
    for number, by in ((3, ada), (1, ada), (2, helper), (9, oskar)):
        read_up_to(session_id=accepted.pk, number=number, by=by)
    session = HelpSession.objects.get()
    assert (session.student_read, session.helper_read) == (3, 2)


def test_the_first_end_counts(accepted, ada, helper):
    ended = end_session(session_id=accepted.pk, by=helper)
    again = end_session(session_id=accepted.pk, by=ada)
    assert (again.ended_by, again.ended_at, again.duration) == ("helper", ended.ended_at, ended.duration)
    with pytest.raises(errors.SessionNotThere):
        end_session(session_id=uuid4(), by=ada)


def test_one_person_is_in_one_session(accepted, ada, helper, mei, oskar, course):
    with pytest.raises(errors.HelperBusy):
        open_session(session_id=uuid4(), student=mei, helper=helper, course=course, by=helper)
    with pytest.raises(errors.StudentBusy):
        open_session(session_id=uuid4(), student=ada, helper=mei, course=course, by=mei)
    assert queries.active_session(ada) == queries.active_session(helper) == HelpSession.objects.get()
    assert queries.active_session(oskar) is None


def test_the_database_itself_refuses_what_may_not_be(accepted, ada, mei):
    now = timezone.now()
    wrong = [
        {"student": mei, "helper": mei, "status": "active"},
        {"student": mei, "helper": ada, "status": "ended"},
        {"student": mei, "helper": ada, "status": "active", "ended_at": now, "duration": 1},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            HelpSession.objects.create(**fields)


def test_each_sees_sessions_of_their_own_and_staff_all(accepted, ada, helper, oskar, root):
    seen = [HelpSession.objects.visible_to(each).count() for each in (ada, helper, oskar, root)]
    assert seen == [1, 1, 0, 1]
