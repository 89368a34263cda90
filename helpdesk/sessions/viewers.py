"""Who may see the pictures of a session: whoever may read it."""

from peerloop.core.accounts.models import User
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.viewers import viewers

from .models import SessionMessage


def may_see_picture(user: User, upload: Upload) -> bool:
    return SessionMessage.objects.visible_to(user).shown().filter(attachments__upload=upload).exists()


viewers.add("session_message", may_see_picture)
