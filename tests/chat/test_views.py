"""The chat's pages: what they show, to whom, and at what cost."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatMessage, RoomParticipant
from chat.services.messages import delete_message
from chat.services.thanks import thank
from courses.services import certify, enrol
from goodwill.models import Account
from peerloop.core.accounts.services import system
from peerloop.core.analytics.models import AnalyticsEvent
from peerloop.core.flags.models import Flag
from peerloop.core.presence.services import set_availability

REFUSAL = "You must be enrolled to access this chat."


@pytest.fixture
def page(as_user, room):
    """`page(ada)` is the text of the chat page as Ada gets it."""

    def get(user, **query) -> str:
        return as_user(user).get(f"/courses/{room.pk}/chat", query).content.decode()

    return get


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def article(html: str, message: ChatMessage) -> str:
    return re.search(rf'<article[^>]*data-message="{message.pk}".*?</article>', html, re.DOTALL).group()


@pytest.mark.covers("CHAT-01", "CHAT-18", "CHAT-20", "CHAT-17")
def test_the_room_is_headed_by_the_course_and_leads_back_to_it(page, ada, course):
    html = page(ada)
    heading = text_of(re.search(r"<h1>.*?</h1>", html).group()).strip()
    assert heading == "Painting Miniatures: Foundations Chat"
    assert "Back to Course" in html
    assert f'href="{reverse("course_content", args=[course.pk])}"' in html


@pytest.mark.covers("CHAT-02", "CHAT-63")
def test_who_is_not_enrolled_reads_why_and_nothing_of_the_talk(as_user, say, ada, oskar, room):
    say(ada, "a secret of the room")
    assert "a secret of the room" in as_user(ada).get(f"/courses/{room.pk}/chat").content.decode()
    answer = as_user(oskar).get(f"/courses/{room.pk}/chat")
    assert answer.status_code == 403
    assert REFUSAL in answer.content.decode()
    assert "a secret of the room" not in answer.content.decode()


@pytest.mark.covers("CHAT-02")
def test_a_visitor_is_sent_to_sign_in_and_back(as_user, room):
    answer = as_user(None).get(f"/courses/{room.pk}/chat")
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next=/courses/{room.pk}/chat")


DOORS = ["chat_message", "chat_text", "chat_deletion", "chat_question", "chat_claim", "chat_thanks", "chat_flag"]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_to_a_message_opens_for_the_outsider(as_user, say, ada, oskar, door):
    message = say(ada, "inside", question=True)
    url = reverse(door, args=[message.pk])
    before = ChatMessage.objects.values().get()
    for answer in (as_user(oskar).get(url), as_user(oskar).post(url, {"content": "x", "points": 5, "reason": "spam"})):
        assert answer.status_code in {403, 405}
        assert "inside" not in answer.content.decode()
    assert ChatMessage.objects.values().get() == before


ROOM_DOORS = ["chat_messages", "chat_changes", "chat_search", "chat_suggestions", "chat_settings"]


@pytest.mark.parametrize("door", ROOM_DOORS)
def test_no_door_to_the_room_opens_for_the_outsider(as_user, say, room, ada, oskar, door):
    say(ada, "inside")
    url = reverse(door, args=[room.pk])
    for answer in (as_user(oskar).get(url, {"q": "inside"}), as_user(oskar).post(url, {"content": "x"})):
        assert answer.status_code in {403, 405}
        assert "inside" not in answer.content.decode()
    assert ChatMessage.objects.count() == 1


@pytest.mark.covers("CHAT-23", "CHAT-25", "CHAT-26", "CHAT-10", "CHAT-13")
def test_a_message_shows_who_wrote_it_when_and_what(page, say, ada, ben):
    message = say(ada, "My *first* layer")
    shown = article(page(ben), message)
    assert '<span class="pl-av pl-av--' in shown
    assert f'href="/people/{ada.username}"' in shown
    assert "Ada Lind" in text_of(shown)
    assert f'<time datetime="{message.created_at.isoformat()}"' in shown
    assert "<p>My <em>first</em> layer</p>" in shown


@pytest.mark.covers("CHAT-24", "CHAT-14", "CHAT-09")
def test_a_student_teacher_wears_the_badge_and_leads_to_the_helper_profile(page, say, ada, ben):
    by_ben, by_ada = say(ben, "from Ben"), say(ada, "from Ada")
    html = page(ada)
    badge = '<abbr class="pl-st" title="Student-Teacher">ST</abbr>'
    assert badge in article(html, by_ben)
    assert badge not in article(html, by_ada)
    assert f'href="/helpers/{ben.username}"' in article(html, by_ben)


def test_a_student_teacher_of_another_course_wears_no_badge_here(page, say, ada, mei, course, other_course):
    certify(user=mei, course=other_course, by=system())
    enrol(course=course, by=mei)
    message = say(mei, "from Mei")
    assert "pl-st" not in article(page(ada), message)


@pytest.mark.covers("CHAT-27")
def test_the_authors_own_message_offers_mark_as_question_to_its_author_only(page, say, ada):
    message = say(ada, "How")
    shown = article(page(ada), message)
    button = re.search(r"<button[^>]*chat/messages/[^>]*question[^>]*>.*?</button>", shown, re.DOTALL).group()
    assert f'data-only="{ada.pk}"' in button
    assert text_of(button).strip() == "Mark as Question"


@pytest.mark.covers("CHAT-28")
def test_an_answer_offers_this_helped_to_everybody_but_its_author(page, say, ada, ben):
    question = say(ada, "How?", question=True)
    answer = say(ben, "So.", to=question)
    html = page(ada)
    button = re.search(r"<button[^>]*data-thanks.*?</button>", article(html, answer), re.DOTALL).group()
    assert f'data-not="{ben.pk}"' in button
    assert text_of(button).strip() == "This Helped!"
    assert "data-thanks " not in article(html, question)


@pytest.mark.covers("CHAT-29")
def test_a_question_is_highlighted_and_named_as_one(page, say, ada):
    question, remark = say(ada, "How?", question=True), say(ada, "Nice.")
    html = page(ada)
    assert "pl-msg--question" in article(html, question)
    assert "Question" in text_of(article(html, question))
    assert "pl-msg--question" not in article(html, remark)


@pytest.mark.covers("CHAT-30")
def test_answers_stand_inside_the_thread_of_their_question(page, say, ada, ben):
    question = say(ada, "How?", question=True)
    between = say(ben, "Something else.")
    answer = say(ben, "So.", to=question)
    html = page(ada)
    thread = html.split(f'data-entry="{question.pk}"')[1].split("data-entry=")[0]
    assert f'data-message="{answer.pk}"' in thread
    assert f'data-message="{between.pk}"' not in thread
    assert html.index(str(answer.pk)) < html.index(f'data-message="{between.pk}"')


@pytest.mark.covers("CHAT-31", "CHAT-32", "CHAT-33", "CHAT-34")
def test_the_help_queue_lists_unanswered_questions_in_order_with_links(page, say, ada, ben):
    first, second = say(ada, "First?", question=True), say(ben, "Second?", question=True)
    answered = say(ada, "Third?", question=True)
    say(ben, "Yes.", to=answered)
    queue = re.search(r'<section id="queue".*?</section>', page(ada), re.DOTALL).group()
    assert "Pending Questions" in queue
    links = re.findall(r'href="([^"]+)" data-jump="([^"]+)"', queue)
    assert links == [(each.get_absolute_url(), str(each.pk)) for each in (first, second)]


@pytest.mark.covers("CHAT-35", "CHAT-36", "CHAT-37")
def test_helpers_who_are_here_are_listed_with_whether_they_are_available(page, ada, ben, room, monkeypatch):
    monkeypatch.setattr("chat.views.rooms.online", lambda _: {ben.pk, ada.pk})
    helpers = re.search(r'<section id="helpers".*?</section>', page(ada), re.DOTALL).group()
    assert text_of(helpers).split("Available Helpers")[1].split() == [
        "1",
        "online",
        "BO",
        "Ben",
        "Okoro",
        "Reading",
        "along",
    ]
    set_availability(user=ben, available=True, by=ben)
    helpers = re.search(r'<section id="helpers".*?</section>', page(ada), re.DOTALL).group()
    assert "Available to Help" in helpers
    assert "pl-av--on" in helpers


@pytest.mark.covers("CHAT-19")
def test_the_header_counts_who_is_online(page, ada, ben, monkeypatch):
    monkeypatch.setattr("chat.views.rooms.online", lambda _: {ben.pk})
    assert "2 online" in text_of(page(ada))


@pytest.mark.covers("CHAT-38", "CHAT-39", "CHAT-40", "CHAT-41")
def test_the_composer_has_a_text_a_question_toggle_a_limit_and_a_send_button(page, ada):
    form = re.search(r'<form class="pl-composer".*?</form>', page(ada), re.DOTALL).group()
    assert '<textarea id="message-text" name="content"' in form
    assert 'maxlength="1000"' in form
    assert "Ask Question" in form
    assert '<input type="checkbox" name="is_question">' in form
    assert "0 / 1000" in form
    assert 'aria-label="Send"' in form


@pytest.mark.covers("CHAT-47", "CHAT-48", "CHAT-49", "CHAT-15")
def test_the_page_tells_how_many_points_there_are_to_give(page, ada):
    assert "50 points to give" in text_of(page(ada))
    assert f'<a href="{reverse("goodwill_earn")}">Earn more</a>' in page(ada)
    Account.objects.filter(user=ada).update(balance=1)
    assert "1 point to give" in text_of(page(ada))


@pytest.mark.covers("CHAT-58")
@pytest.mark.parametrize(("balance", "hidden"), [(9, ""), (10, " hidden")])
def test_a_low_balance_prompts_to_help_others(page, ada, balance, hidden):
    page(ada)
    Account.objects.filter(user=ada).update(balance=balance)
    assert f'id="low-balance" data-low="10"{hidden}>' in page(ada)


@pytest.mark.covers("CHAT-55", "CHAT-54")
def test_a_quiet_room_prompts_to_start_the_conversation(page, say, ada):
    assert 'id="quiet">' in page(ada)
    assert "Start the conversation" in page(ada)
    message = say(ada, "Hello")
    assert 'id="quiet" hidden>' in page(ada)
    ChatMessage.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert 'id="quiet">' in page(ada)


@pytest.mark.covers("CHAT-57")
def test_the_page_shows_when_a_student_teacher_is_answering(page, say, ada, ben):
    question = say(ada, "How?", question=True)
    assert 'id="helping" role="status" hidden' in page(ada)
    answer = say(ben, "So.", to=question)
    assert "Ben Okoro is answering questions" in text_of(page(ada))
    ChatMessage.objects.filter(pk=answer.pk).update(created_at=timezone.now() - timedelta(minutes=5, seconds=1))
    assert 'id="helping" role="status" hidden' in page(ada)


def test_a_deleted_message_leaves_its_place_and_not_its_text(page, say, ada):
    message = say(ada, "regretted")
    delete_message(message_id=message.pk, by=ada)
    shown = article(page(ada), message)
    assert "This message was deleted." in shown
    assert "regretted" not in page(ada)


@pytest.mark.covers("CHAT-05")
def test_the_course_page_leads_to_the_discussion(as_user, ada, course):
    html = as_user(ada).get(f"/courses/{course.pk}").content.decode()
    assert re.search(rf'href="/courses/{course.pk}/chat"[^>]*>.*?Join Discussion', html, re.DOTALL)


@pytest.mark.covers("CHAT-04")
def test_the_course_content_leads_to_the_chat(as_user, ada, course, modules):
    html = as_user(ada).get(f"/courses/{course.pk}/content/{modules[0].pk}").content.decode()
    assert re.search(rf'href="/courses/{course.pk}/chat"[^>]*>.*?Course Chat', html, re.DOTALL)


@pytest.mark.covers("CHAT-07")
def test_the_dashboard_leads_to_each_chat_and_tells_what_is_unread(as_user, say, ada, ben, room):
    client = as_user(ada)
    client.get(f"/courses/{room.pk}/chat")
    say(ben, "one"), say(ben, "two"), say(ada, "three")
    html = client.get("/dashboard").content.decode()
    icon = re.search(rf'<a[^>]*href="/courses/{room.pk}/chat".*?</a>', html, re.DOTALL).group()
    assert 'aria-label="Chat of Painting Miniatures: Foundations, 2 unread"' in icon


@pytest.mark.covers("CHAT-08")
def test_back_to_course_opens_the_content(as_user, ada, course, modules, page):
    back = re.search(r'<a class="pl-crumb[^"]*" href="([^"]+)">.*?Back to Course</a>', page(ada), re.DOTALL)
    opened = as_user(ada).get(back.group(1), follow=True)
    assert opened.request["PATH_INFO"] == f"/courses/{course.pk}/content/{modules[0].pk}"
    assert opened.status_code == 200


@pytest.mark.covers("CHAT-67")
def test_with_the_flag_off_links_are_absent_and_doors_are_closed(as_user, ada, course, modules):
    flag = Flag.objects.get(name="course_chat")
    flag.everyone = False
    flag.save()
    client = as_user(ada)
    assert "Join Discussion" not in client.get(f"/courses/{course.pk}").content.decode()
    assert "/chat" not in client.get(f"/courses/{course.pk}/content/{modules[0].pk}").content.decode()
    assert "/chat" not in client.get("/dashboard").content.decode()
    assert client.get(f"/courses/{course.pk}/chat").status_code == 404
    assert client.get(f"/api/courses/{course.pk}/chat/messages").status_code == 404


@pytest.mark.covers("CHAT-21")
def test_room_settings_mute_the_room_or_narrow_it_to_mentions(as_user, ada, room):
    client = as_user(ada)
    assert "Room settings" in client.get(f"/courses/{room.pk}/chat").content.decode()
    for choice in ("nothing", "mentions", "all"):
        assert client.post(f"/courses/{room.pk}/chat/settings", {"tell": choice}).status_code == 302
        assert RoomParticipant.objects.get(user=ada).tell == choice


# -- This Helped! ----------------------------------------------------------------------------------------------------


@pytest.fixture
def answer(say, ada, ben):
    return say(ben, "So.", to=say(ada, "How?", question=True))


@pytest.mark.covers("CHAT-42", "CHAT-43", "CHAT-44")
def test_this_helped_opens_a_slider_at_five_and_gives_nothing_before_confirm(as_user, ada, answer):
    html = as_user(ada).get(reverse("chat_thanks", args=[answer.pk])).content.decode()
    assert "Award points for helpful answer" in html
    assert re.search(r'<input type="range"[^>]*min="1" max="25" value="5"', html)
    assert "Confirm" in html
    assert Account.objects.get(user=ada).balance == 50


def test_the_slider_never_goes_above_the_balance(as_user, ada, answer):
    Account.objects.filter(user=ada).update(balance=3)
    html = as_user(ada).get(reverse("chat_thanks", args=[answer.pk])).content.decode()
    assert re.search(r'<input type="range"[^>]*min="1" max="3" value="3"', html)


@pytest.mark.covers("CHAT-44", "CHAT-45", "CHAT-53")
def test_confirm_gives_the_chosen_points_and_the_answer_shows_it(as_user, page, ada, answer):
    done = as_user(ada).post(reverse("chat_thanks", args=[answer.pk]), {"points": 12}, headers={"HX-Request": "true"})
    assert (done.status_code, json.loads(done["HX-Trigger"])) == (204, {"chat:changed": {}})
    assert Account.objects.get(user=ada).balance == 38
    assert "Ada Lind gave Ben Okoro 12 points" in text_of(article(page(ada), answer))


@pytest.mark.covers("CHAT-65")
def test_an_award_that_fails_says_so_and_keeps_the_form(as_user, ada, answer):
    thank(message_id=answer.pk, by=ada)
    url = reverse("chat_thanks", args=[answer.pk])
    again = as_user(ada).post(url, {"points": 9}, headers={"HX-Request": "true"})
    assert again.status_code == 409
    assert "Unable to award points. Try again." in again.content.decode()
    assert 'value="9"' in again.content.decode()


# -- finding ---------------------------------------------------------------------------------------------------------


def test_search_finds_messages_with_all_the_words_in_this_room_only(as_user, say, ada, room):
    say(ada, "A matt varnish over gloss"), say(ada, "Only gloss")
    html = as_user(ada).get(f"/courses/{room.pk}/chat/search", {"q": "GLOSS matt"}).content.decode()
    assert "1 message" in text_of(html)
    assert "A matt varnish over gloss" in html
    assert "Only gloss" not in html


def test_a_hostile_search_is_harmless(as_user, ada, room):
    answer = as_user(ada).get(f"/courses/{room.pk}/chat/search", {"q": "<script>\x00' OR 1=1 --%"})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


def test_answered_questions_like_the_one_being_typed_are_suggested(as_user, say, ada, ben, room):
    alike = say(ada, "How long should a wash dry on metal?", question=True)
    say(ben, "Twenty minutes.", to=alike)
    say(ada, "How long should a wash dry on resin?", question=True)  # nobody answered it
    html = as_user(ada).get(f"/courses/{room.pk}/chat/suggestions", {"content": "How long must a wash dry?"}).content
    assert html.decode().count("<li>") == 1
    assert "on metal" in html.decode()


def test_a_permalink_opens_the_room_at_its_message(as_user, say, ada, room, settings):
    messages = [say(ada, f"number {n}") for n in range(120)]
    client = as_user(ada)
    link = client.get(reverse("chat_message", args=[messages[10].pk]))
    assert link["Location"] == f"/courses/{room.pk}/chat?at={messages[10].pk}#chatmessage-{messages[10].pk}"
    html = client.get(link["Location"]).content.decode()
    assert f'id="chatmessage-{messages[10].pk}"' in html
    assert 'data-live="no"' in html
    assert str(messages[119].pk) not in html


# -- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 40])
def test_the_page_costs_the_same_queries_for_one_message_and_for_many(
    as_user, say, ada, ben, room, count, django_assert_num_queries
):
    for n in range(count):
        question = say(ada, f"Question {n}?", question=True)
        thank(message_id=say(ben, f"Answer {n}.", to=question).pk, by=ada, points=1)
    client = as_user(ada)
    client.get(f"/courses/{room.pk}/chat")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/courses/{room.pk}/chat")


PAGE_QUERIES = 6


@pytest.mark.covers("METRIC-08")
def test_loading_the_page_is_counted_with_the_role(as_user, ada, ben, room, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        as_user(ada).get(f"/courses/{room.pk}/chat")
        as_user(ben).get(f"/courses/{room.pk}/chat")
    roles = AnalyticsEvent.objects.filter(name="page_view").order_by("pk").values_list("data__user_role", flat=True)
    assert list(roles) == ["student", "student_teacher"]
