"""From whatever somebody sent to pixels that we drew ourselves.

Nothing of the original file is kept but its colours: whatever else it carried (a place, a camera, a comment, a script
behind the last pixel) is gone because a new file is written, not because it was searched for.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import pillow_heif
from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from .errors import NotAPicture, TooLarge, TooManyPixels

pillow_heif.register_heif_opener(thumbnails=False)
# Our own limit is stricter than the one Pillow warns of.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

READABLE = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
# What each becomes. Of a moving picture the first frame is kept, hence no GIF: motion beside text one reads cannot be
# stopped by the reader (WCAG 2.2.2), and a small file of ten thousand frames would take minutes to draw anew.
WRITTEN = {"JPEG": "JPEG", "MPO": "JPEG", "HEIF": "JPEG", "PNG": "PNG", "GIF": "PNG", "WEBP": "WEBP"}
OPTIONS = {"JPEG": {"quality": 88, "progressive": True}, "PNG": {}, "WEBP": {"quality": 90, "method": 4}}
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
THUMBNAIL_EDGE = 480
# Each scan of a progressive JPEG paints the whole picture again; honest files have about ten.
MOST_SCANS = 100
SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True)
class CleanImage:
    """A picture that is safe to serve. `format` is JPEG, PNG or WEBP; `thumbnail` a WebP of at most 480 pixels."""

    content: bytes
    format: str
    width: int
    height: int
    thumbnail: bytes

    @property
    def content_type(self) -> str:
        return f"image/{self.format.lower()}"

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.format]

    @property
    def file(self) -> BytesIO:
        return BytesIO(self.content)


def clean_image(file: BinaryIO) -> CleanImage:
    """The picture in `file`: upright, in sRGB, without metadata, of a moving one the first frame.

    JPEG, PNG, WebP, GIF and HEIC are told by their content, whatever the name says. Raises TooLarge (bytes) before
    reading on and TooManyPixels before decoding; NotAPicture for everything else, damaged files included.
    """
    data = _read(file)
    try:
        with Image.open(BytesIO(data), formats=READABLE) as picture:
            kind = WRITTEN[picture.format or ""]
            _check_work(picture, data)
            upright = _flatten(_upright(picture), kind)
    except TooManyPixels:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception:  # decoders of hostile files raise nearly anything
        raise NotAPicture from None
    return CleanImage(_encode(upright, kind), kind, *upright.size, _thumbnail(upright))


def _read(file: BinaryIO) -> bytes:
    limit = settings.PEERLOOP.IMAGE_BYTES
    file.seek(0)
    data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(limit=limit // 1024**2)
    return data


def _check_work(picture: Image.Image, data: bytes) -> None:
    width, height = picture.size
    if width * height > settings.PEERLOOP.IMAGE_PIXELS:
        raise _too_many_pixels()
    if picture.format in ("JPEG", "MPO") and data.count(b"\xff\xda") > MOST_SCANS:
        raise NotAPicture


def _too_many_pixels() -> TooManyPixels:
    return TooManyPixels(limit=settings.PEERLOOP.IMAGE_PIXELS // 10**6)


def _upright(picture: Image.Image) -> Image.Image:
    picture.load()
    # A GIF's frame, or a HEIC's coded picture, may turn out larger than its header said.
    if picture.width * picture.height > settings.PEERLOOP.IMAGE_PIXELS:
        raise _too_many_pixels()
    return ImageOps.exif_transpose(picture)


def _flatten(picture: Image.Image, kind: str) -> Image.Image:
    """Eight bits a channel, in sRGB, with nothing attached; a JPEG has no transparency."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda level: level / 256).convert("L")
    target = "RGBA" if picture.has_transparency_data and kind != "JPEG" else "RGB"
    if picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
        picture = picture.convert(target)
    flat = _to_srgb(picture, profile) if profile else picture
    flat = flat.convert(target)
    flat.info = {}
    return flat


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Phones take photos in wider colours; converting keeps them right without keeping the profile."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        return (
            ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(BytesIO(profile)), SRGB, outputMode=mode)
            or picture
        )
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is damaged, or for other channels
        return picture


def _encode(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **OPTIONS[kind])
    return out.getvalue()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
    return _encode(small, "WEBP")
