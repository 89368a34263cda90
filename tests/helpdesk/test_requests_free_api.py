"""The JSON door of free requests, with Oskar and a visitor at each of its doors."""

from uuid import uuid4

import pytest

from goodwill.models import HelpfulVote
from helpdesk.models import HelpRequest, HelpResponse, PhotoPin
from helpdesk.requests.services.pictures import Picture
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import set_role, system
from tests.factories.threads import TEXT, TITLE, answer, ask, picture_of

pytestmark = pytest.mark.django_db
REQUESTS = "/api/help/requests"
GONE = "One of these photos is not there any more. Upload it again."
ASKED = {"title": TITLE, "description": TEXT, "category": "painting"}


def at(request, what: str = "") -> str:
    return f"{REQUESTS}/{request.pk}{what and '/'}{what}"


def of(response, what: str = "") -> str:
    return f"/api/help/responses/{response.pk}{what and '/'}{what}"


def send(client, method: str, path: str, **body):
    reply = getattr(client, method)(path, body, content_type="application/json")
    return reply.status_code, reply.json() if reply.content else None


def stamp(moment) -> str | None:
    return moment and moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def who(user) -> dict:
    return {"id": str(user.pk), "name": str(user), "avatar": user.avatar_url}


def line(request, *, image_urls=(), responses=0) -> dict:
    request.refresh_from_db()
    return {
        "id": str(request.pk),
        "url": f"/help/requests/{request.pk}",
        "title": request.title,
        "description": request.description,
        "category": "painting",
        "subcategory": "highlighting",
        "difficulty_level": "beginner",
        "urgency": "normal",
        "status": request.status,
        "image_urls": list(image_urls),
        "requester_id": str(request.requester_id),
        "requester": who(request.requester),
        "assigned_helper_id": request.assigned_helper_id and str(request.assigned_helper_id),
        "course_id": None,
        "amount": None,
        "is_public": True,
        "view_count": request.view_count,
        "helpful_count": request.helpful_count,
        "response_count": responses,
        "created_at": stamp(request.created_at),
        "updated_at": stamp(request.updated_at),
        "resolved_at": stamp(request.resolved_at),
    }


# -- asking and finding ------------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-29", "REC-24", "REC-25", "REC-26")
def test_everybody_lists_public_requests_page_by_page(as_user, ada, question, settings):
    for client in (as_user(None), as_user(ada)):
        assert client.get(REQUESTS).json() == {"requests": [line(question)], "older": None}
    assert as_user(None).get(REQUESTS, {"q": "cloak", "category": "painting", "status": "open"}).json()["requests"]
    assert as_user(None).get(REQUESTS, {"category": "gaming"}).json() == {"requests": [], "older": None}
    assert as_user(None).get(REQUESTS, {"sort": "random"}).status_code == 400
    assert as_user(None).get(REQUESTS, {"before": "x"}).status_code == 400


@pytest.mark.covers("REQ-30", "REC-07", "REC-26", "REQ-14", "REQ-39")
def test_asking_takes_the_columns_names_and_what_the_server_sets_is_passed_over(as_user, ada, ben):
    first, second = picture_of(ada), picture_of(ada)
    body = {
        **ASKED,
        "subcategory": "highlighting",
        "difficulty_level": "beginner",
        "image_urls": [first.url, f"https://testserver{second.url}"],
        "id": str(uuid4()),
        "requester_id": str(ben.pk),
        "status": "resolved",
        "view_count": 99,
    }
    status, told = send(as_user(ada), "post", REQUESTS, **body)
    stored = HelpRequest.objects.get()
    assert (status, stored.requester, stored.status, stored.view_count) == (201, ada, "open", 0)
    expected = line(stored, image_urls=[first.url, second.url])
    assert {name: told[name] for name in expected} == expected
    assert [each["url"] for each in told["photos"]] == [first.url, second.url]
    assert (told["responses"], told["newer"]) == ([], None)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"title": ""}, "Give your request a title."),
        ({"category": "cooking"}, "Choose a category from the list."),
        ({"urgency": "now"}, "Choose how urgent it is from the list."),
        ({"image_urls": ["https://elsewhere.example/a.png"]}, GONE),
        ({"image_urls": [str(uuid4())]}, GONE),
        ({"title": 5}, "title: Input should be a valid string"),
    ],
)
@pytest.mark.covers("REC-27")
def test_what_does_not_fit_is_said_and_stores_nothing(as_user, ada, change, error):
    assert send(as_user(ada), "post", REQUESTS, **{**ASKED, **change}) == (400, {"error": error})
    assert HelpRequest.objects.count() == 0


