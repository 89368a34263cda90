from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from peerloop.core.errors import TooFast
from peerloop.core.images import NotAPicture
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.services import store_image, sweep_unattached
from peerloop.core.uploads.tasks import sweep_uploads
from peerloop.core.uploads.viewers import viewers
from tests.factories import pictures


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def shown_to(monkeypatch):
    """`shown_to(ada, ben)`: whoever may see the thing that pictures are attached to."""
    monkeypatch.setattr(viewers, "_things", {})

    def declare(*people) -> None:
        viewers.add("the note", lambda user, _: user in people)

    return declare


def upload_of(owner, *, attached: bool = False, hours: float = 0) -> Upload:
    upload = store_image(file=BytesIO(pictures.photo(6)), by=owner)
    upload.created_at = timezone.now() - timedelta(hours=hours)
    upload.save()
    if attached:
        Upload.objects.mark_attached([upload.pk])
    return upload


def files_in(folder) -> int:
    return len([path for path in folder.rglob("*") if path.is_file()])


def sent(name: str = "photo.jpg", data: bytes | None = None, content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or pictures.photo(), content_type)


class TestStoring:
    def test_a_picture_is_kept_clean_with_its_size_and_a_thumbnail(self, ada, media):
        upload = store_image(file=sent("../../etc/passwd.svg", content_type="image/svg+xml"), by=ada)
        assert (upload.owner, upload.width, upload.height, upload.content_type) == (ada, 160, 80, "image/jpeg")
        assert (upload.file.name, upload.thumbnail.name) == (f"uploads/{upload.pk}.jpg", f"thumbnails/{upload.pk}.webp")
        assert (upload.bytes, upload.attached_at) == (upload.file.size, None)
        for stored in (upload.file, upload.thumbnail):
            assert b"SECRET" not in stored.open().read()

    def test_what_is_refused_leaves_neither_row_nor_file(self, ada, media):
        with pytest.raises(NotAPicture):
            store_image(file=sent("cat.png", pictures.SVG, "image/png"), by=ada)
        assert (Upload.objects.count(), files_in(media)) == (0, 0)

    def test_a_row_that_cannot_be_written_leaves_no_file(self, ada, media, monkeypatch):
        monkeypatch.setattr(Upload, "save", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store_image(file=sent(), by=ada)
        assert files_in(media) == 0

    def test_one_person_can_send_only_so_many(self, ada, ben, settings):
        settings.PEERLOOP = replace(settings.PEERLOOP, UPLOADS_IN_TEN_MINUTES=2)
        for _ in range(2):
            store_image(file=sent(), by=ada)
        with pytest.raises(TooFast):
            store_image(file=sent(), by=ada)
        assert store_image(file=sent(), by=ben).owner == ben


class TestServing:
    def test_the_owner_sees_a_picture_that_is_attached_to_nothing_and_oskar_does_not(self, ada, oskar, as_user):
        upload = upload_of(ada)
        for address in (upload.url, upload.thumb_url):
            assert as_user(ada).get(address).status_code == 200
            assert [as_user(person).get(address).status_code for person in (oskar, None)] == [404, 404]

    def test_an_attached_picture_is_for_those_who_see_what_it_belongs_to(self, ada, ben, oskar, as_user, shown_to):
        upload = upload_of(ada, attached=True)
        shown_to(ben)
        statuses = [as_user(person).get(upload.url).status_code for person in (ben, oskar, None)]
        assert statuses == [200, 404, 404]
        # Ada has left: that she took the picture does not bring her back in.
        assert as_user(ada).get(upload.thumb_url).status_code == 404

    def test_one_who_is_banned_sees_nothing_any_more(self, ada, as_user):
        upload, client = upload_of(ada), as_user(ada)
        ada.is_active = False
        ada.save()
        assert client.get(upload.url).status_code == 404

    def test_a_picture_is_served_as_a_download_that_can_run_nothing(self, ada, as_user):
        upload = upload_of(ada)
        answer = as_user(ada).get(upload.url)
        names = (
            "Content-Type",
            "Content-Disposition",
            "X-Content-Type-Options",
            "Cache-Control",
            "Content-Security-Policy",
            "Cross-Origin-Resource-Policy",
        )
        assert [answer[name] for name in names] == [
            "image/jpeg",
            f'attachment; filename="{upload.pk}.jpg"',
            "nosniff",
            "private, no-cache",
            "default-src 'none'; sandbox",
            "same-origin",
        ]
        assert Image.open(BytesIO(answer.getvalue())).size == (160, 80)

    def test_the_thumbnail_is_webp(self, ada, as_user):
        answer = as_user(ada).get(upload_of(ada).thumb_url)
        assert (answer["Content-Type"], Image.open(BytesIO(answer.getvalue())).format) == ("image/webp", "WEBP")

    def test_a_browser_that_has_it_gets_it_confirmed_only_while_it_may(self, ada, oskar, as_user):
        upload = upload_of(ada)
        tag = as_user(ada).get(upload.url)["ETag"]
        again, other = (as_user(person).get(upload.url, headers={"If-None-Match": tag}) for person in (ada, oskar))
        assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")
        assert other.status_code == 404

    def test_a_picture_costs_two_queries_and_can_be_asked_for_but_not_sent_to(
        self, ada, as_user, django_assert_num_queries
    ):
        upload, client = upload_of(ada), as_user(ada)
        client.get(upload.url)
        with django_assert_num_queries(2):  # the person, the upload
            client.get(upload.url)
        assert client.post(upload.url).status_code == 405

    def test_a_picture_whose_file_is_lost_is_not_there(self, ada, as_user):
        upload = upload_of(ada)
        default_storage.delete(upload.file.name)
        assert as_user(ada).get(upload.url).status_code == 404

    def test_no_path_but_an_id_is_an_address(self, ada, as_user):
        paths = (
            "files/../../peerloop/settings",
            "files/..%2f..%2fetc%2fpasswd",
            "files/uploads",
            "media/uploads/x.jpg",
        )
        assert [as_user(ada).get(f"/{path}").status_code for path in paths] == [404] * 4


class TestSweeping:
    def test_pictures_that_nobody_attached_in_a_day_go_with_their_files(self, ada, media):
        upload_of(ada, hours=25)
        kept = [upload_of(ada, hours=23), upload_of(ada, hours=25, attached=True)]
        sweep_uploads()
        assert set(Upload.objects.all()) == set(kept)

    @pytest.mark.django_db(transaction=True)
    def test_their_files_go_once_the_rows_are_gone(self, ada, media):
        upload_of(ada, hours=25)
        assert files_in(media) == 2
        assert [sweep_unattached(), sweep_unattached()] == [1, 0]
        assert files_in(media) == 0

    def test_the_command_says_how_many(self, ada, capsys):
        upload_of(ada, hours=25)
        call_command("sweep_uploads")
        assert capsys.readouterr().out == "1 swept\n"


class TestApi:
    def test_a_picture_is_sent_and_its_addresses_come_back(self, ada, as_user):
        client = as_user(ada)
        answer = client.post("/api/uploads", {"file": sent()})
        upload = Upload.objects.get()
        assert (answer.status_code, answer.json()) == (
            201,
            {
                "id": str(upload.pk),
                "url": f"/files/{upload.pk}",
                "thumb_url": f"/files/{upload.pk}/thumb",
                "width": 160,
                "height": 80,
            },
        )

    @pytest.mark.parametrize(
        ("name", "data"),
        [("photo.png", pictures.HTML), ("photo.jpg.svg", pictures.SVG), ("photo.jpg", pictures.png()[:60])],
    )
    def test_what_is_no_picture_is_refused_with_a_sentence(self, ada, as_user, name, data):
        answer = as_user(ada).post("/api/uploads", {"file": sent(name, data)})
        sentence = "This is not a picture we can read. Choose a JPEG, PNG, WebP, GIF or HEIC file."
        assert (answer.status_code, answer.json()) == (400, {"error": sentence})
        assert Upload.objects.count() == 0

    def test_fifty_megapixels_and_six_megabytes_are_refused_and_the_next_picture_is_not(self, ada, as_user):
        client = as_user(ada)
        answers = [
            client.post("/api/uploads", {"file": sent(data=data)})
            for data in (pictures.png_that_claims(8000, 6250), b"\xff\xd8" + bytes(6 * 1024 * 1024), pictures.png())
        ]
        assert [answer.status_code for answer in answers] == [400, 413, 201]

    def test_nothing_sent_and_nobody_signed_in_are_refused(self, ada, as_user):
        assert as_user(ada).post("/api/uploads").json() == {"error": "file: Field required"}
        answer = as_user(None).post("/api/uploads", {"file": sent()})
        assert (answer.status_code, answer.json()) == (401, {"error": "Sign in first."})
        assert Upload.objects.count() == 0


def test_ones_own_pictures_are_part_of_what_one_takes_along(ada, ben):
    from peerloop.core.accounts.exports import exports

    mine = upload_of(ada)
    upload_of(ben)
    export = exports["pictures"]
    assert [row["id"] for row in export.rows(ada)] == [mine.pk]
    assert [file.name for file in export.files(ada)] == [mine.file.name]
