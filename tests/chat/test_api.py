"""The JSON door of the chat: addresses, bodies and refusals as the seeds give them."""

from uuid import uuid4

import pytest
from django.test import Client

from chat.models import ChatMessage, Room
from chat.services.messages import delete_message
from chat.services.questions import claim_question
from goodwill.queries import balance_of
from peerloop.core.presence.services import set_availability
from peerloop.core.realtime import tokens

REFUSAL = {"error": "You must be enrolled to access this chat."}


@pytest.fixture
def api(as_user):
    """`api(ada).post(path, {...})` speaks JSON."""

    class Door:
        def __init__(self, user) -> None:
            self.client = as_user(user)

        def get(self, path: str):
            return self.client.get(path)

        def post(self, path: str, body: dict):
            return self.client.post(path, body, content_type="application/json")

        def patch(self, path: str, body: dict):
            return self.client.patch(path, body, content_type="application/json")

        def delete(self, path: str):
            return self.client.delete(path)

    return Door


@pytest.mark.covers("CHAT-69", "CHAT-75", "CHAT-77")
def test_the_room_answers_with_its_id_and_a_token_for_its_socket(api, ada, course):
    answer = api(ada).get(f"/api/courses/{course.pk}/chat/room").json()
    assert set(answer) == {"room_id", "user_token"}
    assert answer["room_id"] == str(Room.objects.get().pk)
    ticket = tokens.read(answer["user_token"])
    assert (ticket.user_id, ticket.room) == (ada.pk, answer["room_id"])


@pytest.mark.covers("CHAT-71", "CHAT-98", "CHAT-99")
def test_a_posted_message_is_stored_and_answered_with_its_data(api, ada, ben, course):
    path = f"/api/courses/{course.pk}/chat/messages"
    asked = api(ada).post(path, {"content": "How?", "is_question": True})
    assert asked.status_code == 201
    answered = api(ben).post(path, {"content": "So.", "is_question": False, "reply_to_id": asked.json()["id"]})
    assert answered.json()["reply_to_id"] == asked.json()["id"]
    assert [(each.content, each.is_question) for each in ChatMessage.objects.order_by("number")] == [
        ("How?", True),
        ("So.", False),
    ]


def test_the_same_sending_posted_twice_is_one_message(api, ada, course):
    path, body = f"/api/courses/{course.pk}/chat/messages", {"content": "once", "client_id": str(uuid4())}
    first, second = api(ada).post(path, body), api(ada).post(path, body)
    assert first.json() == second.json()
    assert ChatMessage.objects.count() == 1


@pytest.mark.covers("CHAT-70", "CHAT-108")
def test_the_history_is_the_latest_fifty_and_older_ones_by_paging(api, say, ada, room):
    for n in range(60):
        say(ada, f"number {n}")
    path = f"/api/courses/{room.pk}/chat/messages"
    latest = api(ada).get(path).json()
    assert [each["content"] for each in latest["messages"]] == [f"number {n}" for n in range(10, 60)]
    older = api(ada).get(f"{path}?before={latest['older']}").json()
    assert [each["content"] for each in older["messages"]] == [f"number {n}" for n in range(10)]
    assert older["older"] is None


def test_sixty_messages_of_one_instant_are_paged_without_loss_or_repeat(api, say, ada, room):
    for n in range(60):
        say(ada, f"number {n}")
    ChatMessage.objects.update(created_at=ChatMessage.objects.first().created_at)
    path, seen, before = f"/api/courses/{room.pk}/chat/messages", [], ""
    while before is not None:
        page = api(ada).get(path + (f"?before={before}" if before else "")).json()
        seen = [each["number"] for each in page["messages"]] + seen
        before = page["older"]
    assert seen == list(range(1, 61))


