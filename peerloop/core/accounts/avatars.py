"""A face of any shape becomes a small square."""

from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

from peerloop.core import images

EDGE = 256


def square(file: BinaryIO) -> bytes:
    """`file` as a WebP of 256 by 256 pixels, the whole picture on a transparent ground: nothing is cut off.

    Raises what `images.clean_image` refuses: no picture, too many bytes, too many pixels.
    """
    with Image.open(images.clean_image(file).file) as picture:
        fitted = ImageOps.pad(
            picture.convert("RGBA"), (EDGE, EDGE), method=Image.Resampling.LANCZOS, color=(0, 0, 0, 0)
        )
    out = BytesIO()
    fitted.save(out, "WEBP", quality=86)
    return out.getvalue()
