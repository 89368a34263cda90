"""Several notices of one kind about one thing are one line: "Ben and 2 others"."""

import pytest

from peerloop.core.notifications import queries
from peerloop.core.notifications.kinds import Kind, kinds
from peerloop.core.notifications.models import Notification
from peerloop.core.notifications.services import mark_all_read, mark_as_read, withdraw
from tests.support.pages import text_of


@pytest.fixture
def answer(tell, ada):
    """`answer(ben, "q:1")`: Ben answers, and Ada is told; returns what was written."""

    def send(by, about="question:1", **fields):
        [row] = tell(ada, by=by, about=about, target="/courses", **fields)
        return row

    return send


def lines(user):
    return [(each.title, each.description) for each in queries.feed(user).items]


def test_the_newest_stands_for_all_and_counts_the_people_behind_it(ada, ben, mei, sam, answer):
    answer(ben)
    assert lines(ada) == [("Ben Okoro has news", "Number 1")]
    answer(mei)
    assert lines(ada) == [("Mei Tan and 1 other has news", "Number 2")]
    answer(sam)
    assert lines(ada) == [("Sam Whitlock and 2 others has news", "Number 3")]
    assert queries.feed(ada).unread_count == 1


def test_a_person_is_counted_once(ada, ben, mei, answer):
    for by in (ben, mei, ben, ben):
        answer(by)
    assert lines(ada) == [("Ben Okoro and 1 other has news", "Number 4")]


def test_other_things_other_kinds_and_other_people_stay_apart(ada, ben, mei, sam, tell, answer):
    answer(ben)
    answer(mei, about="question:2")
    answer(sam, about="")
    answer(sam, about="")
    answer(sam, kind="request")
    tell(mei, by=sam, about="question:1")
    assert [title for title, _ in lines(ada)] == [
        "New Request",
        "Sam Whitlock has news",
        "Sam Whitlock has news",
        "Mei Tan has news",
        "Ben Okoro has news",
    ]
    assert lines(mei) == [("Sam Whitlock has news", "Number 6")]


def test_reading_the_line_reads_all_behind_it_and_who_comes_later_brings_it_back(ada, ben, mei, sam, answer):
    answer(ben)
    shown = answer(mei)
    late = answer(sam)
    mark_as_read(notification_id=shown.pk, by=ada)
    assert lines(ada) == [("Sam Whitlock has news", "Number 3")]
    assert list(Notification.objects.filter(read_at=None)) == [late]


def test_marking_what_was_shown_marks_what_was_behind_it_and_nothing_newer(ada, ben, mei, sam, answer):
    answer(ben)
    answer(mei)
    shown = [each.pk for each in queries.feed(ada).items]
    answer(sam)
    assert mark_all_read(by=ada, shown=shown) == 1
    assert lines(ada) == [("Sam Whitlock has news", "Number 3")]
    assert mark_all_read(by=ada) == 1
    assert not Notification.objects.filter(read_at=None).exists()


def test_twenty_lines_are_twenty_things(ada, ben, mei, answer):
    for number in range(21):
        for by in (ben, mei):
            answer(by, about=f"question:{number}")
    assert queries.feed(ada).unread_count == 20
    assert {title for title, _ in lines(ada)} == {"Mei Tan and 1 other has news"}
    assert lines(ada)[-1][1] == "Number 4"


def test_what_is_taken_back_leaves_the_line_to_the_others(ada, ben, mei, sam, answer):
    for by in (ben, mei, sam):
        answer(by, key=f"by:{by.username}")
    withdraw(keys=["by:sam"])
    assert lines(ada) == [("Mei Tan and 1 other has news", "Number 2")]
    withdraw(keys=["by:mei", "by:ben"])
    assert lines(ada) == []


def test_the_feeds_of_many_have_the_same_lines_as_each_persons_own(ada, ben, mei, sam, tell):
    for by in (ben, sam):
        tell(ada, mei, by=by, about="question:1")
    tell(mei, by=ben)
    together = {feed.user_id: [each.title for each in feed.items] for feed in queries.feeds([ada.pk, mei.pk])}
    assert together == {person.pk: [title for title, _ in lines(person)] for person in (ada, mei)}
    assert together[ada.pk] == ["Sam Whitlock and 1 other has news"]


def test_open_pages_hear_the_line_as_it_is_now(ada, ben, mei, answer, heard, committed):
    committed(lambda: answer(ben))
    committed(lambda: answer(mei))
    assert [frame["data"]["title"] for _, frame, _ in heard] == ["Ben Okoro has news", "Mei Tan and 1 other has news"]
    assert "Mei Tan and 1 other has news" in heard[-1][2]


def test_the_page_of_all_keeps_what_was_read_together_in_one_line(ada, ben, mei, sam, answer, as_user):
    answer(ben)
    mark_as_read(notification_id=answer(mei).pk, by=ada)
    unread = answer(sam)
    client = as_user(ada)

    def shown(path):
        page = text_of(client.get(path))
        return [who for who in ("Sam Whitlock", "Mei Tan and 1 other", "Ben Okoro") if f"{who} has news" in page]

    assert shown("/notifications") == ["Sam Whitlock", "Mei Tan and 1 other"]
    assert shown("/notifications?show=unread") == ["Sam Whitlock"]
    row = as_user(ada, hx_request="true").post(f"/notifications/{unread.pk}/read")
    assert "Sam Whitlock has news" in row.content.decode()


def test_the_row_that_was_marked_read_still_says_who_was_behind_it(ada, ben, mei, answer, as_user):
    answer(ben)
    newest = answer(mei)
    row = as_user(ada, hx_request="true").post(f"/notifications/{newest.pk}/read")
    assert "Mei Tan and 1 other has news" in row.content.decode()


def test_a_kind_with_words_of_its_own_says_the_people_too(ada, ben, mei, answer, monkeypatch):
    told = Kind(name="news", label="News", title=lambda notice: f"News of {notice.people}")
    monkeypatch.setitem(kinds._things, "news", told)
    answer(ben)
    answer(mei)
    assert [title for title, _ in lines(ada)] == ["News of Mei Tan and 1 other"]


@pytest.mark.parametrize("number", [1, 30])
def test_a_line_takes_one_query_however_many_are_behind_it(ada, ben, answer, number, django_assert_num_queries):
    for _ in range(number):
        answer(ben)
    with django_assert_num_queries(1):
        assert len(lines(ada)) == 1
