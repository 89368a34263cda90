"""Who may see the photos of requests and responses: whoever may read what they belong to."""

from django.contrib.auth.models import AnonymousUser

from peerloop.core.accounts.models import User
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.viewers import public, viewers

from .models import HelpRequest, HelpResponse, RequestDraft


def may_see_request_photo(user: User | AnonymousUser, upload: Upload) -> bool:
    return HelpRequest.objects.visible_to(user).filter(photos__upload=upload).exists()


def may_see_response_photo(user: User | AnonymousUser, upload: Upload) -> bool:
    return HelpResponse.objects.visible_to(user).filter(photos__upload=upload).exists()


def may_see_in_draft(user: User, upload: Upload) -> bool:
    """Its owner, while it waits in a draft."""
    draft = RequestDraft.objects.filter(person=user).first()
    return upload.owner_id == user.pk and draft is not None and str(upload.pk) in draft.upload_ids


viewers.add("help_request", may_see_request_photo)
viewers.add("help_response", may_see_response_photo)
viewers.add("help_request_draft", may_see_in_draft)
public.add("help_request", lambda upload: may_see_request_photo(AnonymousUser(), upload))
public.add("help_response", lambda upload: may_see_response_photo(AnonymousUser(), upload))
