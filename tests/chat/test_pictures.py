"""Pictures in messages: whose they are, who sees them, and what becomes of them."""

from io import BytesIO

import pytest
from asgiref.sync import sync_to_async

from chat.errors import PictureNotYours, TooManyPictures
from chat.models import ChatMessage, MessageAttachment
from chat.services.messages import delete_message, set_hidden
from courses.services import leave
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.services import store_image
from tests.factories.pictures import png
from tests.support.sockets import on_a_loop, room_socket

db = sync_to_async


@pytest.fixture
def picture():
    """`picture(ada)` is one that Ada has sent and attached to nothing yet."""
    return lambda by: store_image(file=BytesIO(png(160, 80)), by=by)


def test_a_picture_alone_is_a_message(say, ada, picture):
    upload = picture(ada)
    message = say(ada, "", attachment_ids=[upload.pk])
    stored = ChatMessage.objects.get(pk=message.pk)
    assert stored.content == ""
    assert [(each.pk, each.width, each.height) for each in stored.pictures] == [(upload.pk, 160, 80)]
    assert MessageAttachment.objects.get().upload == upload
    assert Upload.objects.unattached().count() == 0


def test_nobody_attaches_somebody_elses_picture_or_one_twice(say, ada, ben, picture):
    upload = picture(ada)
    with pytest.raises(PictureNotYours):
        say(ben, "mine?", attachment_ids=[upload.pk])
    say(ada, "mine", attachment_ids=[upload.pk])
    with pytest.raises(PictureNotYours):
        say(ada, "again", attachment_ids=[upload.pk])
    assert ChatMessage.objects.count() == 1


def test_a_message_holds_ten_pictures(say, ada):
    with pytest.raises(TooManyPictures, match="at most 10 pictures"):
        say(ada, "many", attachment_ids=[ada.pk] * 11)


def test_the_room_sees_the_picture_and_the_outsider_does_not(as_user, say, ada, ben, oskar, picture):
    upload = picture(ada)
    assert as_user(ben).get(upload.url).status_code == 404  # not shown to anybody yet
    say(ada, "look", attachment_ids=[upload.pk])
    assert as_user(ben).get(upload.thumb_url).status_code == 200
    assert as_user(oskar).get(upload.thumb_url).status_code == 404
    assert as_user(oskar).get(upload.url).status_code == 404


def test_the_picture_goes_with_its_message_and_with_the_right_to_the_room(
    as_user, say, ada, ben, root, course, picture
):
    message, other = (say(ada, "look", attachment_ids=[picture(ada).pk]) for _ in range(2))
    urls = [each.pictures[0].url for each in (message, other)]
    delete_message(message_id=message.pk, by=ada)
    set_hidden(message_id=other.pk, hidden=True, by=root)
    assert [as_user(ben).get(url).status_code for url in urls] == [404, 404]
    assert as_user(root).get(urls[1]).status_code == 200  # who moderates must see what is reported
    set_hidden(message_id=other.pk, hidden=False, by=root)
    leave(course=course, by=ada)
    assert [as_user(each).get(urls[1]).status_code for each in (ben, ada)] == [200, 404]


@on_a_loop
async def test_a_picture_is_sent_over_the_socket_by_its_id(room, ada, picture):
    upload = await db(picture)(ada)
    async with room_socket(room, ada) as adas:
        await adas.send(type="message", content="look", attachment_ids=[str(upload.pk)])
        told = await adas.next("message")
    shown = {"url": upload.url, "thumb_url": upload.thumb_url, "width": 160, "height": 80}
    assert told["data"]["attachments"] == [shown]