def test_with_an_amount_it_is_a_paid_request(as_user, ada, edge):
    status, told = send(as_user(ada), "post", REQUESTS, description=TEXT, category="painting", amount=2000)
    stored = HelpRequest.objects.get()
    assert (status, stored.amount, told["amount"], told["url"]) == (201, 2000, 2000, f"/customer/request/{stored.pk}")
    assert as_user(ada).get(REQUESTS).json()["requests"] == []


@pytest.mark.covers("REQ-31", "REC-24")
def test_details_come_with_responses_photos_marks_and_count_a_view(as_user, ada, ben, mei):
    photo, mine = picture_of(ada), picture_of(ben)
    asked = ask(ada, [Picture(photo.pk, "Mine", "before")], subcategory="highlighting", difficulty_level="beginner")
    pinned = {"photo_id": str(asked.photos.get().pk), "x": 0.5, "y": 0.25, "note": "Here"}
    body = {"response_text": "1. Seal it.", "image_urls": [str(mine.pk)], "pins": [pinned]}
    assert send(as_user(ben), "post", at(asked, "respond"), **body)[0] == 201
    told = as_user(None).get(at(asked)).json()
    response, pin = HelpResponse.objects.get(), PhotoPin.objects.get()
    assert (HelpRequest.objects.get().view_count, told["view_count"]) == (1, 0)
    mark = {**pinned, "id": str(pin.pk), "response_id": str(response.pk), "by": str(ben.pk), "number": 1}
    shot = {"width": 16, "height": 8, "pins": []}
    own = asked.photos.get()
    assert told["photos"] == [
        {**shot, "id": str(own.pk), "url": photo.url, "thumb_url": photo.thumb_url, "caption": "Mine", "kind": "before"}
        | {"pins": [mark]}
    ]
    his = response.photos.get()
    assert told["responses"] == [
        {
            "id": str(response.pk),
            "help_request_id": str(asked.pk),
            "responder_id": str(ben.pk),
            "responder": who(ben),
            "response_text": "1. Seal it.",
            "image_urls": [mine.url],
            "photos": [
                {**shot, "id": str(his.pk), "url": mine.url, "thumb_url": mine.thumb_url, "caption": "", "kind": ""}
            ],
            "pins": [mark],
            "is_solution": False,
            "helpful_count": 0,
            "expertise": {
                "category": "painting",
                "subcategory": "highlighting",
                "expertise_level": "novice",
                "reputation_score": 0,
                "is_verified": False,
            },
            "is_helpful": None,
            "created_at": stamp(response.created_at),
            "updated_at": stamp(response.updated_at),
        }
    ]


def test_what_was_asked_before_and_the_draft(as_user, ada, ben, question):
    found = as_user(None).get(f"{REQUESTS}/similar", {"q": "chalky cloak"}).json()
    assert found == [
        {
            "id": str(question.pk),
            "title": TITLE,
            "category": "painting",
            "status": "open",
            "is_solved": False,
            "url": f"/help/requests/{question.pk}",
        }
    ]
    mine, photo = as_user(ada), picture_of(ada)
    kept = {"form": {"title": "Half"}, "image_ids": [str(photo.pk)]}
    status, told = send(mine, "put", f"{REQUESTS}/draft", **kept, token="form-1")
    assert (status, {name: told[name] for name in kept}) == (200, kept)
    assert mine.get(f"{REQUESTS}/draft").json() == told
    nothing = {"form": {}, "image_ids": [], "updated_at": None}
    assert as_user(ben).get(f"{REQUESTS}/draft").json() == nothing
    assert mine.delete(f"{REQUESTS}/draft").status_code == 204
    assert mine.get(f"{REQUESTS}/draft").json() == nothing


