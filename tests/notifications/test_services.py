from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import ban_account, delete_account, system
from peerloop.core.entities.rows import insert_new
from peerloop.core.notifications import queries
from peerloop.core.notifications.errors import NoSuchNotification
from peerloop.core.notifications.kinds import Kind, declare
from peerloop.core.notifications.models import Notification, Preference
from peerloop.core.notifications.services import mark_all_read, mark_as_read, set_preferences, telling, withdraw
from tests.factories.people import person


def feed(user):
    return [each.description for each in queries.feed(user).items]


def test_each_person_gets_one_notification_and_the_one_who_did_it_none(ada, ben, mei, tell):
    written = tell(ada, ben, mei, ben)
    assert {row.recipient for row in written} == {ben, mei}
    assert (feed(ada), feed(ben), feed(mei)) == ([], ["Number 1"], ["Number 1"])
    assert queries.feed(ben).items[0].title == "Ada Lind has news"


def test_the_system_can_tell_and_is_never_told(ben, tell):
    tell(ben, system(), by=None)
    assert list(Notification.objects.values_list("recipient", flat=True)) == [ben.pk]
    assert queries.feed(ben).items[0].title == "Somebody has news"


def test_whoever_is_banned_is_not_told(ben, mei, root, tell):
    ban_account(user=ben, by=root)
    assert [row.recipient for row in tell(ben, mei)] == [mei]


def test_with_a_key_each_person_is_told_once(ben, mei, tell):
    assert len(tell(ben, key="thing:1")) == 1
    assert [row.recipient for row in tell(ben, mei, key="thing:1")] == [mei]
    assert (feed(ben), feed(mei)) == (["Number 1"], ["Number 2"])


def test_without_a_key_each_telling_counts(ben, tell):
    tell(ben)
    tell(ben)
    assert feed(ben) == ["Number 2", "Number 1"]


def test_the_fields_of_a_request_are_kept(ben, tell):
    request_id = uuid4()
    tell(ben, kind="request", request_id=request_id, category="painting", amount=1250)
    row = queries.feed(ben).items[0]
    assert (row.request_id, row.category, row.amount, row.dollars) == (request_id, "painting", 1250, "$12.50")


@pytest.mark.parametrize(("category", "title"), [("painting", "New Painting Request"), ("plumbing", "New Request")])
@pytest.mark.covers("SESS-56")
def test_a_request_is_titled_by_its_category(ben, tell, category, title):
    tell(ben, kind="request", category=category)
    assert queries.feed(ben).items[0].title == title


def test_a_title_speaks_of_the_person_as_they_are_called_now(ada, ben, tell):
    tell(ben)
    delete_account(user=ada, by=ada)
    assert queries.feed(ben).items[0].title == "Deleted member has news"


def test_a_kind_that_is_no_longer_declared_can_still_be_read(ben, tell):
    tell(ben)
    Notification.objects.update(kind="gone")
    assert [each.title for each in queries.feed(ben).items] == ["News from PeerLoop"]


def test_a_long_description_is_cut(ben, tell):
    tell(ben, description="x" * 301)
    assert feed(ben) == ["x" * 299 + "…"]


def test_an_undeclared_kind_is_a_mistake_in_the_program(ben, tell):
    with pytest.raises(KeyError):
        tell(ben, kind="undeclared")


def test_a_kind_is_declared_once(declared):
    with pytest.raises(ValueError, match="'news' is declared twice"):
        declare(Kind(name="news", label="", title=""))


@pytest.mark.covers("SESS-38", "SESS-40")
def test_the_feed_holds_the_twenty_newest_unread_ones_and_counts_them(ben, tell):
    for _ in range(22):
        tell(ben)
    mark_as_read(notification_id=queries.feed(ben).items[0].pk, by=ben)
    assert feed(ben) == [f"Number {number}" for number in range(21, 1, -1)]
    assert queries.feed(ben).unread_count == 20


