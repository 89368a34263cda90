import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from peerloop.core.images import NotAPicture, TooLarge, TooManyPixels, clean_image
from tests.factories import pictures

NOT_A_PICTURE = "This is not a picture we can read. Choose a JPEG, PNG, WebP, GIF or HEIC file."
SECRETS = [b"SECRET", b"Exif", b"GPS", b"xmpmeta", b"ICC_PROFILE", b"iCCP", b"EXIF", b"eXIf", b"tEXt"]

HARMLESS = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
HARMLESS |= {"loop", "background", "timestamp", "duration"}


def clean(data: bytes):
    return clean_image(BytesIO(data))


def corners(data: bytes) -> list[str]:
    """The colour in the middle of each quarter, by the nearest of the four in the scene."""
    picture = Image.open(BytesIO(data)).convert("RGB")
    shades = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}

    def nearest(pixel: tuple[int, ...]) -> str:
        return min(shades, key=lambda name: sum(abs(a - b) for a, b in zip(shades[name], pixel, strict=True)))

    width, height = picture.size
    return [nearest(picture.getpixel((width * x // 4, height * y // 4))) for y in (1, 3) for x in (1, 3)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WEBP"), ("GIF", "PNG"), ("HEIF", "JPEG")],
)
def test_every_accepted_kind_becomes_one_that_browsers_show(given, kept):
    found = clean(pictures.saved(pictures.scene(), given))
    assert (found.format, found.width, found.height) == (kept, 160, 80)
    assert Image.open(found.file).format == kept
    assert corners(found.content) == corners(found.thumbnail) == pictures.CORNERS


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(orientation):
    found = clean(pictures.photo(orientation))
    assert (found.width, found.height) == (160, 80)
    assert corners(found.content) == corners(found.thumbnail) == pictures.CORNERS


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_heic_photo_stands_upright(orientation):
    found = clean(pictures.photo(orientation, "HEIF"))
    assert (found.width, found.height, corners(found.content)) == (160, 80, pictures.CORNERS)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_place_camera_or_comment_stays_in_any_size(kind):
    photo = pictures.photo(6, kind)
    assert b"SECRET" in photo
    found = clean(photo)
    for size in (found.content, found.thumbnail):
        assert [secret for secret in SECRETS if secret in size] == []
        picture = Image.open(BytesIO(size))
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= HARMLESS


def test_wide_colours_become_srgb_and_the_profile_goes():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert b"ICC_PROFILE" not in clean(pictures.saved(pictures.scene(), "JPEG", icc_profile=profile)).content
    swapped = pictures.saved(pictures.scene(), "JPEG", icc_profile=b"SECRET, not a profile")
    found = clean(swapped)
    assert corners(found.content) == pictures.CORNERS
    assert b"SECRET" not in found.content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_way_to_keep_colours_is_read(mode):
    grey = Image.new(mode, (30, 20), {"I;16": 65535, "LA": (255, 255), "RGBA": (255, 255, 255, 255)}.get(mode, 255))
    if mode == "P":
        grey.putpalette([255] * 768)
    shown = Image.open(clean(pictures.saved(grey, "PNG")).file).convert("RGB").getpixel((0, 0))
    assert shown == (255, 255, 255)


def test_transparency_is_kept():
    clear = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    assert Image.open(clean(pictures.saved(clear, "PNG")).file).getpixel((0, 0)) == (255, 0, 0, 0)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind):
    found = Image.open(clean(pictures.animation(kind)).file)
    assert (getattr(found, "n_frames", 1), found.convert("RGB").getpixel((5, 5))[0] > 200) == (1, True)


def test_thumbnails_are_small_and_small_pictures_are_not_blown_up():
    wide, tiny = clean(pictures.png(1000, 500)), clean(pictures.png(20, 10))
    assert (Image.open(BytesIO(wide.thumbnail)).size, Image.open(BytesIO(wide.thumbnail)).format) == (
        (480, 240),
        "WEBP",
    )
    assert Image.open(BytesIO(tiny.thumbnail)).size == (20, 10)


def a_zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("picture.png", pictures.png())
    return out.getvalue()


NO_PICTURES = {
    "empty": b"",
    "words": b"hello",
    "svg": pictures.SVG,
    "bom-svg": b"\xef\xbb\xbf" + pictures.SVG,
    "html": pictures.HTML,
    "zip": a_zip(),
    "pdf-png": b"%PDF-1.7 " + pictures.png(),
    "cut-png": pictures.png()[:100],
    "cut-jpeg": pictures.photo()[:-100],
    "cut-webp": pictures.saved(pictures.scene(), "WEBP")[:-20],
    "cut-heic": pictures.saved(pictures.scene(), "HEIF")[:-200],
    "bmp": pictures.saved(pictures.scene(), "BMP"),
    "tiff": pictures.saved(pictures.scene(), "TIFF"),
    "pdf": pictures.saved(pictures.scene(), "PDF"),
    "eps": pictures.saved(pictures.scene(), "EPS"),
    "ico": pictures.saved(pictures.scene(), "ICO"),
    "gif-noise": b"GIF89a" + b"\xff" * 50,
    "png-noise": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
}


@pytest.mark.parametrize("data", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused_with_what_to_do(data):
    with pytest.raises(NotAPicture) as refusal:
        clean(data)
    assert refusal.value.sentence == NOT_A_PICTURE


@pytest.mark.parametrize(
    "data",
    [pictures.gif_that_is_a_script(), pictures.png() + pictures.HTML, pictures.photo() + a_zip()],
    ids=["gif-and-script", "png-and-html", "jpeg-and-zip"],
)
def test_of_a_file_that_is_two_things_only_the_picture_is_left(data):
    found = clean(data)
    for size in (found.content, found.thumbnail):
        assert [each for each in (b"<script", b"alert", b"PK\x03\x04") if each in size] == []


@pytest.mark.parametrize(
    "data",
    [
        pictures.png_that_claims(8000, 6250),
        pictures.png_that_claims(20_000, 20_000),
        pictures.png_that_claims(2**31 - 1, 2**31 - 1),
        pictures.saved(Image.new("1", (8000, 6250)), "PNG"),
        pictures.heic_that_claims(8000, 6250),
        pictures.heic_that_claims(20_000, 20_000),
    ],
    ids=["png-50", "png-400", "png-huge", "png-50-honest", "heic-50", "heic-400"],
)
def test_too_many_pixels_are_refused_before_they_are_unpacked(data, monkeypatch):
    def decoded(*args, **kwargs):
        raise AssertionError("it was decoded")

    monkeypatch.setattr("peerloop.core.images.cleaning._upright", decoded)
    with pytest.raises(TooManyPixels) as refusal:
        clean(data)
    assert (
        refusal.value.sentence == "This picture has more than 40 million pixels. Save a smaller copy and choose that."
    )


def test_a_gif_whose_frame_is_larger_than_it_says_is_refused_or_bounded():
    gif = bytearray(pictures.saved(Image.new("P", (10, 10)), "GIF"))
    frame = gif.index(b"\x2c")
    gif[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises((TooManyPixels, NotAPicture)):
        clean(bytes(gif))


def test_a_progressive_jpeg_of_a_thousand_scans_is_refused():
    honest = pictures.saved(pictures.scene(), "JPEG", progressive=True)
    start = honest.rindex(b"\xff\xda")
    last_scan = honest[start:-2]
    with pytest.raises(NotAPicture):
        clean(honest[:-2] + last_scan * 1000 + honest[-2:])


def test_too_many_bytes_are_refused_without_reading_on(settings):
    settings.PEERLOOP = replace(settings.PEERLOOP, IMAGE_BYTES=1024 * 1024)
    file = BytesIO(pictures.png() + b"\0" * 2 * 1024 * 1024)
    with pytest.raises(TooLarge) as refusal:
        clean_image(file)
    sentence = "This picture is larger than 1 MB. Save a smaller copy, or take a screenshot of it, and choose that."
    assert (refusal.value.sentence, file.tell()) == (sentence, 1024 * 1024 + 1)


def test_exactly_as_many_bytes_as_allowed_are_accepted(settings):
    data = pictures.png()
    padded = data + b"\0" * (settings.PEERLOOP.IMAGE_BYTES - len(data))
    assert clean(padded).width == 160


def test_a_file_that_was_read_before_is_read_from_its_start():
    file = BytesIO(pictures.png())
    file.read()
    assert clean_image(file).width == 160