def test_what_changed_since_a_version_holds_posts_edits_and_tombstones_in_order(api, say, ada, room):
    kept, gone = say(ada, "kept"), say(ada, "regretted")
    api(ada).patch(f"/api/chat/messages/{kept.pk}", {"content": "edited"})
    delete_message(message_id=gone.pk, by=ada)
    new = say(ada, "new")
    answer = api(ada).get(f"/api/courses/{room.pk}/chat/messages?since=2").json()
    told = [(each["id"], each["content"], each["deleted"], each["version"]) for each in answer["messages"]]
    assert told == [
        (str(kept.pk), "edited", False, 3),
        (str(gone.pk), "", True, 4),
        (str(new.pk), "new", False, 5),
    ]
    assert (answer["version"], answer["reload"]) == (5, False)


@pytest.mark.parametrize("since", [1_000_000, 0])
def test_a_version_of_the_future_or_too_long_ago_asks_to_start_anew(api, say, ada, room, since):
    for n in range(201):
        say(ada, f"number {n}")
    answer = api(ada).get(f"/api/courses/{room.pk}/chat/messages?since={since}").json()
    assert (answer["messages"], answer["reload"], answer["version"]) == ([], True, 201)


@pytest.mark.covers("CHAT-74", "CHAT-36", "CHAT-35")
def test_the_helpers_who_are_online_are_given_with_whether_they_are_available(api, ada, ben, room, monkeypatch):
    monkeypatch.setattr("chat.queries.online", lambda _: {ada.pk, ben.pk})
    path = f"/api/courses/{room.pk}/chat/helpers"
    who = {"id": str(ben.pk), "name": "Ben Okoro", "avatar": ""}
    assert api(ada).get(path).json() == {"helpers": [{**who, "is_available": False, "status": ""}]}
    set_availability(user=ben, available=True, by=ben)
    assert api(ada).get(path).json() == {"helpers": [{**who, "is_available": True, "status": "Available to Help"}]}


@pytest.mark.covers("CHAT-73", "CHAT-91", "CHAT-96")
def test_an_award_moves_the_points_and_a_repeat_is_refused(api, say, ada, ben):
    answer = say(ben, "So.", to=say(ada, "How?", question=True))
    body = {"recipient_id": str(ben.pk), "points": 8, "reason": "chat_help", "reference_id": str(answer.pk)}
    assert api(ada).post("/api/goodwill/award", body).status_code == 200
    assert (balance_of(ada), balance_of(ben)) == (42, 58)
    again = api(ada).post("/api/goodwill/award", body)
    assert again.status_code == 409
    assert (balance_of(ada), balance_of(ben)) == (42, 58)


def test_the_queue_gives_the_pending_questions_oldest_first(api, say, ada, ben, room):
    first, second = say(ada, "First?", question=True), say(ada, "Second?", question=True)
    answer = api(ben).get(f"/api/courses/{room.pk}/chat/queue").json()
    assert [each["id"] for each in answer["questions"]] == [str(first.pk), str(second.pk)]


def test_marking_and_claiming_answer_with_the_changed_message(api, say, ada, ben):
    message = say(ada, "How")
    marked = api(ada).post(f"/api/chat/messages/{message.pk}/question", {"is_question": True}).json()
    assert (marked["is_question"], marked["version"]) == (True, 2)
    claimed = api(ben).post(f"/api/chat/messages/{message.pk}/claim", {}).json()
    assert claimed["version"] == 3
    assert ChatMessage.objects.get().claimed_by == ben


# -- refusals ------------------------------------------------------------------------------------------------------

ROOM_PATHS = ["room", "messages", "helpers", "queue"]


@pytest.mark.covers("CHAT-02", "CHAT-63", "CHAT-68")
@pytest.mark.parametrize("path", ROOM_PATHS)
def test_the_outsider_is_refused_at_every_address_of_the_room(api, say, ada, oskar, room, path):
    say(ada, "inside")
    url = f"/api/courses/{room.pk}/chat/{path}"
    assert api(ada).get(url).status_code == 200
    answer = api(oskar).get(url)
    assert (answer.status_code, answer.json()) == (403, REFUSAL)
    visitor = api(None).get(url)
    assert (visitor.status_code, visitor.json()) == (401, {"error": "Sign in first."})


