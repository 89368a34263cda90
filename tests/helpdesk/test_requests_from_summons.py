"""A call that nobody took becomes a help request: nothing is typed twice."""

import re
from html import unescape

import pytest
from django.utils.http import urlencode

from courses.services import leave
from helpdesk.models import HelpRequest
from helpdesk.requests.services.drafts import save_draft
from helpdesk.summons.services.calling import cancel_summons, expire_summons
from tests.factories.helpdesk import depart, let_time_run_out
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "summon"}
NEW = "/help/requests/new"
QUESTION = "My paint is too thick."
ABOUT = "It is about Brushes, paint and water, in Painting Miniatures: Foundations."


def way_on(answer) -> str:
    """Where "Ask as a help request" leads."""
    html = answer.content.decode()
    return unescape(re.search(r'<a href="([^"]+)">(?:(?!</a>).)*Ask as a help request', html, re.DOTALL)[1])


def form_of(answer) -> dict[str, str]:
    """What the form would send as it stands."""
    html = answer.content.decode().split('id="ask"')[1]
    given = dict(re.findall(r'<input[^>]*name="(title|course|token)"[^>]*value="([^"]*)"', html))
    written = re.search(r'<textarea[^>]*name="description"[^>]*>(.*?)</textarea>', html, re.DOTALL)[1]
    given = {name: unescape(value) for name, value in given.items()}
    return {**given, "description": unescape(written).strip(), "category": "painting", "urgency": "normal"}


def category_of(answer) -> str:
    """Which category the form has chosen."""
    options = answer.content.decode().split('name="category"')[1].split("</select>")[0]
    return re.search(r'<option value="(\w*)" selected>', options)[1]


@pytest.mark.parametrize("state", ["timed-out", "cancelled", "no-helpers"])
def test_a_call_that_nobody_took_is_asked_in_writing_as_it_was(as_user, ada, course, modules, summons, ben, state):
    client = as_user(ada)
    if state == "timed-out":
        let_time_run_out(summons)
        expire_summons(summons_id=summons.pk)
    else:
        cancel_summons(summons_id=summons.pk, by=ada)
    panel = client.get(f"/summons/{summons.pk}", headers=PANEL)
    if state == "no-helpers":
        depart(ben)
        given = {"course": course.pk, "module": modules[0].pk, "message": QUESTION}
        panel = client.post("/summons", given, headers=PANEL)
    assert f'data-state="{state}"' in panel.content.decode()

    form = form_of(client.get(way_on(panel)))
    assert (form["title"], form["description"]) == (QUESTION, f"{QUESTION}\n\n{ABOUT}")
    asked = client.get(client.post(NEW, form)["Location"])
    made = HelpRequest.objects.get()
    assert (made.title, made.description, made.course) == (QUESTION, f"{QUESTION}\n\n{ABOUT}", course)
    assert f'href="{course.get_absolute_url()}">{course.title}</a>' in asked.content.decode()


def test_without_a_question_its_place_is_the_title_and_a_long_one_is_shortened(
    as_user, ada, course, modules, nobody_here
):
    client, at = as_user(ada), {"course": course.pk, "module": modules[0].pk}
    form = form_of(client.get(way_on(client.get("/summons", at, headers=PANEL))))
    place = "Brushes, paint and water, in Painting Miniatures: Foundations"
    assert (form["title"], form["description"]) == (place, ABOUT)
    long = "word " * 60 + "\nand more"
    form = form_of(client.get(way_on(client.get("/summons", {**at, "message": long}, headers=PANEL))))
    assert (form["title"], len(form["title"])) == (long[:99] + "…", 100)
    assert long in form["description"]


def test_the_category_is_the_courses_own_and_otherwise_to_be_chosen(as_user, ada, oskar, course):
    course.category = "gaming"
    course.save()
    at = f"{NEW}?course={course.pk}"
    assert [category_of(as_user(each).get(at)) for each in (ada, oskar)] == ["gaming", ""]
    assert [category_of(as_user(ada).get(way)) for way in (NEW, f"{NEW}?course=nonsense")] == ["", ""]
    refused = as_user(ada).post(NEW, {"title": "Too thick", "description": QUESTION, "urgency": "normal"})
    assert (refused.status_code, "Choose a category from the list." in text_of(refused)) == (422, True)
    assert (category_of(refused), HelpRequest.objects.count()) == ("", 0)


def test_what_is_brought_along_takes_nothing_from_a_draft(as_user, ada):
    save_draft(form={"title": "Half a", "description": "Begun\r\nbefore."}, by=ada)
    client = as_user(ada)
    brought = f"{NEW}?{urlencode({'title': 'Too thick', 'description': QUESTION})}"
    form = form_of(client.get(brought))
    assert (form["title"], form["description"]) == ("Half a", f"Begun\nbefore.\n\n{QUESTION}")
    client.post("/help/requests/draft", form)
    again = form_of(client.get(brought))
    assert (again["title"], again["description"]) == (form["title"], form["description"])


def test_a_course_that_is_not_ones_own_is_refused_and_the_words_stay(as_user, ada, course):
    leave(course=course, by=ada)
    form = {"title": "Too thick", "description": QUESTION, "category": "painting", "urgency": "normal"}
    for wrong in (str(course.pk), "nonsense"):
        refused = as_user(ada).post(NEW, {**form, "course": wrong})
        assert (refused.status_code, QUESTION in text_of(refused)) == (400, True)
        assert "Choose one of your own courses, or none." in text_of(refused)
    assert HelpRequest.objects.count() == 0
