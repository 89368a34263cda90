import pytest

from peerloop.core.moderation.models import Flag


def report(client, thing, **fields):
    body = {"kind": "note", "item_id": str(thing.pk), "reason": "spam", **fields}
    return client.post("/api/moderation/flags", body, content_type="application/json")


def test_a_member_reports_what_they_see_and_again_gets_the_same_report(wall, ada, ben, as_user):
    note, client = wall.pin(ben), as_user(ada)
    first, again = report(client, note, note="Third time."), report(client, note, reason="abuse")
    flag = Flag.objects.get()
    assert (first.status_code, first.json()) == (
        201,
        {"id": str(flag.pk), "reason": "spam", "note": "Third time."},
    )
    assert (again.status_code, again.json()) == (201, first.json())


def test_oskar_and_visitors_report_nothing(wall, ada, ben, oskar, as_user):
    note = wall.pin(ben)
    assert report(as_user(ada), note).status_code == 201
    hidden, nobody = report(as_user(oskar), note), report(as_user(None), note)
    assert (hidden.status_code, hidden.json()) == (404, {"error": "That is not here, or not for you to see."})
    assert (nobody.status_code, nobody.json()) == (401, {"error": "Sign in first."})
    assert Flag.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "tune"}, 404),
        ({"item_id": "0192f7a0-0000-7000-8000-000000000000"}, 404),
        ({"item_id": "no-id"}, 400),
        ({"reason": "because"}, 400),
        ({"reason": None}, 400),
        ({"note": "x" * 501}, 400),
    ],
)
def test_a_malformed_report_is_refused_with_a_sentence(wall, ada, ben, as_user, fields, status):
    answer = report(as_user(ada), wall.pin(ben), **fields)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert Flag.objects.count() == 0


def test_ones_own_cannot_be_reported(wall, ben, as_user):
    answer = report(as_user(ben), wall.pin(ben))
    assert answer.json() == {"error": "This is your own. You can change or delete it yourself."}