def test_the_outsider_posts_nothing(api, oskar, room):
    answer = api(oskar).post(f"/api/courses/{room.pk}/chat/messages", {"content": "outside"})
    assert (answer.status_code, answer.json()) == (403, REFUSAL)
    assert ChatMessage.objects.count() == 0


@pytest.mark.parametrize("verb", ["patch", "delete", "question", "claim"])
def test_a_message_of_another_room_is_not_there(api, say, ada, oskar, verb):
    message = say(ada, "inside", question=True)
    path = f"/api/chat/messages/{message.pk}"
    answer = {
        "patch": lambda door: door.patch(path, {"content": "mine"}),
        "delete": lambda door: door.delete(path),
        "question": lambda door: door.post(f"{path}/question", {}),
        "claim": lambda door: door.post(f"{path}/claim", {}),
    }[verb](api(oskar))
    assert answer.status_code == 404
    assert ChatMessage.objects.values_list("content", "version").get() == ("inside", 1)


BAD_BODIES = [
    ({}, 400, "Write something first."),
    ({"content": " \n"}, 400, "Write something first."),
    ({"content": "x" * 1001}, 400, "That is 1001 characters; a message holds 1000."),
    ({"content": "x", "reply_to_id": str(uuid4())}, 400, "The message you answer is not in this room any more."),
    ({"content": "x", "reply_to_id": "no"}, 400, "reply_to_id: "),
    ({"content": "x", "attachment_ids": [str(uuid4())]}, 400, "One of the pictures is not there any more."),
]


@pytest.mark.parametrize(("body", "status", "sentence"), BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_bad_input_gets_a_clear_sentence_and_changes_nothing(api, ada, room, body, status, sentence):
    answer = api(ada).post(f"/api/courses/{room.pk}/chat/messages", body)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(sentence)
    assert ChatMessage.objects.count() == 0


@pytest.mark.covers("CHAT-104")
def test_a_message_too_soon_after_the_last_is_refused_with_429(api, ada, room):
    path = f"/api/courses/{room.pk}/chat/messages"
    assert api(ada).post(path, {"content": "one"}).status_code == 201
    answer = api(ada).post(path, {"content": "two"})
    assert (answer.status_code, answer.json()) == (429, {"error": "That was too fast. Wait a moment, then try again."})
    assert ChatMessage.objects.count() == 1


def test_a_message_without_the_csrf_token_is_refused(ada, room):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    path = f"/api/courses/{room.pk}/chat/messages"
    answer = client.post(path, {"content": "forged"}, content_type="application/json")
    assert answer.status_code in {401, 403}
    assert ChatMessage.objects.count() == 0


def test_somebody_else_claims_a_question_first(api, say, ada, ben, mei, course):
    from courses.services import enrol

    enrol(course=course, by=mei)
    question = say(ada, "How?", question=True)
    claim_question(question_id=question.pk, by=ben)
    answer = api(mei).post(f"/api/chat/messages/{question.pk}/claim", {})
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("Ben Okoro is already answering this.")


def test_a_program_opens_the_socket_with_its_own_session(ada, course, client):
    body = {"email": ada.email, "password": "peerloop"}
    signed_in = client.post("/_allauth/app/v1/auth/login", body, content_type="application/json").json()
    session = signed_in["meta"]["session_token"]
    answer = Client().get(f"/api/courses/{course.pk}/chat/room", headers={"X-Session-Token": session})
    assert tokens.read(answer.json()["user_token"]).session == session


def test_a_visitor_whose_form_was_refused_comes_back_to_its_page(client, room):
    page = f"/courses/{room.pk}/chat"
    answer = client.post(f"{page}/messages", {"content": "x"}, headers={"Referer": f"http://testserver{page}"})
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={page}")
