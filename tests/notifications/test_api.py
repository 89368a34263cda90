import json
from uuid import uuid4

import pytest

from peerloop.core.notifications import queries


def post(client, path, body=None):
    """As programs send it: JSON, or no body at all."""
    return client.generic("POST", path, json.dumps(body) if body is not None else "", "application/json")


@pytest.mark.covers("SESS-37", "SESS-45")
def test_the_feed_has_what_a_program_needs(as_user, ben, tell):
    request_id = uuid4()
    [row] = tell(ben, kind="request", request_id=request_id, category="painting", amount=999, description="A dragon")
    answer = as_user(ben).get("/api/notifications")
    assert answer.status_code == 200
    created_at = row.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert answer.json() == {
        "notifications": [
            {
                "id": str(row.pk),
                "type": "request",
                "title": "New Painting Request",
                "request_id": str(request_id),
                "category": "painting",
                "description": "A dragon",
                "amount": 999,
                "target": "/points",
                "created_at": created_at,
                "read": False,
            }
        ],
        "unread_count": 1,
    }


@pytest.mark.covers("SESS-43", "SESS-45")
def test_one_is_marked_read(as_user, ben, tell):
    first, _ = tell(ben)[0], tell(ben)
    for _ in range(2):
        answer = post(as_user(ben), f"/api/notifications/{first.pk}/read")
        assert (answer.status_code, answer.json()) == (200, {"id": str(first.pk), "read": True, "unread_count": 1})


@pytest.mark.covers("SESS-44", "SESS-45", "REC-75")
def test_all_of_the_feed_are_marked_read_and_older_ones_move_up(as_user, ben, tell):
    for _ in range(22):
        tell(ben)
    answer = post(as_user(ben), "/api/notifications/read-all")
    assert (answer.status_code, answer.json()) == (200, {"unread_count": 2})


def test_only_those_shown_are_marked_when_they_are_named(as_user, ben, tell):
    [row], _ = tell(ben), tell(ben)
    answer = post(as_user(ben), "/api/notifications/read-all", {"ids": [str(row.pk)]})
    assert (answer.status_code, answer.json()) == (200, {"unread_count": 1})
    assert [each.description for each in queries.feed(ben).items] == ["Number 2"]


def test_oskar_sees_and_marks_nothing_of_bens(as_user, ben, oskar, tell):
    [row] = tell(ben)
    client = as_user(oskar)
    assert client.get("/api/notifications").json() == {"notifications": [], "unread_count": 0}
    answer = post(client, f"/api/notifications/{row.pk}/read")
    assert (answer.status_code, answer.json()) == (404, {"error": "That notification is not here any more."})
    assert post(client, "/api/notifications/read-all", {"ids": [str(row.pk)]}).json() == {"unread_count": 0}
    assert queries.feed(ben).unread_count == 1


@pytest.mark.covers("SESS-36")
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_refused(as_user, db, method):
    path = "/api/notifications" if method == "get" else f"/api/notifications/{uuid4()}/read"
    answer = getattr(as_user(None), method)(path)
    assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."})


def test_damaged_ids_are_refused(as_user, ben, tell):
    tell(ben)
    client = as_user(ben)
    assert post(client, "/api/notifications/read-all", {"ids": ["x"]}).status_code == 400
    assert post(client, "/api/notifications/x/read").status_code == 404
    assert queries.feed(ben).unread_count == 1
