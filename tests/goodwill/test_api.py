import json
from uuid import uuid4

import pytest

from goodwill import queries
from goodwill.models import Transaction


def post(client, **body):
    return client.post("/api/goodwill/award", json.dumps(body), content_type="application/json")


@pytest.fixture
def wanted(ben, thanks):
    return {"recipient_id": str(ben.pk), "points": 7, "reason": "thanks", "reference_id": str(uuid4())}


@pytest.mark.covers("CHAT-73")
def test_an_award_answers_with_the_transaction_and_the_new_balance(as_user, ada, ben, wanted):
    answer = post(as_user(ada), **wanted)
    booked = Transaction.objects.get(reason="thanks")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "transaction": {
                "id": str(booked.pk),
                "from_user_id": str(ada.pk),
                "to_user_id": str(ben.pk),
                "points": 7,
                "reason": "thanks",
                "reference_id": wanted["reference_id"],
                "created_at": booked.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            },
            "balance": 43,
        },
    )


def test_points_may_be_left_out(as_user, ada, wanted):
    del wanted["points"]
    assert post(as_user(ada), **wanted).json()["balance"] == 45


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"points": 0}, 400, "Choose 1 to 25 points."),
        ({"points": -3}, 400, "Choose 1 to 25 points."),
        ({"points": 10**40}, 400, "Choose 1 to 25 points."),
        ({"points": 5.5}, 400, "points: Input should be a valid integer"),
        ({"points": "5"}, 400, "points: Input should be a valid integer"),
        ({"points": True}, 400, "points: Input should be a valid integer"),
        ({"reason": "because"}, 400, "Points are not given for that reason."),
        ({"reason": "starting_balance"}, 400, "Points are not given for that reason."),
        ({"recipient_id": str(uuid4())}, 404, "That person is not here any more."),
    ],
)
def test_what_is_refused_is_said_and_moves_nothing(as_user, ada, wanted, change, status, error):
    answer = post(as_user(ada), **{**wanted, **change})
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert queries.balance_of(ada) == 50


@pytest.mark.parametrize("change", [{"recipient_id": "ben"}, {"reference_id": "1"}, {"reference_id": None}])
def test_damaged_ids_are_refused(as_user, ada, wanted, change):
    assert post(as_user(ada), **{**wanted, **change}).status_code == 400
    assert queries.balance_of(ada) == 50


@pytest.mark.covers("REC-30")
def test_oneself_is_refused(as_user, ada, wanted):
    answer = post(as_user(ada), **{**wanted, "recipient_id": str(ada.pk)})
    assert (answer.status_code, answer.json()) == (400, {"error": "You cannot give points to yourself."})


@pytest.mark.covers("REC-47")
def test_a_repeat_is_refused(as_user, ada, wanted):
    post(as_user(ada), **wanted)
    answer = post(as_user(ada), **wanted)
    assert (answer.status_code, answer.json()) == (409, {"error": "You have already given points for this."})
    assert queries.balance_of(ada) == 43


@pytest.mark.covers("CHAT-92", "REC-48")
def test_an_insufficient_balance_is_refused(as_user, ada, ben, award, wanted):
    for points in (25, 20):
        award(ada, ben, points)
    answer = post(as_user(ada), **wanted)
    assert (answer.status_code, answer.json()) == (409, {"error": "You have 5 to give, which is not enough."})
    assert queries.balance_of(ada) == 5


@pytest.mark.covers("REC-81")
def test_with_goodwill_switched_off_it_is_refused(as_user, ada, wanted, goodwill_off):
    answer = post(as_user(ada), **wanted)
    assert (answer.status_code, answer.json()) == (403, {"error": "Goodwill points are switched off at the moment."})


def test_a_visitor_is_refused(as_user, ben, wanted):
    assert (post(as_user(None), **wanted).status_code, queries.balance_of(ben)) == (401, 50)
    for path in ("/api/goodwill/balance", "/api/goodwill/transactions"):
        assert as_user(None).get(path).status_code == 401


@pytest.mark.covers("REC-44")
def test_the_balance_and_all_that_was_received(as_user, ada, ben, award):
    award(ben, ada, 9)
    award(ada, ben, 3)
    assert as_user(ada).get("/api/goodwill/balance").json() == {"balance": 56, "received_total": 9}


def test_transactions_are_paged_and_ones_own(as_user, ada, ben, oskar, award, monkeypatch):
    monkeypatch.setattr(queries, "LINES", 2)
    booked = [award(ada, ben, 1), award(ben, ada, 2), award(ada, ben, 3)]
    client, before, seen = as_user(ada), "", []
    while before is not None:
        page = client.get(f"/api/goodwill/transactions?before={before}").json()
        seen += [each["id"] for each in page["transactions"]]
        before = page["older"]
    opening = Transaction.objects.get(reason="starting_balance", to_user=ada)
    assert seen == [str(each.pk) for each in (*reversed(booked), opening)]
    own = as_user(oskar).get("/api/goodwill/transactions").json()["transactions"]
    assert [each["points"] for each in own] == [50]
    assert client.get("/api/goodwill/transactions?before=x").status_code == 400
