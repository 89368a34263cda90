"""Programs: sign in through allauth's headless flow, then say who they are by X-Session-Token."""

import pytest
from django.test import Client

LOGIN = "/_allauth/app/v1/auth/login"


def log_in(client: Client, **credentials):
    return client.post(LOGIN, credentials, content_type="application/json")


@pytest.mark.covers("REC-23")
@pytest.mark.parametrize("login", [{"username": "ada"}, {"email": "ada@example.com"}])
def test_a_program_signs_in_and_asks_who_it_is(ada, login):
    program = Client(enforce_csrf_checks=True)
    answer = log_in(program, password="peerloop", **login)
    assert answer.status_code == 200
    token = answer.json()["meta"]["session_token"]
    me = Client(enforce_csrf_checks=True).get("/api/users/me", headers={"X-Session-Token": token})
    assert (me.status_code, me.json()) == (
        200,
        {
            "id": str(ada.pk),
            "username": "ada",
            "name": "Ada Lind",
            "display_name": "Ada Lind",
            "email": "ada@example.com",
            "bio": "",
            "avatar": None,
            "role": "student",
            "time_zone": "UTC",
            "is_staff": False,
        },
    )


def test_signing_out_makes_the_token_worthless(ada):
    program = Client()
    token = log_in(program, username="ada", password="peerloop").json()["meta"]["session_token"]
    gone = program.delete("/_allauth/app/v1/auth/session", headers={"X-Session-Token": token})
    assert gone.status_code == 401
    assert program.get("/api/users/me", headers={"X-Session-Token": token}).status_code == 401


@pytest.mark.parametrize(
    "credentials", [{"username": "ada", "password": "wrong"}, {"username": "nobody", "password": "x"}]
)
def test_a_wrong_password_gives_no_token(ada, credentials):
    answer = log_in(Client(), **credentials)
    assert (answer.status_code, "session_token" in answer.json().get("meta", {})) == (400, False)


@pytest.mark.parametrize("token", ["", "forged", "x" * 5000, "a\x7fb"])
def test_oskar_with_a_forged_token_is_nobody(db, token):
    answer = Client().get("/api/users/me", headers={"X-Session-Token": token})
    assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."})


@pytest.mark.parametrize("body", ["", "{", "[]", '{"username": 7}', "null", '"x"'])
def test_malformed_json_is_answered_with_400(db, body):
    assert Client().post(LOGIN, body, content_type="application/json").status_code == 400


def test_a_browser_asks_with_its_session(ada, as_user, django_assert_num_queries):
    client = as_user(ada)
    client.get("/api/users/me")
    with django_assert_num_queries(1):
        assert client.get("/api/users/me").json()["username"] == "ada"
