"""Who am I: the JSON door of accounts."""

from uuid import UUID

from ninja import Router, Schema

from .models import User
from .requests import CallerRequest

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
def me(request: CallerRequest) -> Me:
    user = request.auth
    shown = {name: getattr(user, name) for name in Me.model_fields if name != "avatar"}
    return Me(avatar=user.avatar_url or None, **shown)