@pytest.mark.covers("REC-75", "SESS-44")
def test_marking_all_read_concerns_the_feed_and_older_ones_move_up(ben, mei, tell):
    for _ in range(23):
        tell(ben, mei)
    assert mark_all_read(by=ben) == 20
    assert feed(ben) == ["Number 3", "Number 2", "Number 1"]
    assert (mark_all_read(by=ben), mark_all_read(by=ben), feed(ben)) == (3, 0, [])
    assert queries.feed(mei).unread_count == 20


def test_marking_what_was_shown_does_not_swallow_what_arrived_meanwhile(ben, tell):
    tell(ben)
    shown = [each.pk for each in queries.feed(ben).items]
    tell(ben)
    assert mark_all_read(by=ben, shown=shown) == 1
    assert feed(ben) == ["Number 2"]


@pytest.mark.covers("SESS-43")
def test_one_notification_is_marked_read_once(ben, tell):
    [row] = tell(ben)
    first = mark_as_read(notification_id=row.pk, by=ben)
    assert first.is_read
    assert mark_as_read(notification_id=row.pk, by=ben).read_at == first.read_at


def test_nobody_marks_another_persons_notification(ben, oskar, tell):
    [row] = tell(ben)
    with pytest.raises(NoSuchNotification):
        mark_as_read(notification_id=row.pk, by=oskar)
    assert mark_all_read(by=oskar, shown=[row.pk]) == 0
    assert feed(ben) == ["Number 1"]


@pytest.mark.parametrize(
    ("site", "email", "rows"), [(True, False, [(True, False)]), (False, True, [(False, True)]), (False, False, [])]
)
def test_choices_are_honoured_on_each_channel(ben, tell, site, email, rows):
    set_preferences(user=ben, choices={("news", "site"): site, ("news", "email"): email}, by=ben)
    tell(ben)
    assert [(row.on_site, row.mail_due_at is not None) for row in Notification.objects.all()] == rows
    assert len(feed(ben)) == site


def test_choosing_again_changes_the_choice_and_leaves_other_kinds_alone(ben, declared):
    set_preferences(user=ben, choices={("news", "site"): False, ("urgent", "email"): False}, by=ben)
    set_preferences(user=ben, choices={("news", "site"): True}, by=ben)
    own = {(choice.kind.name): (choice.site, choice.mail) for choice in queries.choices_of(ben)}
    assert (own["news"], own["urgent"]) == ((True, ""), (True, ""))
    assert Preference.objects.count() == 2


def test_what_was_withdrawn_is_gone_for_those_it_was_withdrawn_from(ben, mei, tell):
    tell(ben, mei, key="thing:1")
    tell(ben, key="thing:2")
    assert withdraw(keys=["thing:1"], recipient_ids=[ben.pk]) == 1
    assert (feed(ben), feed(mei)) == (["Number 2"], ["Number 1"])
    assert (withdraw(keys=["thing:1", ""]), withdraw(keys=["thing:1"])) == (1, 0)
    assert (feed(ben), feed(mei)) == (["Number 2"], [])


def test_a_deleted_account_takes_its_notifications_and_choices_along(ada, ben, tell):
    tell(ben)
    set_preferences(user=ben, choices={("news", "site"): True}, by=ben)
    delete_account(user=ben, by=ben)
    assert (Notification.objects.count(), Preference.objects.count()) == (0, 0)


