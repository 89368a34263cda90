"""Pictures made safe: checked by content, turned upright, stripped of place and camera, drawn anew, resized.

`clean_image(file)` answers a CleanImage or raises TooLarge, TooManyPixels or NotAPicture.
"""

from .cleaning import CleanImage, clean_image
from .errors import NotAPicture, TooLarge, TooManyPixels

__all__ = ["CleanImage", "NotAPicture", "TooLarge", "TooManyPixels", "clean_image"]
