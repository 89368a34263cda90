"""Who may see the photos of requests and responses: whoever may read what they belong to."""

from peerloop.core.accounts.models import User
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.viewers import viewers

from .models import HelpRequest, HelpResponse


def may_see_request_photo(user: User, upload: Upload) -> bool:
    return HelpRequest.objects.visible_to(user).filter(photos__upload=upload).exists()


def may_see_response_photo(user: User, upload: Upload) -> bool:
    return HelpResponse.objects.visible_to(user).filter(photos__upload=upload).exists()


viewers.add("help_request", may_see_request_photo)
viewers.add("help_response", may_see_response_photo)
