"""Who am I: the JSON door of accounts."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from .models import User

router = Router(tags=["People"])


class Me(Schema):
    id: UUID
    username: str
    name: str
    display_name: str
    email: str
    bio: str
    avatar: str | None
    role: User.Role
    time_zone: str
    is_staff: bool


@router.get("/users/me", response=Me, url_name="me", summary="The signed-in person")
def me(request: HttpRequest) -> Me:
    user = request.auth  # type: ignore[attr-defined]
    shown = {name: getattr(user, name) for name in Me.model_fields if name != "avatar"}
    return Me(avatar=user.avatar_url or None, **shown)