def test_a_request_is_changed_and_says_what_stood_before(as_user, ada, ben, question):
    mine, seen = as_user(ada), stamp(question.updated_at)
    status, told = send(mine, "put", at(question), **{**ASKED, "title": "Dusty highlights"})
    assert (status, told["title"]) == (200, "Dusty highlights")
    [edit] = as_user(ben).get(at(question, "edits")).json()
    assert (edit["by"], edit["title"], edit["description"]) == (str(ada.pk), TITLE, TEXT)
    status, told = send(mine, "put", at(question), **{**ASKED, "updated_at": seen})
    assert (status, told) == (
        409,
        {"error": "This was changed meanwhile. Look at how it stands now, then change it again."},
    )


# -- responding and voting ---------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-32", "REQ-40")
def test_responding_answers_with_the_response(as_user, ben, question):
    status, told = send(as_user(ben), "post", at(question, "respond"), response_text="1. Seal.\n2. Glaze.")
    stored = HelpResponse.objects.get()
    assert (status, told["id"], told["response_text"]) == (201, str(stored.pk), "1. Seal.\n2. Glaze.")
    assert (stored.responder, stored.request) == (ben, question)
    assert send(as_user(ben), "post", at(question, "respond"), response_text=" ") == (
        400,
        {"error": "Write your answer first."},
    )
    status, told = send(as_user(ben), "put", of(stored), response_text="Better.")
    assert (status, told["response_text"]) == (200, "Better.")


@pytest.mark.covers("REQ-34", "REC-92", "REP-15")
def test_a_vote_left_out_is_helpful_and_can_be_changed_and_taken_back(as_user, ada, ben, reply):
    mine = as_user(ada)

    def told(count: int, is_helpful: bool | None):
        return 200, {"id": str(reply.pk), "helpful_count": count, "is_helpful": is_helpful}

    empty = mine.post(of(reply, "helpful"), "", content_type="application/json")
    assert (empty.status_code, empty.json()) == told(1, True)
    assert send(mine, "post", of(reply, "helpful")) == told(1, True)
    assert send(mine, "post", of(reply, "helpful"), is_helpful=False) == told(0, False)
    assert send(mine, "post", of(reply, "helpful"), is_helpful=True) == told(1, True)
    assert send(mine, "delete", of(reply, "helpful")) == told(0, None)
    own = {"error": "This is your own. Others decide whether it helped."}
    assert send(as_user(ben), "post", of(reply, "helpful")) == (403, own)
    assert HelpfulVote.objects.count() == 0


@pytest.mark.covers("REC-90", "REC-22")
def test_the_requester_marks_the_solution_and_takes_it_back(as_user, ada, ben, question, reply):
    assert send(as_user(ben), "post", of(reply, "solution"))[0] == 403
    assert send(as_user(ada), "post", of(reply, "solution"))[1]["is_solution"] is True
    assert as_user(None).get(at(question)).json()["status"] == "resolved"
    assert send(as_user(ada), "delete", of(reply, "solution"))[1]["is_solution"] is False
    assert as_user(None).get(at(question)).json()["status"] == "open"


