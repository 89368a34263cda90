"""The story of free requests: Ada asks with a photo, Ben answers in steps with a mark, and Mei need not ask again."""

import pytest
from playwright.sync_api import expect

from helpdesk.models import HelpRequest, PhotoPin
from tests.factories.pictures import png
from tests.factories.threads import ask
from tests.support.axe import violations
from tests.support.browsers import PHONE

pytestmark = pytest.mark.browser
TITLE = "Chalky highlights on a red cloak"


@pytest.mark.covers("REQ-01", "REQ-02", "REQ-03", "REQ-04", "REQ-39", "REQ-40", "REQ-43")
def test_ada_asks_with_a_photo_ben_marks_it_and_mei_finds_the_solution(ada, ben, mei, browse):
    ask(ben, title="Chalky highlights on a green cloak")

    # Ada begins on her phone; what she has begun is there after a reload, with its photo.
    page = browse(ada, width=PHONE)
    page.goto("/help/requests/new")
    page.locator("input[type=file]").set_input_files([{"name": "m.png", "mimeType": "image/png", "buffer": png()}])
    page.get_by_label("What this photo shows").fill("By a desk lamp")
    page.get_by_label("Title").fill(TITLE)
    expect(page.locator("#draft-state")).to_have_text("Draft saved")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value(TITLE)
    expect(page.get_by_label("What this photo shows")).to_have_value("By a desk lamp")
    page.get_by_label("What happened, and what did you try?").fill("Dry, it turned dusty.")
    page.get_by_label("Category").select_option("painting")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert violations(page) == []
    page.get_by_role("button", name="Post request").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    request = HelpRequest.objects.get(title=TITLE)

    # She marks a place by the keyboard, changes her mind, and marks it with the pointer instead.
    page.get_by_role("button", name="Mark a place on photo 1").focus()
    for key in ("Enter", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("This edge")
    expect(page.get_by_label("From the left, in %")).to_have_value("60.00")
    page.keyboard.press("Enter")
    expect(page.locator(".pl-pin-notes li")).to_contain_text("This edge")
    page.get_by_role("button", name="Remove mark 1 from photo 1").click()
    expect(page.locator("[data-pin]")).to_have_count(0)
    page.get_by_role("button", name="Mark a place on photo 1").click()
    page.locator(".pl-pinner").click(position={"x": 20, "y": 20})
    assert violations(page) == []
    page.get_by_role("button", name="Set the mark on photo 1").click()
    expect(page.locator(".pl-pin-notes li")).to_contain_text("Here")
    PhotoPin.objects.all().delete()

    # Ben marks a place by the keyboard and one with the pointer, takes the second back, and answers in steps.
    page_of_ben = browse(ben)
    page_of_ben.goto(f"/help/requests/{request.pk}")
    mark = page_of_ben.get_by_role("button", name="Mark a place on photo 1")
    mark.focus()
    page_of_ben.keyboard.press("Enter")
    for key in ("Shift+ArrowLeft", "ArrowUp", "Enter"):
        page_of_ben.keyboard.press(key)
    page_of_ben.get_by_label("What is to be seen at photo 1, mark 1").fill("The edge is too hard")
    mark.click()
    page_of_ben.locator(".pl-pinner").click(position={"x": 20, "y": 20})
    expect(page_of_ben.locator("[data-pin]")).to_have_count(2)
    page_of_ben.get_by_role("button", name="Remove this mark").last.click()
    expect(page_of_ben.locator("[data-pin]")).to_have_count(1)
    page.get_by_label("Add a response").fill("I am just")
    page_of_ben.get_by_label("Add a response").fill("Do this:\n\n1. Seal it.\n2. Glaze it.")
    assert violations(page_of_ben) == []
    page_of_ben.get_by_role("button", name="Respond").click()
    expect(page_of_ben.locator(".pl-card .prose ol > li")).to_have_text(["Seal it.", "Glaze it."])
    expect(page_of_ben.locator(".pl-pin-notes li")).to_contain_text("The edge is too hard")
    pin = PhotoPin.objects.get()
    assert (round(pin.x, 2), round(pin.y, 2), pin.number) == (0.4, 0.48, 1)

    # On Ada's page it shows without a reload, with the mark, beside what she is writing. She finds it helpful, which
    # Ben sees, and says that it solved her request.
    expect(page.locator("#answers .prose ol > li")).to_have_text(["Seal it.", "Glaze it."])
    expect(page.locator(".pl-pin-notes li")).to_contain_text("The edge is too hard")
    expect(page.get_by_label("Add a response")).to_have_value("I am just")
    page.get_by_role("button", name="Helpful, 0").click()
    expect(page.get_by_role("button", name="Helpful, 1")).to_have_attribute("aria-pressed", "true")
    expect(page_of_ben.get_by_text("1 found this helpful")).to_be_visible()
    page.get_by_role("button", name="This solved it").click()
    expect(page.get_by_text("Resolved", exact=True)).to_be_visible()
    expect(page_of_ben.get_by_text("Resolved", exact=True)).to_be_visible()
    expect(page_of_ben.get_by_text("Solution", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="How was the help?")).to_be_visible()
    assert violations(page) == []

    # Mei types the same question and is shown the solved one first.
    page_of_mei = browse(mei)
    page_of_mei.goto("/help/requests/new")
    page_of_mei.get_by_label("Title").press_sequentially("chalky highlights cloak")
    found = page_of_mei.locator("#similar li")
    expect(found).to_have_count(2)
    expect(found.first).to_contain_text(TITLE)
    expect(found.first).to_contain_text("Resolved")
    page_of_mei.goto("/help/requests?q=chalky")
    expect(page_of_mei.locator("#results article")).to_have_count(2)
    assert violations(page_of_mei) == []
