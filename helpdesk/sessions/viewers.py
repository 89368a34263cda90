"""Who may see the pictures of a session: whoever may read it; of what is hidden only moderators."""

from peerloop.core.accounts.models import User
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.viewers import viewers

from .models import SessionMessage


def may_see_picture(user: User, upload: Upload) -> bool:
    rows = SessionMessage.objects.visible_to(user).filter(attachments__upload=upload, deleted_at=None)
    return rows.exists() if user.is_staff else rows.shown().exists()


viewers.add("session_message", may_see_picture)
