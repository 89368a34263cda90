"""Who may see a stored picture."""

from django.contrib.auth.models import AnonymousUser

from peerloop.core.accounts.models import User

from .models import Upload
from .viewers import public, viewers


def can_see(user: User | AnonymousUser, upload: Upload) -> bool:
    """An unattached picture: its owner. An attached one: whoever may see what it belongs to, the owner not excepted."""
    if not isinstance(user, User):
        return upload.attached_at is not None and any(is_public(upload) for _, is_public in public)
    if not user.is_active:
        return False
    if upload.attached_at is None:
        return upload.owner_id == user.pk
    return any(may_see(user, upload) for _, may_see in viewers)
