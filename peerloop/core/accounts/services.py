"""What is done to accounts. Moderation and certification call these; nobody else writes a user."""

from datetime import datetime
from typing import Any, BinaryIO
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils import timezone

from .avatars import square
from .errors import AccountKept, NotYourAccount, ProfileRefused, UsernameTaken
from .models import SYSTEM_ID, User
from .permissions import can_delete_account, can_edit_profile
from .signals import access_lost, account_deleted, profile_changed


def system() -> User:
    """The acting "person" of machines."""
    person: User = User.objects.get(pk=SYSTEM_ID)
    return person


@transaction.atomic
def create_account(
    *, username: str, email: str, password: str | None, name: str, verified: bool, by: User, **profile: Any
) -> User:
    """Make an account without the sign-up pages, for commands and demo data.

    With `verified` it can sign in at once; otherwise it must confirm `email` first. Without `password` it can only
    reset it. `profile` takes bio, time_zone, role, is_staff, is_superuser. Reserved user names are allowed here.
    Raises ProfileRefused with the reason; so does a second time with the same user name or email.
    """
    user = User(username=username, email=User.objects.normalize_email(email), name=name, **profile)
    user.set_password(password)
    _refuse_invalid(user)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True, verified=verified)
    return user


@transaction.atomic
def change_profile(*, user: User, name: str, username: str, bio: str, time_zone: str, by: User) -> User:
    """Change what others see of `user`, and the zone in which they see times. The same values again change nothing.

    Raises NotYourAccount, UsernameTaken, or ProfileRefused with the reason.
    """
    person: User = User.objects.select_for_update().get(pk=user.pk)
    if not can_edit_profile(by, person):
        raise NotYourAccount
    person.name, person.username, person.bio, person.time_zone = name, username, bio, time_zone
    if User.objects.filter(username=username).exclude(pk=person.pk).exists():
        raise UsernameTaken
    _refuse_invalid(person)
    try:
        with transaction.atomic():
            person.save(update_fields=["name", "username", "bio", "time_zone"])
    except IntegrityError:  # somebody took the name between the check and here
        raise UsernameTaken from None
    profile_changed.send(User, user=person)
    return person


def set_avatar(*, user: User, file: BinaryIO, by: User) -> User:
    """Show the picture in `file` as the face of `user`, made square without cutting anything off; replaces the last.

    Raises NotYourAccount, or what `images.clean_image` refuses.
    """
    if not can_edit_profile(by, user):
        raise NotYourAccount
    return _replace_avatar(user, ContentFile(square(file), name=f"{uuid4()}.webp"))


def remove_avatar(*, user: User, by: User) -> User:
    """Show initials again. Repeating it is harmless. Raises NotYourAccount."""
    if not can_edit_profile(by, user):
        raise NotYourAccount
    return _replace_avatar(user, None)


@transaction.atomic
def delete_account(*, user: User, by: User) -> User:
    """Forget the person behind `user` for good, keeping what they wrote readable under "Deleted member".

    Ends every session and frees the email address for a new account. A second time changes nothing.
    Raises NotYourAccount, or AccountKept for the site's own account.
    """
    person: User = User.objects.select_for_update().get(pk=user.pk)
    if person.is_system:
        raise AccountKept
    if not can_delete_account(by, person):
        raise NotYourAccount
    if person.deleted_at is None:
        end_sessions(user=person, by=by)
        _forget(person)
        account_deleted.send(User, user=person)
        transaction.on_commit(lambda: access_lost.send(User, user=person))
    return person


@transaction.atomic
def end_sessions(*, user: User, by: User, keep: str | None = None) -> int:
    """Sign `user` out everywhere but in the session with the key `keep`; returns how many sessions ended."""
    sessions = UserSession.objects.filter(user=user)
    if keep:
        sessions = sessions.exclude(session_key=keep)
    ended = list(sessions)
    for session in ended:
        session.end()
    return len(ended)


@transaction.atomic
def set_role(*, user: User, role: User.Role, by: User) -> User:
    """Make `user` a student or a helper. Setting the role it has changes nothing."""
    User.objects.filter(pk=user.pk).update(role=role)
    user.role = role
    return user


@transaction.atomic
def mute_account(*, user: User, until: datetime | None, by: User) -> User:
    """Stop `user` from posting until `until` (aware), or let it post again with None. Repeating it is harmless."""
    User.objects.filter(pk=user.pk).update(muted_until=until)
    user.muted_until = until
    return user


@transaction.atomic
def ban_account(*, user: User, by: User) -> User:
    """Close the account now: sign-in refused, sessions ended, open sockets closed. Repeating it is harmless."""
    user.is_active, user.banned_at = False, user.banned_at or timezone.now()
    user.save(update_fields=["is_active", "banned_at"])
    end_sessions(user=user, by=by)
    transaction.on_commit(lambda: access_lost.send(User, user=user))
    return user


@transaction.atomic
def unban_account(*, user: User, by: User) -> User:
    """Give a banned account its access back. On an account that is not banned it changes nothing."""
    if user.banned_at:
        user.is_active, user.banned_at = True, None
        user.save(update_fields=["is_active", "banned_at"])
    return user


def _refuse_invalid(user: User) -> None:
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        raise ProfileRefused(problem=" ".join(error.messages)) from None


@transaction.atomic
def _replace_avatar(user: User, picture: "File[bytes] | None") -> User:
    person: User = User.objects.select_for_update().get(pk=user.pk)
    _drop_file_on_commit(person)
    person.avatar = picture
    person.save(update_fields=["avatar"])
    return person


def _drop_file_on_commit(person: User) -> None:
    if person.avatar:
        storage, name = person.avatar.storage, str(person.avatar.name)
        transaction.on_commit(lambda: storage.delete(name))


def _forget(person: User) -> None:
    _drop_file_on_commit(person)
    person.username = f"deleted-{uuid4().hex[:16]}"
    person.email = f"{person.username}@peerloop.invalid"
    person.name, person.bio, person.avatar, person.time_zone = "Deleted member", "", "", "UTC"
    person.role = User.Role.STUDENT
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login = person.last_seen_at = person.muted_until = None
    person.deleted_at = timezone.now()
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=person).delete()
