"""Tables of help requests, one file a noun."""

from .claims import Claim
from .photos import Photo, PhotoPin, RequestPhoto, ResponsePhoto
from .problems import ProblemReport
from .requests import HelpRequest, RequestDraft, RequestEdit
from .responses import HelpResponse

__all__ = [
    "Claim",
    "HelpRequest",
    "HelpResponse",
    "Photo",
    "PhotoPin",
    "ProblemReport",
    "RequestDraft",
    "RequestEdit",
    "RequestPhoto",
    "ResponsePhoto",
]
