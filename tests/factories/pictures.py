"""Pictures of every kind, honest and hostile."""

import struct
import zlib
from io import BytesIO

import pillow_heif  # noqa: F401 - peerloop.core.images registers it with Pillow
from PIL import Image

from peerloop.core import images  # noqa: F401 - see above

CORNERS = ["red", "lime", "blue", "white"]
ORIENTATION, GPS = 0x0112, 0x8825
# How a camera lying like this stores what it sees: the inverse of what a viewer must do.
STORED_AS = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scene(width: int = 160, height: int = 80) -> Image.Image:
    """Red at the top left, then clockwise lime, white, blue."""
    quarter = (width // 2, height // 2)
    picture = Image.new("RGB", (width, height))
    places = [(0, 0), (quarter[0], 0), (0, quarter[1]), quarter]
    for colour, place in zip(CORNERS, places, strict=True):
        picture.paste(Image.new("RGB", quarter, colour), place)
    return picture


def png(width: int = 160, height: int = 80) -> bytes:
    return saved(scene(width, height), "PNG")


def photo(orientation: int = 1, kind: str = "JPEG") -> bytes:
    """A camera's photo of `scene`, held in one of the eight ways, with the place where it was taken."""
    picture = scene()
    for step in STORED_AS[orientation]:
        picture = picture.transpose(step)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRETPLACE</x:xmpmeta>'
    extra = {"comment": b"SECRETCOMMENT", "quality": 95} if kind == "JPEG" else {}
    return saved(picture, kind, exif=exif.tobytes(), xmp=xmp, **extra)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def heic_that_claims(width: int, height: int) -> bytes:
    honest = saved(Image.new("RGB", (64, 64)), "HEIF")
    size = b"ispe\0\0\0\0" + struct.pack(">II", 64, 64)
    return honest.replace(size, b"ispe\0\0\0\0" + struct.pack(">II", width, height))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SCRIPT = b"*/=1;alert(document.cookie)//"


def gif_that_is_a_script() -> bytes:
    """`GIF89a/*` opens a comment in JavaScript; a comment of the GIF closes it and the script follows."""
    honest = bytearray(saved(scene(), "GIF", comment=SCRIPT))
    honest[6:8] = b"/*"
    return bytes(honest) + b"\n" + SCRIPT


def animation(kind: str, **options) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], **options)