# -- assigning and ending ----------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-33", "REC-89")
def test_the_requester_assigns_a_responder_and_a_helper_takes(as_user, ada, ben, mei, question, reply):
    status, told = send(as_user(ada), "put", at(question, "assign"), assigned_helper_id=str(ben.pk))
    assert (status, told["status"], told["assigned_helper_id"]) == (200, "in_progress", str(ben.pk))
    refused = {"error": "Choose somebody who has responded to this request."}
    assert send(as_user(ada), "put", at(question, "assign"), assigned_helper_id=str(mei.pk)) == (409, refused)
    status, told = send(as_user(ben), "delete", at(question, "assign"))
    assert (status, told["status"], told["assigned_helper_id"]) == (200, "open", None)
    assert send(as_user(mei), "put", at(question, "assign"))[0] == 403
    set_role(user=mei, role=User.Role.HELPER, by=system())
    status, told = send(as_user(mei), "put", at(question, "assign"))
    assert (status, told["status"], told["assigned_helper_id"]) == (200, "in_progress", str(mei.pk))


@pytest.mark.covers("REC-22", "REC-105")
def test_a_request_is_closed_rated_and_opened_again(as_user, ada, question):
    mine = as_user(ada)
    assert send(mine, "post", at(question, "rating"), rating=5)[0] == 409
    assert send(mine, "post", at(question, "close"), resolved=True)[1]["status"] == "resolved"
    assert send(mine, "post", at(question, "rating"), rating=6)[0] == 400
    assert send(mine, "post", at(question, "rating"), rating=4) == (200, {"rating": 4})
    assert send(mine, "post", at(question, "reopen"))[1]["status"] == "open"


def test_marks_are_set_and_removed(as_user, ada, ben):
    asked = ask(ada, [Picture(picture_of(ada).pk)])
    path = f"/api/help/photos/{asked.photos.get().pk}/pins"
    status, told = send(as_user(ada), "post", path, x=0.5, y=0.5, note="Here")
    assert (status, told["number"], told["note"], told["response_id"]) == (201, 1, "Here", None)
    assert send(as_user(ada), "post", path, x=2, y=0) == (400, {"error": "Set the mark on the photo."})
    assert as_user(ben).delete(f"/api/help/pins/{told['id']}").status_code == 404
    assert as_user(ada).delete(f"/api/help/pins/{told['id']}").status_code == 204
    assert PhotoPin.objects.count() == 0


# -- who does not get in -----------------------------------------------------------------------------------------

WRITES = [
    ("post", "respond", {"response_text": "Mine."}),
    ("put", "", ASKED),
    ("put", "assign", {}),
    ("delete", "assign", {}),
    ("post", "close", {}),
    ("post", "reopen", {}),
    ("post", "rating", {"rating": 5}),
]
ON_RESPONSES = [
    ("put", "", {"response_text": "Mine."}),
    ("post", "helpful", {}),
    ("delete", "helpful", {}),
    ("post", "solution", {}),
    ("delete", "solution", {}),
]


@pytest.mark.covers("REC-91", "REC-24", "REC-27")
def test_a_visitor_writes_nothing_and_oskar_finds_no_trace_of_what_is_private(as_user, ada, ben, oskar, question):
    reply = answer(question, ben)
    paths = [(method, at(question, what), body) for method, what, body in WRITES]
    paths += [(method, of(reply, what), body) for method, what, body in ON_RESPONSES]
    for method, path, body in [*paths, ("post", REQUESTS, ASKED), ("put", f"{REQUESTS}/draft", {})]:
        assert send(as_user(None), method, path, **body) == (401, {"error": "Sign in first."}), path
    assert as_user(oskar).get(at(question)).status_code == 200
    HelpRequest.objects.update(is_public=False)
    for method, path, body in [*paths, ("get", at(question), {}), ("get", at(question, "edits"), {})]:
        status, told = send(as_user(oskar), method, path, **body)
        assert (status, set(told)) == (404, {"error"}), path
    assert as_user(oskar).get(REQUESTS, {"q": "cloak"}).json()["requests"] == []
    assert (HelpResponse.objects.count(), HelpfulVote.objects.count(), HelpRequest.objects.count()) == (1, 0, 1)


def test_words_and_ids_never_collide(as_user, ada, question):
    for path in (f"{REQUESTS}/nonsense", f"{REQUESTS}/{uuid4()}"):
        assert as_user(ada).get(path).status_code == 404
