"""What is wrong with a picture, and what to do next."""

from peerloop.core.errors import Invalid


class NotAPicture(Invalid):
    text = "This is not a picture we can read. Choose a JPEG, PNG, WebP, GIF or HEIC file."


class TooLarge(Invalid):
    status = 413
    text = "This picture is larger than {limit} MB. Save a smaller copy, or take a screenshot of it, and choose that."


class TooManyPixels(Invalid):
    text = "This picture has more than {limit} million pixels. Save a smaller copy and choose that."
