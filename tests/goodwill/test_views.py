import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from goodwill import queries
from goodwill.models import STARTING_BALANCE, Account, Entry, Transaction

AMOUNT = re.compile(r'<span aria-hidden="true">([+\u2212]\d+)</span>')


def lines(html):
    return AMOUNT.findall(html.partition("<main")[2])


def test_the_history_says_who_what_for_how_much_and_what_was_left(as_user, ada, ben, award):
    award(ada, ben, 7)
    award(ben, ada, 1)
    html = as_user(ada).get("/points").content.decode()
    assert lines(html) == ["+1", "\u22127", "+50"]
    assert re.findall(r'class="pl-title">(?!<)([^<]+)</span>\s+<span class="pl-sub d-block">([^<]+)<', html) == [
        ("Ben Okoro thanked you", "A thing in the tests"),
        ("You thanked Ben Okoro", "A thing in the tests"),
        ("PeerLoop gave you a start", "Welcome to PeerLoop"),
    ]
    assert re.findall(r'class="pl-sub tabular">(\d+)<', html) == ["44", "43", "50"]


def test_nobody_sees_another_persons_history(as_user, ada, ben, oskar, award):
    award(ada, ben, 7)
    assert lines(as_user(ben).get("/points").content.decode()) == ["+7", "+50"]
    assert lines(as_user(oskar).get("/points").content.decode()) == ["+50"]


@pytest.mark.parametrize(
    ("balance", "words"), [(0, "0 points to give"), (1, "1 point to give"), (2, "2 points to give")]
)
@pytest.mark.covers("REC-76", "CHAT-48")
def test_the_header_says_how_many_points_there_are_to_give(as_user, ada, balance, words):
    Account.objects.filter(user=ada).update(balance=balance)
    page = as_user(ada).get("/points/earn").content.decode()
    assert re.findall(r'class="pl-points"[^>]*aria-label="([^"]+)"', page) == [words]


@pytest.mark.parametrize(("balance", "hint"), [(9, True), (10, False)])
@pytest.mark.covers("CHAT-58")
def test_whoever_has_few_points_left_is_nudged_to_help(as_user, ada, balance, hint):
    Account.objects.filter(user=ada).update(balance=balance)
    assert ("Few points left." in as_user(ada).get("/points").content.decode()) is hint


@pytest.mark.covers("REC-43")
def test_the_ways_to_earn_are_those_of_the_declared_reasons(as_user, ada, thanks):
    page = as_user(ada).get("/points/earn").content.decode()
    assert "Help somebody in a test." in page
    assert "1 to 25 points each time" in page
    assert "Everybody starts with 50 points." in page


@pytest.mark.covers("REC-81")
def test_with_goodwill_switched_off_no_page_shows_points(as_user, ada, goodwill_off):
    client = as_user(ada)
    for path in ("/points", "/points/earn"):
        answer = client.get(path)
        assert (answer.status_code, 'class="pl-points"' in answer.content.decode()) == (403, False)
    assert 'class="pl-points"' not in client.get("/notifications").content.decode()


def booked_on(day, giver, recipient, points):
    """A transaction as it would have been booked on `day`: its time cannot be changed afterwards."""
    sides = [(Account.objects.get(user=giver), -points), (Account.objects.get(user=recipient), points)]
    booked = Transaction.objects.create(
        from_user=giver, to_user=recipient, points=points, reason="thanks", reference_id=giver.pk, created_at=day
    )
    for account, amount in sides:
        Entry.objects.create(transaction=booked, account=account, amount=amount, created_at=day)


def test_weeks_begin_on_monday_in_the_viewers_zone_and_empty_ones_are_there(ada, ben, mei, award, monkeypatch):
    # Monday the 9th, 23:30 in London, is Tuesday in Tokyo; Sunday the 8th, 16:00 in London, is Monday there.
    now = datetime(2026, 3, 11, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    booked_on(datetime(2026, 3, 8, 16, tzinfo=UTC), ada, ben, 3)
    booked_on(datetime(2026, 3, 9, 23, 30, tzinfo=UTC), mei, ada, 4)
    booked_on(now - timedelta(weeks=9), ben, ada, 9)
    account = Account.objects.get(user=ada)
    with timezone.override("Asia/Tokyo"):
        found = queries.weeks(account)
    assert [(week.monday.isoformat(), week.given, week.received) for week in found][-2:] == [
        ("2026-03-02", 0, 0),
        ("2026-03-09", 3, 4),
    ]
    assert [week.given for week in queries.weeks(account)] == [0, 0, 0, 0, 0, 0, 3, 0]
    assert Transaction.objects.filter(reason=STARTING_BALANCE).count() == 3


@pytest.mark.parametrize("number", [1, 25])
def test_the_history_takes_the_same_queries_for_one_and_for_many(
    as_user, ada, ben, award, number, django_assert_num_queries
):
    for _ in range(number):
        award(ben, ada, 1)
    client = as_user(ada)
    client.get("/points")
    # The person with their account; lines, totals, weeks; the bell.
    with django_assert_num_queries(5):
        client.get("/points")


def test_staff_can_read_the_ledger_and_not_write_it(as_user, ada, ben, root, award):
    booked = award(ada, ben, 7)
    client = as_user(root)
    address = f"/admin/goodwill/transaction/{booked.pk}/change/"
    assert "A thing" not in client.get("/admin/goodwill/transaction/").content.decode()
    assert client.get("/admin/goodwill/account/").status_code == 200
    assert client.get(address).status_code == 200
    assert client.post(address, {"points": 1000}).status_code == 403
    assert client.post(f"/admin/goodwill/transaction/{booked.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/goodwill/transaction/add/").status_code == 403
    assert Transaction.objects.get(pk=booked.pk).points == 7


def test_oskar_does_not_see_the_ledger_in_the_admin(as_user, oskar):
    assert as_user(oskar).get("/admin/goodwill/transaction/").status_code == 302
