"""The verbs of the chat: what they store, refuse, and do the second time."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chat.errors import AlreadyClaimed, NotAQuestion, NotEnrolled, OnlyAnswers, ReplyNotThere
from chat.models import ChatMessage, Room
from chat.services.messages import (
    delete_message,
    draft,
    edit_message,
    open_room,
    post_message,
    post_messages,
    set_hidden,
)
from chat.services.questions import claim_question, mark_as_question, release_question
from chat.services.thanks import thank
from courses.services import enrol
from goodwill.errors import AlreadyAwarded, InsufficientBalance, OutOfRange, SelfAward
from goodwill.models import Account, Transaction
from goodwill.queries import balance_of
from peerloop.core.accounts.services import mute_account
from peerloop.core.conversations.errors import (
    EmptyMessage,
    ForbiddenCharacters,
    MessageNotThere,
    MessageTooLong,
    Muted,
    NotYours,
    SentDifferently,
)
from peerloop.core.errors import TooFast
from tests.factories.courses import make_course


@pytest.mark.covers("CHAT-12", "CHAT-82", "CHAT-99")
def test_a_message_keeps_its_author_course_text_and_time(say, ada, course):
    message = say(ada, "  Hello **room**  ")
    stored = ChatMessage.objects.get(pk=message.pk)
    assert (stored.author, stored.course_id, stored.content) == (ada, course.pk, "Hello **room**")
    assert stored.html == "<p>Hello <strong>room</strong></p>"


def test_numbers_and_versions_rise_by_one_without_a_gap(say, ada, ben, room):
    messages = [say(ada, "one"), say(ben, "two"), say(ada, "three")]
    assert [(each.number, each.version) for each in messages] == [(1, 1), (2, 2), (3, 3)]
    edit_message(message_id=messages[0].pk, content="One", by=ada)
    room.refresh_from_db()
    assert (room.last_number, room.version) == (3, 4)
    assert ChatMessage.objects.get(pk=messages[0].pk).version == 4


@pytest.mark.covers("CHAT-02", "CHAT-68")
def test_somebody_who_is_not_enrolled_can_read_nothing_and_say_nothing(say, ada, oskar, course):
    say(ada, "inside")
    assert ChatMessage.objects.visible_to(ada).count() == 1
    assert ChatMessage.objects.visible_to(oskar).count() == 0
    with pytest.raises(NotEnrolled, match=r"You must be enrolled to access this chat\."):
        say(oskar, "outside")
    assert ChatMessage.objects.count() == 1


@pytest.mark.covers("CHAT-104")
def test_a_second_message_within_a_second_is_refused_and_not_stored(room, ada):
    post_message(course_id=room.pk, by=ada, content="first")
    with pytest.raises(TooFast):
        post_message(course_id=room.pk, by=ada, content="second")
    assert [each.content for each in ChatMessage.objects.all()] == ["first"]


def test_the_same_sending_again_returns_the_stored_message_and_stores_nothing(room, ada):
    sending = uuid4()
    first = post_message(course_id=room.pk, by=ada, content="once", client_id=sending)
    again = post_message(course_id=room.pk, by=ada, content="once", client_id=sending)
    assert (again.pk, ChatMessage.objects.count()) == (first.pk, 1)


def test_the_same_sending_with_another_text_is_refused(say, ada):
    sending = uuid4()
    say(ada, "one text", client_id=sending)
    with pytest.raises(SentDifferently):
        say(ada, "another text", client_id=sending)


def test_one_batch_stores_what_it_may_and_refuses_the_rest(room, ada, ben, oskar, without_pauses):
    wanted = [(ada, "a"), (oskar, "b"), (ben, ""), (ben, "d")]
    outcomes = post_messages([draft(course_id=room.pk, by=by, content=content) for by, content in wanted])
    assert [type(each) for each in outcomes] == [ChatMessage, NotEnrolled, EmptyMessage, ChatMessage]
    assert [(each.content, each.number) for each in ChatMessage.objects.order_by("number")] == [("a", 1), ("d", 2)]


@pytest.mark.parametrize("count", [1, 30])
def test_a_batch_costs_the_same_number_of_queries_however_many_messages_it_holds(
    room, ada, ben, count, without_pauses, django_assert_num_queries
):
    drafts = [draft(course_id=room.pk, by=(ada, ben)[n % 2], content=f"message {n}") for n in range(count)]
    # Savepoint, rights, counters, insert, release.
    with django_assert_num_queries(5):
        post_messages(drafts)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [("", EmptyMessage), (" \n ", EmptyMessage), ("x" * 1001, MessageTooLong), ("a\x00b", ForbiddenCharacters)],
)
def test_bad_text_is_refused_and_changes_nothing(say, ada, room, content, refusal):
    with pytest.raises(refusal):
        say(ada, content)
    room.refresh_from_db()
    assert (ChatMessage.objects.count(), room.version) == (0, 0)


def test_a_message_holds_exactly_a_thousand_characters(say, ada):
    assert len(say(ada, "é" * 1000).content) == 1000


def test_a_muted_person_reads_why_and_until_when(say, ada, root):
    mute_account(user=ada, until=datetime(2999, 1, 2, 3, 4, tzinfo=UTC), by=root)
    with pytest.raises(Muted, match="You cannot post until 2 January, 03:04"):
        say(ada, "hello")


# -- answers -------------------------------------------------------------------------------------------------------


@pytest.mark.covers("CHAT-51", "CHAT-52", "CHAT-98")
def test_an_answer_stands_under_its_question_and_so_does_an_answer_to_it(say, ada, ben):
    question = say(ada, "How?", question=True)
    answer = say(ben, "So.", to=question)
    thanks = say(ada, "Ah.", to=answer)
    assert (answer.reply_to_id, thanks.reply_to_id) == (question.pk, question.pk)


def test_an_answer_to_what_is_not_in_this_room_is_refused(say, ada, ben, without_pauses, room):
    other = open_room(make_course(slug="elsewhere").pk)
    stranger = ChatMessage.objects.create(
        room=other, author=ada, number=1, root_number=1, version=1, client_id=uuid4(), content="x", html="x"
    )
    with pytest.raises(ReplyNotThere):
        say(ben, "answer", to=stranger)
    with pytest.raises(ReplyNotThere):
        post_message(course_id=room.pk, by=ben, content="answer", reply_to_id=uuid4())


@pytest.mark.covers("CHAT-32")
def test_a_question_stops_being_pending_with_the_first_answer_by_somebody_else(say, ada, ben):
    question = say(ada, "How?", question=True)
    say(ada, "I mean, how exactly?", to=question)
    assert [each.pk for each in ChatMessage.objects.pending()] == [question.pk]
    say(ben, "So.", to=question)
    assert list(ChatMessage.objects.pending()) == []


@pytest.mark.covers("CHAT-33")
def test_pending_questions_stand_in_the_order_in_which_they_were_asked(say, ada, ben):
    asked = [say(ada, "First?", question=True), say(ben, "Second?", question=True)]
    assert [each.pk for each in ChatMessage.objects.pending()] == [each.pk for each in asked]


def test_marking_a_message_as_question_twice_changes_nothing_the_second_time(say, ada):
    message = say(ada, "How")
    first = mark_as_question(message_id=message.pk, by=ada)
    second = mark_as_question(message_id=message.pk, by=ada)
    assert (first.is_question, first.version) == (True, second.version)


def test_only_the_author_marks_a_message_as_question(say, ada, ben):
    message = say(ada, "How")
    with pytest.raises(NotYours):
        mark_as_question(message_id=message.pk, by=ben)


def test_an_answered_question_stays_a_question(say, ada, ben):
    question = say(ada, "How?", question=True)
    say(ben, "So.", to=question)
    with pytest.raises(NotAQuestion):
        mark_as_question(message_id=question.pk, by=ada, is_question=False)


# -- edits, deletions, hiding --------------------------------------------------------------------------------------


def test_a_deleted_message_keeps_its_place_and_loses_its_text(say, ada):
    message = say(ada, "secret")
    delete_message(message_id=message.pk, by=ada)
    gone = ChatMessage.objects.get(pk=message.pk)
    assert (gone.number, gone.version, gone.content, gone.html, gone.is_gone) == (1, 2, "", "", True)
    assert delete_message(message_id=message.pk, by=ada).version == 2


def test_only_the_author_edits_or_deletes(say, ada, ben):
    message = say(ada, "mine")
    with pytest.raises(NotYours):
        edit_message(message_id=message.pk, content="yours", by=ben)
    with pytest.raises(NotYours):
        delete_message(message_id=message.pk, by=ben)
    assert ChatMessage.objects.get(pk=message.pk).content == "mine"


def test_what_is_deleted_cannot_be_edited(say, ada):
    message = say(ada, "mine")
    delete_message(message_id=message.pk, by=ada)
    with pytest.raises(MessageNotThere):
        edit_message(message_id=message.pk, content="back", by=ada)


def test_a_hidden_message_can_be_shown_again_with_its_text(say, ada, root):
    message = say(ada, "text")
    set_hidden(message_id=message.pk, hidden=True, by=root)
    assert ChatMessage.objects.shown().count() == 0
    set_hidden(message_id=message.pk, hidden=False, by=root)
    assert ChatMessage.objects.shown().get().content == "text"


# -- claims --------------------------------------------------------------------------------------------------------


def test_one_person_at_a_time_says_i_am_answering(say, ada, ben, mei, room):
    enrol(course=room.course, by=mei)
    question = say(ada, "How?", question=True)
    claim_question(question_id=question.pk, by=ben)
    with pytest.raises(AlreadyClaimed, match=r"Ben Okoro is already answering this\."):
        claim_question(question_id=question.pk, by=mei)
    release_question(question_id=question.pk, by=ben)
    assert claim_question(question_id=question.pk, by=mei).claimed_by == mei


def test_a_claim_ends_with_the_answer(say, ada, ben):
    question = say(ada, "How?", question=True)
    claim_question(question_id=question.pk, by=ben)
    say(ben, "So.", to=question)
    question.refresh_from_db()
    assert (question.claimed_by, question.claimed_until) == (None, None)


def test_nobody_claims_the_own_question_or_an_answered_one(say, ada, ben):
    question = say(ada, "How?", question=True)
    with pytest.raises(NotAQuestion):
        claim_question(question_id=question.pk, by=ada)
    say(ben, "So.", to=question)
    with pytest.raises(NotAQuestion):
        claim_question(question_id=question.pk, by=ben)


# -- thanks --------------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(say, ada, ben):
    return say(ben, "So.", to=say(ada, "How?", question=True))


@pytest.mark.covers("CHAT-16", "CHAT-45", "CHAT-46", "CHAT-102", "CHAT-93", "CHAT-94", "CHAT-95", "CHAT-106")
def test_thanks_move_points_once_from_giver_to_helper(answer, ada, ben):
    thank(message_id=answer.pk, by=ada, points=7)
    assert (balance_of(ada), balance_of(ben)) == (43, 57)
    with pytest.raises(AlreadyAwarded):
        thank(message_id=answer.pk, by=ada, points=7)
    rows = Transaction.objects.filter(reason="chat_help")
    assert [(each.from_user, each.to_user, each.points, each.reference_id) for each in rows] == [
        (ada, ben, 7, answer.pk)
    ]


@pytest.mark.covers("CHAT-92")
def test_thanks_beyond_the_balance_are_refused_and_move_nothing(answer, ada, ben):
    Account.objects.filter(user=ada).update(balance=3)
    with pytest.raises(InsufficientBalance):
        thank(message_id=answer.pk, by=ada, points=4)
    assert (balance_of(ada), balance_of(ben)) == (3, 50)


@pytest.mark.covers("CHAT-42", "CHAT-91")
def test_five_points_are_the_default(answer, ada, ben):
    assert thank(message_id=answer.pk, by=ada).points == 5


def test_thanks_close_the_loop_of_the_question(answer, ada):
    thank(message_id=answer.pk, by=ada)
    question = ChatMessage.objects.get(pk=answer.reply_to_id)
    assert question.state == "helped"


@pytest.mark.parametrize("points", [0, -5, 26, 10**30])
def test_points_out_of_range_move_nothing(answer, ada, points):
    with pytest.raises(OutOfRange):
        thank(message_id=answer.pk, by=ada, points=points)
    assert balance_of(ada) == 50


def test_nobody_thanks_the_own_answer_or_a_message_that_answers_nothing(say, answer, ada, ben):
    with pytest.raises(SelfAward):
        thank(message_id=answer.pk, by=ben)
    remark = say(ben, "Nice weather.")
    with pytest.raises(OnlyAnswers):
        thank(message_id=remark.pk, by=ada)


def test_an_outsider_thanks_nobody(answer, oskar):
    with pytest.raises(NotEnrolled):
        thank(message_id=answer.pk, by=oskar)
    assert balance_of(oskar) == 50


@pytest.mark.covers("CHAT-03", "CHAT-69")
def test_each_course_has_one_room_however_often_it_is_opened(course):
    assert open_room(course.pk) == open_room(course.pk)
    assert Room.objects.count() == 1
