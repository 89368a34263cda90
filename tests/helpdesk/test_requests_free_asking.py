"""Asking in writing: the words, the photos and the marks on them, changes, and drafts."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from helpdesk.models import HelpRequest, PhotoPin, RequestDraft, RequestEdit, RequestPhoto
from helpdesk.requests import errors
from helpdesk.requests.queries.threads import draft_of, edits_of, pictures_of_draft
from helpdesk.requests.services.asking import ask_for_help
from helpdesk.requests.services.drafts import discard_draft, save_draft
from helpdesk.requests.services.editing import edit_request
from helpdesk.requests.services.pictures import Picture
from helpdesk.requests.services.pinning import Pin, pin_photo, remove_pin
from peerloop.core.accounts.services import delete_account, mute_account
from peerloop.core.conversations.errors import ForbiddenCharacters, Muted
from peerloop.core.errors import TooFast
from peerloop.core.uploads.models import Upload
from tests.factories.courses import make_course
from tests.factories.requests import paid_request
from tests.factories.threads import TEXT, TITLE, ask, picture_of, wanted

pytestmark = pytest.mark.django_db


def edit(request: HelpRequest, by, **fields):
    more = {name: fields.pop(name) for name in ("pictures", "seen_at") if name in fields}
    return edit_request(request_id=request.pk, wanted=wanted(**fields), by=by, **more)


def photos(request: HelpRequest) -> list[tuple[UUID, int, str, str]]:
    return list(request.photos.values_list("upload", "place", "caption", "kind"))


# -- asking ------------------------------------------------------------------------------------------------------


@pytest.mark.covers(
    "REQ-01", "REQ-06", "REQ-07", "REQ-08", "REQ-09", "REQ-10", "REQ-11", "REQ-12", "REQ-13", "REQ-15", "REQ-16"
)
@pytest.mark.covers("REQ-17", "REQ-18", "REQ-19", "REQ-20", "REQ-21", "REC-06")
def test_a_request_is_stored_with_what_was_asked_and_its_defaults(ada):
    made = ask(ada, subcategory=" Dry  Brushing ", difficulty_level="beginner", urgency="high")
    stored = HelpRequest.objects.get()
    assert (stored.pk, stored.requester, stored.title, stored.description) == (made.pk, ada, TITLE, TEXT)
    assert (stored.category, stored.subcategory, stored.difficulty_level) == ("painting", "dry brushing", "beginner")
    assert (stored.urgency, stored.status, stored.is_public, stored.amount) == ("high", "open", True, None)
    assert (stored.view_count, stored.helpful_count, stored.assigned_helper, stored.resolved_at) == (0, 0, None, None)
    assert isinstance(stored.pk, UUID)
    assert timezone.now() - stored.created_at < timedelta(minutes=1)
    assert timezone.now() - stored.updated_at < timedelta(minutes=1)
    assert ask(ada, title="Another").urgency == "normal"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"title": " \n"}, errors.TitleMissing),
        ({"title": "x" * 201}, errors.TitleTooLong),
        ({"description": " "}, errors.DescriptionMissing),
        ({"description": "x" * 5001}, errors.TextTooLong),
        ({"description": "nul \x00"}, ForbiddenCharacters),
        ({"category": "cooking"}, errors.UnknownCategory),
        ({"category": ""}, errors.UnknownCategory),
        ({"subcategory": "x" * 51}, errors.SubcategoryTooLong),
        ({"difficulty_level": "wizard"}, errors.UnknownLevel),
        ({"urgency": "now"}, errors.UnknownUrgency),
    ],
)
@pytest.mark.covers("REQ-07", "REQ-09", "REQ-10", "REQ-11", "REQ-12")
def test_what_does_not_fit_is_refused(ada, fields, refusal):
    with pytest.raises(refusal):
        ask(ada, **fields)
    assert HelpRequest.objects.count() == 0


def test_what_just_fits_is_taken(ada):
    assert len(ask(ada, title="x" * 200, description="y" * 5000, subcategory="z" * 50).title) == 200


def test_a_double_click_asks_once_and_later_the_same_words_ask_again(ada, ben):
    first = ask(ada)
    assert ask(ada) == first
    assert ask(ben) != first
    HelpRequest.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert ask(ada) != first


def test_who_is_muted_or_too_fast_does_not_ask(ada, ben, root, settings):
    mute_account(user=ada, until=timezone.now() + timedelta(hours=1), by=root)
    with pytest.raises(Muted):
        ask(ada)
    for number in range(settings.PEERLOOP.REQUESTS_AN_HOUR):
        ask(ben, title=f"Question {number}")
    with pytest.raises(TooFast):
        ask(ben, title="One more")
    assert HelpRequest.objects.count() == settings.PEERLOOP.REQUESTS_AN_HOUR


def test_a_request_may_name_a_course_of_ones_own(ada, course):

    assert ask_for_help(wanted=wanted(), course_id=course.pk, by=ada).course == course
    strange = make_course("Gaming", slug="gaming")
    with pytest.raises(errors.CourseNotYours):
        ask_for_help(wanted=wanted(title="Another"), course_id=strange.pk, by=ada)


# -- photos ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("REQ-03", "REQ-14", "REQ-37", "REC-07")
def test_photos_hang_in_order_with_captions_and_before_and_after(ada):
    first, second = picture_of(ada), picture_of(ada)
    question = ask(ada, [Picture(first.pk, " Under a  lamp", "before"), Picture(second.pk, kind="after")])
    assert photos(question) == [(first.pk, 1, "Under a lamp", "before"), (second.pk, 2, "", "after")]
    assert Upload.objects.filter(attached_at=None).count() == 0


@pytest.mark.covers("REC-73")
def test_ten_photos_fit_and_eleven_do_not(ada):
    uploads = [Picture(picture_of(ada).pk) for _ in range(11)]
    with pytest.raises(errors.TooManyPhotos, match=r"Add up to 10 photos\."):
        ask(ada, uploads)
    assert ask(ada, uploads[:10]).photos.count() == 10


def test_only_ones_own_free_pictures_can_be_hung(ada, ben):
    mine, used = picture_of(ada), picture_of(ada)
    ask(ada, [Picture(used.pk)])
    for pictures, refusal in [
        ([Picture(picture_of(ben).pk)], errors.PhotoNotYours),
        ([Picture(used.pk)], errors.PhotoNotYours),
        ([Picture(uuid4())], errors.PhotoNotYours),
        ([Picture(mine.pk), Picture(mine.pk)], errors.PhotoTwice),
        ([Picture(mine.pk, kind="during")], errors.UnknownPhotoKind),
        ([Picture(mine.pk, "x" * 201)], errors.CaptionTooLong),
    ]:
        with pytest.raises(refusal):
            ask(ada, pictures, title="Another")
    assert (HelpRequest.objects.count(), RequestPhoto.objects.count()) == (1, 1)


def test_photos_can_be_moved_added_and_taken_down(ada):
    one, two, three = (picture_of(ada) for _ in range(3))
    question = ask(ada, [Picture(one.pk), Picture(two.pk)])
    pin = pin_photo(pin=Pin(photo_id=question.photos.get(upload=two).pk, x=0.5, y=0.5), by=ada)
    edit(question, ada, pictures=[Picture(three.pk), Picture(two.pk, "Moved")])
    assert photos(question) == [(three.pk, 1, "", ""), (two.pk, 2, "Moved", "")]
    assert PhotoPin.objects.get() == pin
    assert list(Upload.objects.filter(attached_at=None)) == [one]
    edit(question, ada, title="Only words change")
    assert [each[0] for each in photos(question)] == [three.pk, two.pk]


def test_photos_are_seen_by_whoever_sees_the_request(as_user, ada, oskar, root):
    upload = picture_of(ada)
    question = ask(ada, [Picture(upload.pk)])
    for who in (None, oskar, ada, root):
        assert as_user(who).get(upload.url).status_code == 200
    edit(question, ada, is_public=False)
    assert [as_user(who).get(upload.url).status_code for who in (None, oskar, ada, root)] == [404, 404, 200, 200]


# -- marks -------------------------------------------------------------------------------------------------------


def test_marks_are_numbered_on_each_photo_and_removed_by_hand(ada, ben, root):
    question = ask(ada, [Picture(picture_of(ada).pk), Picture(picture_of(ada).pk)])
    first, second = question.photos.all()
    made = [
        pin_photo(pin=Pin(photo_id=photo.pk, x=x, y=1, note=note), by=by)
        for photo, x, note, by in [(first, 0, " Here ", ada), (first, 1, "", root), (second, 0.25, "There", ada)]
    ]
    assert [(pin.photo, pin.number, pin.x, pin.note) for pin in made] == [
        (first, 1, 0, "Here"),
        (first, 2, 1, ""),
        (second, 1, 0.25, "There"),
    ]
    with pytest.raises(errors.PinNotThere):
        remove_pin(pin_id=made[0].pk, by=ben)
    remove_pin(pin_id=made[0].pk, by=ada)
    with pytest.raises(errors.PinNotThere):
        remove_pin(pin_id=made[0].pk, by=ada)
    assert pin_photo(pin=Pin(photo_id=first.pk, x=0, y=0), by=ada).number == 3


def test_a_mark_is_on_a_photo_that_one_sees_and_asked_with(ada, ben, oskar, settings):
    question = ask(ada, [Picture(picture_of(ada).pk)])
    photo = question.photos.get()
    for x, y in [(-0.01, 0), (0, 1.01), (float("nan"), 0), (float("inf"), 0)]:
        with pytest.raises(errors.PinOutside):
            pin_photo(pin=Pin(photo_id=photo.pk, x=x, y=y), by=ada)
    with pytest.raises(errors.NotYourRequest):
        pin_photo(pin=Pin(photo_id=photo.pk, x=0, y=0), by=ben)
    edit(question, ada, is_public=False)
    for key in (photo.pk, uuid4()):
        with pytest.raises(errors.PhotoNotThere):
            pin_photo(pin=Pin(photo_id=key, x=0, y=0), by=oskar)
    for _ in range(settings.PEERLOOP.PINS_PER_PHOTO):
        pin_photo(pin=Pin(photo_id=photo.pk, x=0, y=0), by=ada)
    with pytest.raises(errors.TooManyPins):
        pin_photo(pin=Pin(photo_id=photo.pk, x=0, y=0), by=ada)


# -- changing ----------------------------------------------------------------------------------------------------


def test_what_stood_before_is_kept_with_who_changed_it(ada, root, question):
    edit(question, ada, title="Dusty highlights")
    edit(question, root, title="Dusty highlights", description="Clearer.")
    edit(question, ada, title="Dusty highlights", description="Clearer.", urgency="low")
    stored = HelpRequest.objects.get()
    assert (stored.title, stored.description, stored.urgency) == ("Dusty highlights", "Clearer.", "low")
    assert [(each.by, each.title, each.description) for each in edits_of(stored)] == [
        (root, "Dusty highlights", TEXT),
        (ada, TITLE, TEXT),
    ]
    edit(question, ada, title="Dusty highlights", description="Clearer.", urgency="low")
    assert (HelpRequest.objects.get().updated_at, RequestEdit.objects.count()) == (stored.updated_at, 2)


def test_newer_words_are_not_written_over(ada, question):
    seen_at = question.updated_at
    edit(question, ada, title="First tab", seen_at=seen_at)
    with pytest.raises(errors.ChangedMeanwhile):
        edit(question, ada, title="Second tab", seen_at=seen_at)
    assert HelpRequest.objects.get().title == "First tab"


def test_nobody_else_changes_a_request_and_paid_ones_are_not_changed_here(ada, ben, oskar, question):
    with pytest.raises(errors.NotYourRequest):
        edit(question, ben, title="Mine now")
    paid = paid_request(ada)
    for request_id in (paid.pk, uuid4()):
        with pytest.raises(errors.RequestNotThere):
            edit_request(request_id=request_id, wanted=wanted(), by=ada)
    edit(question, ada, is_public=False)
    with pytest.raises(errors.RequestNotThere):
        edit(question, oskar, title="Mine now")
    assert HelpRequest.objects.free().get().title == TITLE


# -- drafts ------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_with_its_pictures_and_thrown_away(as_user, ada, ben):
    one, two = picture_of(ada), picture_of(ada)
    save_draft(form={"title": "Half"}, upload_ids=[one.pk, two.pk], by=ada)
    save_draft(form={"title": "Half a"}, upload_ids=[two.pk], by=ada)
    draft = draft_of(ada)
    assert (draft.form, pictures_of_draft(draft)) == ({"title": "Half a"}, [two])
    assert set(Upload.objects.filter(attached_at=None)) == {one}
    assert [as_user(who).get(two.url).status_code for who in (ada, ben)] == [200, 404]
    assert draft_of(ben) is None
    for _ in range(2):
        discard_draft(by=ada)
        assert draft_of(ada) is None
    assert Upload.objects.filter(attached_at=None).count() == 2


def test_a_draft_holds_only_ones_own_pictures_and_so_many_words(ada, ben, settings):
    with pytest.raises(errors.PhotoNotYours):
        save_draft(form={}, upload_ids=[picture_of(ben).pk], by=ada)
    with pytest.raises(errors.DraftTooLong):
        save_draft(form={"title": "x" * settings.PEERLOOP.DRAFT_CHARACTERS}, by=ada)
    assert draft_of(ada) is None


def test_asking_ends_the_draft_and_a_late_save_of_that_form_brings_nothing_back(ada):

    used, left = picture_of(ada), picture_of(ada)
    save_draft(form={"title": "Half"}, upload_ids=[used.pk, left.pk], token="form-1", by=ada)
    question = ask_for_help(wanted=wanted(), pictures=[Picture(used.pk)], draft_token="form-1", by=ada)
    assert photos(question) == [(used.pk, 1, "", "")]
    assert list(Upload.objects.filter(attached_at=None)) == [left]
    assert save_draft(form={"title": "Half"}, token="form-1", by=ada) is None
    assert draft_of(ada) is None
    assert save_draft(form={"title": "Next"}, token="form-2", by=ada).form == {"title": "Next"}


def test_a_draft_goes_with_the_account(ada):
    save_draft(form={"title": "Half"}, by=ada)
    delete_account(user=ada, by=ada)
    assert RequestDraft.objects.count() == 0