@pytest.mark.covers("REC-37", "REC-71", "SESS-37", "SESS-39")
def test_each_persons_open_pages_hear_of_their_own_after_commit(
    ben, mei, tell, heard, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        written = tell(ben, mei)
        assert heard == []
    row = next(row for row in written if row.recipient == ben)
    assert {group for group, _, _ in heard} == {f"person.{ben.pk}", f"person.{mei.pk}"}
    frame = next(frame for group, frame, _ in heard if group == f"person.{ben.pk}")
    assert frame == {
        "type": "notification",
        "data": {
            "id": str(row.pk),
            "type": "news",
            "title": "Ada Lind has news",
            "request_id": None,
            "category": None,
            "description": "Number 1",
            "amount": None,
            "target": "/points",
            "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
            "read": False,
        },
    }


def test_nothing_is_told_when_the_work_is_undone(ben, tell, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        tell(ben)
        transaction.set_rollback(True)
    assert (heard, Notification.objects.count()) == ([], 0)


@pytest.mark.covers("SESS-39")
def test_the_other_tabs_hear_what_was_read(ben, tell, heard, django_capture_on_commit_callbacks):
    first, _ = tell(ben)[0], tell(ben)
    with django_capture_on_commit_callbacks(execute=True):
        mark_as_read(notification_id=first.pk, by=ben)
        mark_as_read(notification_id=first.pk, by=ben)
    [(group, frame, fragment)] = heard
    assert (group, frame) == (f"person.{ben.pk}", {"type": "notifications_changed", "unread_count": 1})
    assert (str(first.pk) in fragment, "Number 2" in fragment) == (False, True)


def test_three_tellings_in_one_transaction_each_reach_their_own_person(
    ada, ben, mei, sam, tell, heard, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for somebody in (ben, mei, sam):
            tell(somebody)
    assert [(group, frame["data"]["description"]) for group, frame, _ in heard] == [
        (f"person.{somebody.pk}", f"Number {number}") for number, somebody in enumerate((ben, mei, sam), 1)
    ]


def people(number):
    return User.objects.bulk_create(
        [User(username=f"crowd-{n}", email=f"crowd-{n}@example.com", name=f"Crowd {n}") for n in range(number)]
    )


@pytest.mark.parametrize("number", [1, 200])
@pytest.mark.parametrize("key", ["", "thing"])
def test_telling_two_hundred_people_takes_as_many_queries_as_telling_one(
    tell, heard, number, key, django_capture_on_commit_callbacks
):
    crowd = people(number)
    with CaptureQueriesContext(connection) as used, django_capture_on_commit_callbacks(execute=True):
        tell(*crowd, key=key)
    assert len(heard) == number
    # What they chose, who they are, the notices, their feeds.
    assert len([each for each in used if "SAVEPOINT" not in each["sql"]]) == 4


@pytest.mark.covers("SESS-24", "SESS-25", "SESS-26")
def test_each_of_many_has_a_notice_of_their_own(tell):
    crowd, before = people(200), timezone.now()
    written = tell(*crowd, kind="request", key="request:1")
    assert {row.recipient_id for row in written} == {each.pk for each in crowd}
    stored = Notification.objects.filter(kind="request")
    assert (stored.count(), stored.filter(read_at=None, created_at__gte=before).count()) == (200, 200)
    mark_as_read(notification_id=written[0].pk, by=written[0].recipient)
    assert set(stored.filter(read_at=None)) == set(written[1:])


@pytest.mark.covers("SESS-27")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows_at_once", [1000, 7])
def test_of_a_batch_that_breaks_nobody_has_a_notice_and_nobody_hears(tell, heard, monkeypatch, rows_at_once):
    monkeypatch.setattr(telling, "ROWS_AT_ONCE", rows_at_once)
    *crowd, last = people(20)

    def write(rows):
        """As the database does that loses one of the people between the reading and the writing."""
        stored = insert_new(rows)
        if last.pk in {row.recipient_id for row in rows}:
            raise IntegrityError
        return stored

    with monkeypatch.context() as broken:
        broken.setattr(telling, "insert_new", write)
        with pytest.raises(IntegrityError):
            tell(*crowd, last, kind="request", key="request:1")
    assert (Notification.objects.count(), heard) == (0, [])
    assert len(tell(*crowd, last, kind="request", key="request:1")) == len(heard) == 20


def test_the_feeds_of_many_are_each_persons_own(tell):
    one, two = person("one"), person("two")
    for _ in range(25):
        tell(one)
    tell(two)
    assert [(each.user_id, each.unread_count) for each in queries.feeds([two.pk, one.pk])] == [
        (two.pk, 1),
        (one.pk, 20),
    ]
