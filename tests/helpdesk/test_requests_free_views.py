"""The pages of free requests: what they show, to whom, what they keep on refusal, and what they cost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from goodwill.models import HelpfulVote
from helpdesk.models import HelpRequest, HelpResponse, PhotoPin, RequestDraft
from helpdesk.requests.services.drafts import save_draft
from helpdesk.requests.services.editing import edit_request
from helpdesk.requests.services.pictures import Picture
from helpdesk.requests.services.pinning import Pin, pin_photo
from helpdesk.requests.services.solving import close_request, mark_solution
from peerloop.core.accounts.services import set_role, system
from peerloop.core.moderation.models import Flag
from tests.factories.people import person
from tests.factories.pictures import png
from tests.factories.requests import paid_request
from tests.factories.threads import TEXT, TITLE, answer, ask, picture_of, wanted
from tests.support.pages import HTMX, text_of

pytestmark = pytest.mark.django_db
LIST, NEW = "/help/requests", "/help/requests/new"
# Where the page puts the focus, and what is read out with it.
FOCUSED = re.compile(r'<(?:input|select)[^>]*name="(\w+)"(?=[^>]* autofocus)[^>]*aria-describedby="([^"]+)"')
FORM = {"title": TITLE, "description": TEXT, "category": "painting", "urgency": "normal", "is_public": "on"}


def page(request: HelpRequest) -> str:
    return f"/help/requests/{request.pk}"


def titles(response) -> list[str]:
    return re.findall(r'<a class="stretch" href="[^"]+">([^<]+)</a>', response.content.decode())


def do(client, name: str, thing, **data):
    return client.post(reverse(name, args=[thing.pk]), data)


# -- the list --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-24", "REC-91", "REQ-19")
def test_visitors_read_public_requests_and_nobody_else_a_private_one(ada, oskar, root, question, as_user):
    private = ask(ada, title="Only for my helper", is_public=False)
    assert [titles(as_user(each).get(LIST)) for each in (ada, root)] == [["Only for my helper", TITLE]] * 2
    assert [titles(as_user(each).get(LIST)) for each in (None, oskar)] == [[TITLE]] * 2
    assert [as_user(each).get(page(private)).status_code for each in (ada, root, None, oskar)] == [200, 200, 404, 404]
    assert [as_user(each).get(page(question)).status_code for each in (None, oskar)] == [200, 200]


@pytest.mark.covers("REQ-05", "REQ-38", "REQ-43", "REC-25")
def test_the_list_is_searched_filtered_and_sorted(ada, mei, question, reply, as_user):
    ask(mei, title="Gaps in a resin kit", description="Which putty?", category="modeling", urgency="high")
    mark_solution(response_id=reply.pk, by=ada)
    client = as_user(mei)

    def found(**query):
        return titles(client.get(LIST, query))

    assert found() == ["Gaps in a resin kit", TITLE]
    assert found(q="chalky cloak") == found(q="glaze") == found(status="resolved") == [TITLE]
    assert found(category="modeling") == found(urgency="high") == found(mine="on") == ["Gaps in a resin kit"]
    assert found(subcategory="Highlighting") == found(difficulty_level="beginner") == [TITLE]
    assert found(sort="unanswered") == ["Gaps in a resin kit"]
    assert found(category="cooking", sort="by magic") == ["Gaps in a resin kit", TITLE]


def test_an_empty_list_leads_on(ada, as_user):
    assert "Nobody has asked yet" in text_of(as_user(None).get(LIST))
    ask(ada)
    nothing = as_user(None).get(LIST, {"q": "airbrush"})
    assert "No request fits" in text_of(nothing)
    assert f'href="{LIST}">Show all requests' in nothing.content.decode()


def test_the_list_goes_on_from_page_to_page_with_its_filters(ada, mei, as_user, settings, monkeypatch):
    for each in range(3):
        ask(ada, title=f"Cloak {each}")
    ask(mei, title="A kit", category="modeling")
    size = type("Product", (), {"REQUESTS_PAGE": 2})()
    monkeypatch.setattr("helpdesk.requests.queries.lists.settings.PEERLOOP", size)
    client = as_user(None)
    first = client.get(LIST, {"category": "painting"})
    older = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    assert (titles(first), titles(client.get(older))) == (["Cloak 2", "Cloak 1"], ["Cloak 0"])
    assert client.get(LIST, {"before": "nonsense"}).status_code == 400


def test_typing_gets_the_results_alone(question, as_user):
    html = as_user(None).get(LIST, headers=HTMX).content.decode()
    assert html.strip().startswith('<section id="results"')


def test_the_list_costs_the_same_for_one_request_and_for_many(ada, as_user, django_assert_num_queries):
    client = as_user(None)
    ask(ada, [Picture(picture_of(ada).pk)])
    with django_assert_num_queries(2):
        client.get(LIST)
    for each in range(5):
        answer(ask(person(f"p{each}"), title=f"More {each}"), ada)
    with django_assert_num_queries(2):
        client.get(LIST)


# -- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-01", "REQ-03", "REQ-35", "REQ-37", "REQ-39", "REC-07")
def test_one_asks_with_photos_uploaded_by_the_page_or_sent_along(ada, as_user):
    there = picture_of(ada)
    file = SimpleUploadedFile("mini.png", png(16, 8), "image/png")
    words = {"subcategory": "Highlighting", "difficulty_level": "beginner", "urgency": "high"}
    about = {"photo": str(there.pk), f"caption-{there.pk}": "By lamp", f"kind-{there.pk}": "before", "files": file}
    response = as_user(ada).post(NEW, {**FORM, **words, **about})
    asked = HelpRequest.objects.get()
    assert (response.status_code, response["Location"]) == (302, page(asked))
    assert (asked.requester, asked.title, asked.description) == (ada, TITLE, TEXT)
    assert (asked.subcategory, asked.difficulty_level, asked.urgency) == ("highlighting", "beginner", "high")
    shown = list(asked.photos.values_list("caption", "kind"))
    assert (asked.is_public, shown, asked.photos.first().upload_id) == (
        True,
        [("By lamp", "before"), ("", "")],
        there.pk,
    )


def test_the_switch_turned_off_makes_it_private(ada, as_user):
    as_user(ada).post(NEW, {name: value for name, value in FORM.items() if name != "is_public"})
    assert HelpRequest.objects.get().is_public is False


def test_refused_everything_stays_in_the_form(ada, as_user):
    there = picture_of(ada)
    given = {**FORM, "title": " ", "photo": str(there.pk), f"caption-{there.pk}": "By lamp"}
    response = as_user(ada).post(NEW, given)
    html = response.content.decode()
    assert (response.status_code, HelpRequest.objects.count()) == (422, 0)
    assert "Give your request a title." in text_of(response)
    assert "Dry, it turned dusty." in html
    assert re.findall(r'name="photo" value="([^"]+)"', html) == [str(there.pk)]
    assert 'value="By lamp"' in html
    wrong = SimpleUploadedFile("mini.png", b"no picture", "image/png")
    assert "This is not a picture we can read." in text_of(as_user(ada).post(NEW, {**given, "files": wrong}))


def test_a_picture_of_somebody_else_cannot_be_shown_as_ones_own(ada, ben, as_user):
    response = as_user(ada).post(NEW, {**FORM, "photo": str(picture_of(ben).pk)})
    assert "One of these photos is not there any more." in text_of(response)
    assert (response.status_code, HelpRequest.objects.count()) == (400, 0)


def test_what_is_begun_waits_and_can_be_thrown_away(ada, oskar, as_user):
    there = picture_of(ada)
    client = as_user(ada)
    given = {**FORM, "title": "Half a", "photo": str(there.pk), f"caption-{there.pk}": "By lamp"}
    assert client.post("/help/requests/draft", given)["Location"] == NEW
    html = client.get(NEW).content.decode()
    assert ('value="Half a"' in html, 'value="By lamp"' in html, "You began this" in html) == (True, True, True)
    assert "Half a" not in as_user(oskar).get(NEW).content.decode()
    client.post("/help/requests/draft", {"off": "1"})
    assert ("Half a" in client.get(NEW).content.decode(), RequestDraft.objects.count()) == (False, 0)


def test_asking_ends_the_draft(ada, as_user):
    save_draft(form={"title": "Half a"}, by=ada, token="this form")
    as_user(ada).post(NEW, {**FORM, "token": "this form"})
    assert "Half a" not in as_user(ada).get(NEW).content.decode()


@pytest.mark.covers("REQ-43")
def test_while_typing_solved_requests_are_shown_first_and_private_ones_to_nobody(ada, mei, oskar, as_user):
    solved = ask(ada, title="Chalky highlights on a green cloak")
    ask(ada, title="Chalky highlights on my cloak, private", is_public=False)
    ask(mei, title="Chalky highlights on a blue cloak")
    close_request(request_id=solved.pk, resolved=True, by=ada)
    html = as_user(oskar).get("/help/requests/similar", {"title": "chalky highlights cloak"}).content.decode()
    shown = re.findall(r'rel="noopener">([^<]+)<', html)
    assert shown == ["Chalky highlights on a green cloak", "Chalky highlights on a blue cloak"]
    assert as_user(oskar).get("/help/requests/similar", {"title": "airbrush"}).content.decode().strip() == ""


def test_one_changes_ones_own_request_and_its_earlier_words_can_be_read(ada, oskar, question, as_user):
    address = f"{page(question)}/edit"
    form = as_user(ada).get(address).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', form)[1]
    assert as_user(ada).post(address, {**FORM, "title": "Dusty cloak", "token": token})["Location"] == page(question)
    assert "Dusty cloak" in text_of(as_user(None).get(page(question)))
    assert TITLE in text_of(as_user(None).get(f"{page(question)}/edits"))
    stale = as_user(ada).post(address, {**FORM, "title": "Again", "token": token})
    assert (stale.status_code, "This was changed meanwhile." in text_of(stale)) == (409, True)
    assert [as_user(oskar).get(address).status_code, as_user(oskar).post(address, FORM).status_code] == [403, 403]
    assert HelpRequest.objects.get().title == "Dusty cloak"


# -- the thread ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-20", "REQ-36", "REQ-40", "REC-97", "REC-41", "REP-18")
def test_the_page_shows_photos_with_numbered_marks_steps_and_what_the_responder_knows(ada, ben, as_user):
    asked = ask(ada, [Picture(picture_of(ada).pk, "Desk lamp", "before"), Picture(picture_of(ada).pk, "", "after")])
    photo = asked.photos.first()
    pin_photo(pin=Pin(photo_id=photo.pk, x=0.425, y=0.1, note="Dusty here"), by=ada)
    marks = [Pin(photo_id=photo.pk, x=0.5, y=0.5, note="Glare")]
    answer(asked, ben, "Do this:\n\n1. Seal it.\n2. Glaze it.", pins=marks)
    response = as_user(None).get(page(asked))
    html, words = response.content.decode(), text_of(response)
    assert re.findall(r'<svg x="([^"]+)" y="([^"]+)" data-pin="(\d)"', html) == [
        ("42.50%", "10.00%", "1"),
        ("50.00%", "50.00%", "2"),
    ]
    assert ("Dusty here by Ada Lind" in words, "Glare by Ben Okoro" in words) == (True, True)
    assert re.search(r"<ol>\s*<li>Seal it.</li>\s*<li>Glaze it.</li>\s*</ol>", html)
    assert "Novice in painting , reputation 0" in words
    assert ("<span>Before</span>" in html, "<span>After</span>" in html) == (True, True)


def test_looking_is_counted_once_a_day_for_each_who_did_not_ask(ada, ben, question, as_user):
    for each in (ada, ben, ben):
        as_user(each).get(page(question))
    assert HelpRequest.objects.get().view_count == 1


def test_a_paid_request_has_a_page_of_its_own(ada, oskar, as_user):
    paid = paid_request(ada)
    assert as_user(ada).get(page(paid))["Location"] == f"/customer/request/{paid.pk}"
    assert as_user(oskar).get(page(paid)).status_code == 404
    assert as_user(ada).get(f"{page(paid)}/edit").status_code == 404


@pytest.mark.covers("REQ-02", "REQ-04", "REQ-25")
def test_one_answers_with_steps_a_photo_and_a_mark(ada, ben, as_user):
    asked = ask(ada, [Picture(picture_of(ada).pk)])
    mine, photo = picture_of(ben), asked.photos.get()
    marks = f'[{{"photo_id": "{photo.pk}", "x": 0.25, "y": 0.75, "note": "Here"}}]'
    given = {"response_text": "1. Seal it.\n2. Glaze it.", "photo": str(mine.pk), "pins": marks}
    response = do(as_user(ben), "help_respond", asked, **given)
    made = HelpResponse.objects.get()
    assert (response.status_code, response["Location"]) == (302, made.get_absolute_url())
    assert (made.responder, made.photos.get().upload) == (ben, mine)
    pin = PhotoPin.objects.get()
    assert (pin.response, pin.x, pin.y, pin.note) == (made, 0.25, 0.75, "Here")


def test_who_asked_marks_ones_own_photo_and_takes_the_mark_away(ada, ben, oskar, as_user):
    asked = ask(ada, [Picture(picture_of(ada).pk), Picture(picture_of(ada).pk)])
    photo, client = asked.photos.get(place=2), as_user(ada)
    mark = reverse("help_photo_mark", args=[asked.pk, photo.pk])
    given = {"left": "42.5", "top": "10", "note": "This edge here"}
    assert client.post(mark, given)["Location"] == f"{page(asked)}#photo-2"
    pin = PhotoPin.objects.get()
    assert (pin.photo, pin.response, pin.by, pin.x, pin.y, pin.note) == (photo, None, ada, 0.425, 0.1, given["note"])

    removal = reverse("help_mark_removal", args=[asked.pk, pin.pk])
    name = 'aria-label="Remove mark 1 from photo 2"'
    assert [name in as_user(each).get(page(asked)).content.decode() for each in (ada, ben, None)] == [
        True,
        False,
        False,
    ]
    assert [as_user(ben).post(mark, given).status_code, as_user(ben).post(removal).status_code] == [403, 404]
    edit_request(request_id=asked.pk, wanted=wanted(is_public=False), by=ada)
    assert [as_user(oskar).post(mark, given).status_code, as_user(oskar).post(removal).status_code] == [404, 404]
    assert PhotoPin.objects.count() == 1
    assert client.post(removal)["Location"] == f"{page(asked)}#photo-2"
    again = client.post(removal)
    assert (again.status_code, "That mark is not there any more." in text_of(again)) == (404, True)


@pytest.mark.parametrize("left", ["101", "-1", "nan", "", "far"])
def test_a_mark_beside_the_photo_is_refused_and_its_words_stay(ada, as_user, left):
    asked = ask(ada, [Picture(picture_of(ada).pk)])
    mark = reverse("help_photo_mark", args=[asked.pk, asked.photos.get().pk])
    refused = as_user(ada).post(mark, {"left": left, "top": "7.5", "note": "This edge here"})
    html = refused.content.decode()
    assert (refused.status_code, "Set the mark on the photo." in text_of(refused)) == (400, True)
    assert ('<details class="mt-2" data-own-mark open>' in html, 'value="7.5"' in html) == (True, True)
    assert 'name="note" maxlength="200" value="This edge here"' in html
    assert (FOCUSED.findall(html), 'role="alert"' in html) == ([("left", "mark-refused")], False)
    assert PhotoPin.objects.count() == 0


def test_words_of_a_mark_that_are_too_long_are_refused_beside_them(ada, as_user):
    asked = ask(ada, [Picture(picture_of(ada).pk), Picture(picture_of(ada).pk)])
    mark = reverse("help_photo_mark", args=[asked.pk, asked.photos.get(place=2).pk])
    html = as_user(ada).post(mark, {"left": "5", "top": "5", "note": "x" * 201}).content.decode()
    assert (html.count("A caption or note holds 200 characters."), FOCUSED.findall(html)) == (
        1,
        [("note", "mark-refused")],
    )


@pytest.mark.parametrize("pins", ["no json", "[1]", '[{"x": 1}]', '[{"photo_id": "x", "x": 1, "y": 1}]', "{}3", "3"])
def test_a_refused_answer_stays_with_its_photos_and_marks(ben, question, as_user, pins):
    mine = picture_of(ben)
    given = {"response_text": "Seal it.", "photo": str(mine.pk), "pins": pins}
    response = do(as_user(ben), "help_respond", question, **given)
    html = response.content.decode()
    assert (response.status_code, HelpResponse.objects.count()) == (404, 0)
    assert "That photo is not there any more." in text_of(response)
    assert ("Seal it.</textarea>" in html, f'name="photo" value="{mine.pk}"' in html) == (True, True)
    empty = do(as_user(ben), "help_respond", question, response_text="")
    assert (empty.status_code, "Write your answer first." in text_of(empty)) == (422, True)


@pytest.mark.covers("REQ-41", "REP-13", "REP-15")
def test_one_votes_changes_it_and_takes_it_back(ada, reply, as_user):
    client = as_user(ada)
    votes = []
    for each in ("yes", "no", "none"):
        assert do(client, "help_response_vote", reply, is_helpful=each)["Location"] == reply.get_absolute_url()
        votes.append(list(HelpfulVote.objects.values_list("is_helpful", flat=True)))
    assert votes == [[True], [False], []]
    part = client.post(reverse("help_response_vote", args=[reply.pk]), {"is_helpful": "yes"}, headers=HTMX)
    assert part.content.decode().strip().startswith('<section class="pl-card mb-3" id="response-')
    assert "Helpful, 1" in text_of(part)


def test_one_cannot_vote_for_oneself_nor_on_what_one_does_not_see(ada, ben, oskar, question, reply, as_user):
    assert do(as_user(ben), "help_response_vote", reply).status_code == 403
    edit_request(request_id=question.pk, wanted=wanted(is_public=False), by=ada)
    assert do(as_user(oskar), "help_response_vote", reply).status_code == 404
    assert HelpfulVote.objects.count() == 0


@pytest.mark.covers("REC-90", "REQ-18", "REQ-26")
def test_who_asked_marks_the_solution_and_takes_it_back(ada, ben, question, reply, as_user):
    client = as_user(ada)
    assert do(as_user(ben), "help_response_solution", reply).status_code == 403
    do(client, "help_response_solution", reply)
    words = text_of(as_user(None).get(page(question)))
    assert ("Resolved" in words, "Solution" in words) == (True, True)
    assert "How was the help?" in text_of(client.get(page(question)))
    do(client, "help_request_rating", question, rating="5", words="Clear steps.")
    assert (HelpRequest.objects.get().rating, HelpRequest.objects.get().rating_words) == (5, "Clear steps.")
    shown = client.get(page(question))
    assert "How you rated the help" in text_of(shown)
    assert re.findall(r'name="rating" value="(\d)" required checked', shown.content.decode()) == ["5"]
    refused = do(client, "help_request_rating", question, rating="nine", words="Clear steps!")
    assert (refused.content.decode().count("Choose 1 to 5."), "Clear steps!" in text_of(refused)) == (1, True)
    assert (refused.status_code, "Choose 1 to 5." in text_of(refused)) == (400, True)
    do(client, "help_response_solution", reply, off="1")
    assert HelpRequest.objects.get().status == "open"


def test_one_changes_ones_own_answer_alone(ada, ben, reply, as_user):
    address = reverse("help_response_edit", args=[reply.pk])
    token = re.search(r'name="token" value="([^"]+)"', as_user(ben).get(address).content.decode())[1]
    assert as_user(ada).get(address).status_code == 403
    changed = as_user(ben).post(address, {"response_text": "Varnish it.", "token": token})
    assert (changed["Location"], HelpResponse.objects.get().response_text) == (reply.get_absolute_url(), "Varnish it.")
    stale = as_user(ben).post(address, {"response_text": "Strip it.", "token": token})
    assert (stale.status_code, "Strip it.</textarea>" in stale.content.decode()) == (409, True)


@pytest.mark.covers("REQ-36", "REQ-42", "REC-89")
def test_a_request_is_assigned_taken_given_back_closed_and_opened_again(ada, ben, oskar, question, reply, as_user):
    set_role(user=ben, role="helper", by=system())

    def state():
        row = HelpRequest.objects.select_related("assigned_helper").get()
        return row.status, row.assigned_helper

    owner, helper, stranger = as_user(ada), as_user(ben), as_user(oskar)
    assert ["Assign" in text_of(each.get(page(question))) for each in (owner, helper, stranger)] == [True, False, False]
    taking = ["Take this request" in text_of(each.get(page(question))) for each in (owner, helper, stranger)]
    assert taking == [False, True, False]
    do(owner, "help_request_assign", question, helper=str(ben.pk))
    assert state() == ("in_progress", ben)
    do(helper, "help_request_release", question)
    assert state() == ("open", None)
    do(helper, "help_request_take", question)
    assert state() == ("in_progress", ben)
    do(owner, "help_request_close", question)
    assert (state()[0], "This request is closed." in text_of(helper.get(page(question)))) == ("closed", True)
    do(owner, "help_request_reopen", question)
    do(owner, "help_request_close", question, resolved="1")
    assert state() == ("resolved", ben)


@pytest.mark.covers("REC-89")
def test_staff_assign_anybody_by_user_name(ada, ben, mei, root, question, reply, as_user):
    """Ada chooses among those who responded; Mei has not."""
    staff, owner = as_user(root), as_user(ada)
    assert ['name="username"' in each.get(page(question)).content.decode() for each in (staff, owner)] == [True, False]
    wrong = do(staff, "help_request_assign", question, username="mai")
    sentence = 'Nobody here has the user name "mai". Check how it is written.'
    assert (wrong.status_code, sentence in text_of(wrong)) == (400, True)
    html = wrong.content.decode()
    assert ('name="username" value="mai"' in html, FOCUSED.findall(html), 'role="alert"' in html) == (
        True,
        [("username", "helper-refused username-hint")],
        False,
    )
    refused = do(owner, "help_request_assign", question, username="mei")
    assert "Choose somebody who has responded to this request." in text_of(refused)
    assert FOCUSED.findall(refused.content.decode()) == [("helper", "helper-refused")]
    assert HelpRequest.objects.get().assigned_helper is None
    do(staff, "help_request_assign", question, username=" @Mei ")
    assert HelpRequest.objects.get().assigned_helper == mei


@pytest.mark.parametrize("name", ["take", "release", "assign", "close", "reopen", "rating"])
def test_an_outsider_is_told_why_nothing_happens(name, question, oskar, as_user):
    response = do(as_user(oskar), f"help_request_{name}", question, rating="5", helper=str(oskar.pk))
    assert (response.status_code, 'role="alert"' in response.content.decode()) == (403, True)
    assert (HelpRequest.objects.get().status, TITLE in text_of(response)) == ("open", True)


def test_requests_and_responses_are_reported_to_moderators(oskar, question, reply, as_user):
    client = as_user(oskar)
    for name, thing in [("help_request_report", question), ("help_response_report", reply)]:
        assert "What is wrong with it?" in text_of(client.get(reverse(name, args=[thing.pk])))
        assert do(client, name, thing).status_code == 422
        assert do(client, name, thing, reason="spam").status_code == 302
    assert Flag.objects.count() == 2


def test_the_thread_costs_the_same_for_one_response_and_for_many(ada, ben, as_user, django_assert_num_queries):
    asked = ask(ada, [Picture(picture_of(ada).pk)])
    pin = Pin(photo_id=asked.photos.get().pk, x=0.1, y=0.1)
    answer(asked, ben, pins=[pin])
    client = as_user(None)
    client.get(page(asked))
    with django_assert_num_queries(6):
        client.get(page(asked))
    for each in range(5):
        other = person(f"p{each}")
        answer(asked, other, f"Answer {each}", pictures=[Picture(picture_of(other).pk)], pins=[pin])
    with django_assert_num_queries(6):
        client.get(page(asked))
